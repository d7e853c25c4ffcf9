"""The neutral, typed model of a planning problem. Times are integer seconds, distances integer metres (any consistent
unit).
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

Window = tuple[int, int]

# Later than any time of day in any unit, and still far from overflow when sums are taken.
ALWAYS: Window = (-(1 << 40), 1 << 40)


@dataclass(frozen=True, slots=True)
class Break:
    """A pause whose start lies in one of the windows; `place="stop"` forbids it inside a drive."""

    duration: int
    windows: tuple[Window, ...]
    required: bool = True
    missed_cost: float = 0
    place: str = "anywhere"


@dataclass(frozen=True)
class Staff:
    """One person's day. `start` and `end` index the matrix; None: the route begins (ends) at its first (last) visit.

    `profile`: the name of how the person travels, among the problem's profiles; None: as in the default matrix.
    """

    id: str
    start: int | None
    end: int | None
    shift: Window = ALWAYS
    skills: frozenset[str] = frozenset()
    max_visits: int | None = None
    breaks: tuple[Break, ...] = ()
    overtime: int = 0
    overtime_cost: float = 0
    max_duration: int | None = None
    max_drive: int | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A person, a start, or both that a visit must keep when it is served."""

    staff: str | None = None
    start: int | None = None


@dataclass(frozen=True)
class Visit:
    """Work at one place. Windows bound the start of service, or its end where `window_at` is "end" (closing bound
    only).
    """

    id: str
    location: int
    service: int = 0
    windows: tuple[Window, ...] = (ALWAYS,)
    skills: frozenset[str] = frozenset()
    staff_required: int = 1
    prize: float = 0
    tier: int | None = None
    required: bool = True
    only_staff: frozenset[str] | None = None
    not_staff: frozenset[str] = frozenset()
    preferred_staff: frozenset[str] = frozenset()
    preference_cost: float = 0
    pinned: Pin | None = None
    demand: int = 0
    window_at: str = "start"
    late_cost: float | None = None
    late_max: int | None = None

    @cached_property
    def start_windows(self) -> tuple[Window, ...]:
        """The windows as bounds on the start of service, in order of opening."""
        shift = self.service if self.window_at == "end" else 0
        return tuple(sorted((opens, closes - shift) for opens, closes in self.windows))


@dataclass(frozen=True, slots=True)
class Link:
    """Binds two visits when both are served; gaps are start to start; `together`: both are served or neither."""

    first: str
    second: str
    min_gap: int | None = None
    max_gap: int | None = None
    same_staff: bool = False
    different_staff: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """Factors of the parts of the cost."""

    travel: float = 1
    waiting: float = 0
    max_late: float = 0
    max_idle: float = 0


@dataclass(frozen=True, slots=True)
class Travel:
    """Legs of one way of travelling: square integer arrays [from, to] in seconds and metres (None: not known)."""

    duration: np.ndarray
    distance: np.ndarray | None = None


@dataclass(frozen=True)
class Problem:
    """Everything an engine may know. `duration` and `distance` are square integer arrays [from, to] in seconds and
    metres: how people travel who have no profile of their own. `profiles`: the same by name for the others.

    Whoever wants to know how long a leg takes asks for a person's: `duration_of`, `distance_of`, `driven_of`.
    """

    staff: tuple[Staff, ...]
    visits: tuple[Visit, ...]
    duration: np.ndarray
    distance: np.ndarray | None = None
    links: tuple[Link, ...] = ()
    capacity: dict[str, int] = field(default_factory=dict)
    weights: Weights = Weights()
    objective: str = "duration"
    profiles: dict[str, Travel] = field(default_factory=dict)

    @cached_property
    def staff_by_id(self) -> dict[str, Staff]:
        return {person.id: person for person in self.staff}

    @cached_property
    def visit_by_id(self) -> dict[str, Visit]:
        return {visit.id: visit for visit in self.visits}

    def duration_of(self, person: Staff) -> np.ndarray:
        """Seconds of each leg, as this person travels."""
        return self.duration if person.profile is None else self.profiles[person.profile].duration

    def distance_of(self, person: Staff) -> np.ndarray | None:
        """Metres of each leg, as this person travels; None where they are not known."""
        return self.distance if person.profile is None else self.profiles[person.profile].distance

    def driven_of(self, person: Staff) -> np.ndarray:
        """The matrix that the objective adds up for this person."""
        return self.duration_of(person) if self.objective == "duration" else self.distance_of(person)

    @cached_property
    def ways(self) -> tuple[str | None, ...]:
        """Profiles that somebody travels by, the default (None) first, the others by name; the default alone where
        there is nobody.
        """
        named = {person.profile for person in self.staff}
        return tuple(sorted(named, key=lambda name: (name is not None, name))) or (None,)

    @cached_property
    def durations(self) -> tuple[np.ndarray, ...]:
        """The matrices of seconds in use, in the order of `ways`."""
        return tuple(self.duration if way is None else self.profiles[way].duration for way in self.ways)

    @cached_property
    def drivens(self) -> tuple[np.ndarray, ...]:
        """The matrices in use that the objective adds up, in the order of `ways`."""
        if self.objective == "duration":
            return self.durations
        return tuple(self.distance if way is None else self.profiles[way].distance for way in self.ways)

    @cached_property
    def usual_duration(self) -> np.ndarray:
        """Seconds as most people travel: for what concerns nobody in particular, such as which visits are near."""
        counts = Counter(person.profile for person in self.staff)
        return self.durations[max(range(len(self.ways)), key=lambda i: counts[self.ways[i]])]

    @cached_property
    def tiers(self) -> tuple[int, ...]:
        """Tiers in use, the most urgent first; empty where cost alone decides."""
        return tuple(sorted({visit.tier for visit in self.visits if visit.tier is not None}))

    def may_serve(self, person: Staff, visit: Visit) -> bool:
        """Whether skills, exclusions and pins let this person do this visit (times aside)."""
        return (
            visit.skills <= person.skills
            and (visit.only_staff is None or person.id in visit.only_staff)
            and person.id not in visit.not_staff
            and (visit.pinned is None or visit.staff_required > 1 or visit.pinned.staff in (None, person.id))
        )


def lateness(visit: Visit, start: int) -> int | None:
    """Seconds past the end of the window meant, the last one that opens at or before `start`; None before the first
    opens. Nobody is late who starts inside any window, where windows overlap.
    """
    late = None
    for opens, closes in visit.start_windows:
        if opens > start:
            break
        if start <= closes:
            return 0
        late = start - closes
    return late

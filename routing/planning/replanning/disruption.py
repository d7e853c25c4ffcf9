"""What has happened since the plan was made. Times are seconds of the same clock as the problem's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.planning.problem import Visit

# A visit that starts within so many seconds of its planned time has not moved.
TOLERANCE = 900


class UnfitDisruption(ValueError):
    """The disruption does not fit the plan: it names what is not there, or what has not begun."""


@dataclass(frozen=True, slots=True)
class Sick:
    """A person who works no more from `since` on (None: now). A visit under way is finished; nothing else is begun."""

    staff: str
    since: int | None = None


@dataclass(frozen=True, slots=True)
class NewLegs:
    """Legs to a new place from every other and back: seconds, and metres where the problem has distances."""

    duration_to: tuple[int, ...] | None = None
    duration_from: tuple[int, ...] | None = None
    distance_to: tuple[int, ...] | None = None
    distance_from: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Urgent:
    """A new visit. Its `location` is a place of the matrix, or the next number after the last one: then the rows to
    and from every place are given (seconds, and metres where the problem has distances), in `profiles` those of each
    of the problem's travel profiles.
    """

    visit: Visit
    duration_to: tuple[int, ...] | None = None
    duration_from: tuple[int, ...] | None = None
    distance_to: tuple[int, ...] | None = None
    distance_from: tuple[int, ...] | None = None
    profiles: Mapping[str, NewLegs] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overrun:
    """A visit that has begun and lasts until `until`; what the plan has after it has not begun."""

    visit: str
    until: int


@dataclass(frozen=True, slots=True)
class NoAccess:
    """A visit that cannot be done today. Where somebody was there, they are free from `leaves` on (None: now)."""

    visit: str
    leaves: int | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """A person who reaches the next place, or becomes free, not before `until`. `before`: the visit not yet reached
    although the plan has it begun.
    """

    staff: str
    until: int
    before: str | None = None


Event = Sick | Urgent | Overrun | NoAccess | Late


@dataclass(frozen=True, slots=True)
class Disruption:
    """All that has happened, seen at `now`."""

    now: int
    events: tuple[Event, ...] = ()
    tolerance: int = TOLERANCE

    def of_kind(self, kind) -> list:
        return [event for event in self.events if isinstance(event, kind)]

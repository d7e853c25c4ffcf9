"""The answer to a planning problem: routes with times, unserved visits with reasons, and what it costs."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class VisitStop:
    """One visit on a route. Times in seconds; None: not stated, the judge computes them."""

    visit: str
    arrive: int | None = None
    start: int | None = None
    leave: int | None = None


@dataclass(slots=True)
class BreakStop:
    """A break taken: the index into the person's `breaks`."""

    index: int
    start: int | None = None
    leave: int | None = None


Stop = VisitStop | BreakStop


@dataclass(slots=True)
class Route:
    """One person's stops in order."""

    staff: str
    stops: list[Stop] = field(default_factory=list)

    @property
    def visits(self) -> list[str]:
        return [stop.visit for stop in self.stops if isinstance(stop, VisitStop)]


@dataclass(slots=True)
class Remedy:
    """A change that would let a visit be served, and what it would do to the cost. What each `kind` means, and how to
    apply one: `remedies`.

    `amount`: seconds, visits or units of load by which a limit moves; `bound`: the limit afterwards; `window`: index of
    the window among the visit's in order of opening; `places`: (staff, place) where the visit goes, counted among the
    visits of that day without `moved`; `shift` and `base`: hours and place of somebody who comes in addition; `other`:
    the visit at the other end of `link`; `travel_change`: the part of `cost_change` that is travel.
    """

    change: str
    cost_change: float = 0
    kind: str = ""
    visit: str = ""
    staff: str | None = None
    amount: int = 0
    bound: int | None = None
    window: int | None = None
    link: int | None = None
    skills: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    places: tuple[tuple[str, int], ...] = ()
    shift: tuple[int, int] | None = None
    base: int | None = None
    other: str = ""
    travel_change: float = 0


@dataclass(slots=True)
class Unserved:
    """A visit left out, and why."""

    visit: str
    reason: str = ""
    detail: str = ""
    remedies: list[Remedy] = field(default_factory=list)


@dataclass(slots=True)
class Cost:
    """Weighted parts of the cost; `total` is their sum."""

    travel: float = 0
    prizes: float = 0
    late: float = 0
    preference: float = 0
    overtime: float = 0
    breaks: float = 0
    waiting: float = 0
    idle: float = 0
    max_late: float = 0

    @property
    def total(self) -> float:
        return (
            self.travel
            + self.prizes
            + self.late
            + self.preference
            + self.overtime
            + self.breaks
            + self.waiting
            + self.idle
            + self.max_late
        )


@dataclass(slots=True)
class Certificate:
    """Whether another engine takes the plan in its own full model of the rules; `accepted` None: it was not asked.

    `detail`: why not, in words.
    """

    engine: str
    accepted: bool | None
    detail: str = ""


@dataclass(slots=True)
class Solution:
    """A whole plan. `trace`: (elapsed seconds, best total cost so far).

    `stopped`: "stopped" where somebody ended the search; "failed", "crashed" or "overdue" where the engine's process
    did not come to a proper end. `rejected`: plans of the engine that the judge did not accept. `promise_kept`: whether
    it was seen that no simple exchange serves a more urgent visit (`exchanges`); None: nobody looked.
    """

    routes: list[Route]
    unserved: list[Unserved] = field(default_factory=list)
    cost: Cost | None = None
    feasible: bool | None = None
    engine: str = ""
    seconds: float = 0
    trace: list[tuple[float, float]] = field(default_factory=list)
    stopped: str = ""
    rejected: int = 0
    certificate: Certificate | None = None
    promise_kept: bool | None = None

    @property
    def orders(self) -> dict[str, list[str]]:
        """Visit ids in order by staff id: the part of a plan that a search decides."""
        return {route.staff: route.visits for route in self.routes if route.visits}

"""Which areas of a patch a visit was planned in, week by week.

It says of an area that there is a visit or none, never how many: 0 is told under the small-number rule, and one visit
looks like a hundred.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from lsoa.catalogue.deprivation import CORE20_DECILE
from priorities.models import PriorityClass
from routing.models import PlanState, RouteStop, Visit

from .periods import WholeWeeks


@dataclass(frozen=True)
class PatchArea:
    """What the figures need of an area: its key, class (None: not scored), decile of deprivation, residents."""

    pk: int
    priority: int | None
    decile: float | None
    people: float | None = None

    @property
    def is_core20(self) -> bool:
        return self.decile is not None and self.decile <= CORE20_DECILE

    @property
    def is_urgent(self) -> bool:
        return self.priority == PriorityClass.URGENT


@dataclass(frozen=True)
class Reached:
    """How many of a kind of area a visit was planned in."""

    areas: int
    reached: int

    @property
    def missed(self) -> int:
        return self.areas - self.reached

    @property
    def share(self) -> float | None:
        return self.reached / self.areas if self.areas else None


class Reach:
    """Keys of areas by the Monday of each week in which approved plans of the organisation visit them."""

    def __init__(self, areas: list[PatchArea], by_week: dict[date, set[int]]):
        self.areas, self._by_week = areas, by_week

    @classmethod
    def of(cls, organisation, areas: list[PatchArea], first: date, last: date) -> "Reach":
        """One query."""
        stops = (
            RouteStop.objects.for_organisation(organisation)
            .filter(
                assignment__plan__state__in=PlanState.binding(),
                assignment__plan__day__gte=first,
                assignment__plan__day__lte=last,
                visit__isnull=False,
            )
            .exclude(visit__state=Visit.State.CANCELLED)
        )
        by_week = defaultdict(set)
        for day, area in stops.order_by().values_list("assignment__plan__day", "visit__area").distinct():
            by_week[day - timedelta(days=day.weekday())].add(area)
        return cls(areas, by_week)

    def keys(self, weeks: WholeWeeks) -> set[int]:
        found = (areas for monday, areas in self._by_week.items() if weeks.first_day <= monday <= weeks.last_day)
        return set().union(*found)

    def urgent(self, weeks: WholeWeeks) -> Reached:
        return self._of(weeks, lambda area: area.is_urgent)

    def core20(self, weeks: WholeWeeks) -> Reached:
        return self._of(weeks, lambda area: area.is_core20)

    def rest(self, weeks: WholeWeeks) -> Reached:
        return self._of(weeks, lambda area: area.decile is not None and not area.is_core20)

    def _of(self, weeks, belongs) -> Reached:
        keys, chosen = self.keys(weeks), [area.pk for area in self.areas if belongs(area)]
        return Reached(len(chosen), sum(pk in keys for pk in chosen))

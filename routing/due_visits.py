"""Which visits fall due in a patch: how many per area follows from class, population and review interval.

Planning defaults, set by judgement and shown beside every list made from them: no published source ties a caseload to
an area. Each area has one person on the caseload for every `RESIDENTS_PER_PERSON` residents (at least one). Each
person is visited once per review interval of the area's class: after the last visit, or where none is known on a cycle
drawn once per person, so that the same person falls due on the same days whoever asks. Visits that an approved plan
left out stay due since the day they were. What falls on a day without a service is brought forward (see `caseload`).
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, Max, OuterRef

from lsoa.models import Area, Postcode
from priorities.models import PriorityScore, VisitMinutesOverride

from .caseload import REVIEW_HOURS, Due, History, clinical_limit, interval_days, next_due
from .models import PlanState, RouteStop, UnservedVisit, Visit, VisitTier

RESIDENTS_PER_PERSON = 2_000
# Used where no population is loaded: the size for which LSOAs are designed (ONS, 1,000 to 3,000 residents).
TYPICAL_POPULATION = 1_700
# How far back visits matter: a person seen before that is due in any case.
DAYS_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class AreaDemand:
    """What one area contributes. `minutes_reason`: why the organisation plans other minutes than the model's."""

    area: Area
    priority: int
    rank_offset: float
    imd_decile: int | None
    population: int
    minutes: int
    interval_days: int
    minutes_reason: str = ""

    @property
    def tier(self) -> VisitTier:
        return VisitTier.of(self.priority, self.imd_decile)

    @property
    def people(self) -> int:
        """Persons on the caseload."""
        return max(1, round(self.population / RESIDENTS_PER_PERSON))

    @property
    def urgency(self) -> tuple:
        """Sorts the most urgent area first: tier, class, place inside the class, code."""
        return (self.tier, -self.priority, -self.rank_offset, self.area.code)


@dataclass(frozen=True, slots=True)
class DueVisit:
    """One person of an area, when their visit falls (or fell) due, and in how many days that is (0: now or before)."""

    demand: AreaDemand
    person: int
    first_due: date
    due_in: int

    @property
    def reference(self) -> str:
        """Opaque and stable: the same person has the same reference every day."""
        return reference_of(self.demand, self.person)

    @property
    def clinical_limit(self) -> date:
        """The last day by which it must be done."""
        return clinical_limit(self.first_due, self.demand.priority)

    @property
    def dice(self) -> random.Random:
        """Everything drawn for this person comes from here, so it is the same every day."""
        return random.Random(self.reference)


def area_demands(patch) -> tuple[list[AreaDemand], int]:
    """Demand of every scored area of the patch, the most urgent first, and the number of areas without a score."""
    scores = (
        PriorityScore.objects.current()
        .for_patch(patch)
        .select_related("area", "run__model_version")
        .only(
            *("area__code", "area__name", "area__centroid", "run__model_version__minutes"),
            *("priority", "rank_offset", "visit_minutes"),
        )
        .annotate(population=F("area__profile__values__population"), imd_decile=F("area__profile__values__imd_decile"))
    )
    overrides = VisitMinutesOverride.objects.for_organisation(patch.organisation).minutes_by_area(patch.areas.all())
    demands = [_demand(score, overrides.get(score.area_id)) for score in scores]
    return sorted(demands, key=lambda demand: demand.urgency), patch.areas.current().count() - len(demands)


def due_visits(demands: list[AreaDemand], day: date, histories: dict[str, History] | None = None) -> Iterator[DueVisit]:
    """Every person's next visit: those due on the day or before it first, then those due on the days after.

    `histories`: what is known of people, by reference. Of each day, visits at their clinical limit come first, then the
    most urgent.
    """
    visits = [
        _due(demand, person, day, (histories or {}).get(reference_of(demand, person), History()))
        for demand in demands
        for person in range(demand.people)
    ]
    # sorted() is stable, so the order by urgency survives within each day.
    return iter(sorted(visits, key=lambda visit: (visit.due_in, visit.clinical_limit > day)))


def reference_of(demand: AreaDemand, person: int) -> str:
    """The reference of a person (counted from 0) of an area."""
    return f"{demand.area.code[1:]}-{person + 1}"


def histories(team, day: date) -> dict[str, History]:
    """What approved plans of the team before `day` say of each person: last visit, and what was put off since then."""
    since = day - timedelta(days=DAYS_REMEMBERED)
    visits = Visit.objects.for_organisation(team.organisation).filter(team=team, day__gte=since, day__lt=day)
    done = dict(visits.taken_up().values_list("reference").annotate(last=Max("day")).order_by())
    put_off = visits.open().filter(
        # Left out by a plan that was approved, or on a round of one that was closed without its being done.
        Exists(UnservedVisit.objects.filter(visit=OuterRef("pk"), plan__state__in=PlanState.binding()))
        | Exists(RouteStop.objects.filter(visit=OuterRef("pk"), assignment__plan__state=PlanState.CLOSED)),
        first_due__isnull=False,
    )
    deferred: dict[str, date] = {}
    for reference, visit_day, first_due in put_off.values_list("reference", "day", "first_due"):
        if reference not in done or visit_day > done[reference]:
            deferred[reference] = min(first_due, deferred.get(reference, first_due))
    return {name: History(done.get(name), deferred.get(name)) for name in done.keys() | deferred.keys()}


def places(visits: list[DueVisit]) -> list[tuple[str, object]]:
    """(postcode, point) of each visit: a residential postcode in use of its area, drawn once per person; where none is
    loaded, a blank postcode and a point on the area's surface."""
    codes = {visit.demand.area.code for visit in visits}
    homes: dict[str, list] = {}
    lived_in = Postcode.objects.live().located().filter(area_code__in=codes, is_residential=True)
    for home in lived_in.order_by("postcode"):
        homes.setdefault(home.area_code, []).append(home)
    drawn = []
    for visit in visits:
        known = homes.get(visit.demand.area.code)
        if known:
            home = visit.dice.choice(known)
            drawn.append((home.postcode, home.point))
        else:
            drawn.append(("", visit.demand.area.centroid))
    return drawn


def summary(visits: list[DueVisit]) -> list[dict]:
    """Per area: why it has as many visits as it has, in order of urgency. Plain values, to be stored with a plan."""
    numbers = Counter(visit.demand.area.code for visit in visits)
    demands = {visit.demand.area.code: visit.demand for visit in visits}
    return [
        {
            "code": demand.area.code,
            "name": demand.area.name,
            "priority": demand.priority,
            "imd_decile": demand.imd_decile,
            "population": demand.population,
            "people": demand.people,
            "interval_days": demand.interval_days,
            "minutes": demand.minutes,
            "minutes_reason": demand.minutes_reason,
            "visits": numbers[demand.area.code],
        }
        for demand in sorted(demands.values(), key=lambda demand: demand.urgency)
    ]


def _demand(score, override: VisitMinutesOverride | None) -> AreaDemand:
    return AreaDemand(
        area=score.area,
        priority=score.priority,
        rank_offset=score.rank_offset,
        imd_decile=int(score.imd_decile) if score.imd_decile is not None else None,
        population=int(score.population if score.population is not None else TYPICAL_POPULATION),
        minutes=override.minutes if override else score.visit_minutes,
        interval_days=_interval_days(score.run.model_version, score.priority),
        minutes_reason=override.reason if override else "",
    )


def _interval_days(model_version, priority) -> int:
    return interval_days(priority, model_version.minutes.get("review_hours", REVIEW_HOURS))


def _due(demand, person, day, history) -> DueVisit:
    phase = random.Random(f"{demand.area.code}/{person}").randrange(demand.interval_days)
    due: Due = next_due(day, demand.interval_days, phase, history)
    return DueVisit(demand, person, due.on, due.days_until(day))

"""What each visit of a period got, and how the work lay on the people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.continuity import usual_carers
from routing.models import PlanState, RouteAssignment, RoutePlan, RouteStop, Shift, UnservedVisit, Visit, VisitRecord
from routing.planning.equity import Journey, Need, quintile_of_decile

from .periods import Period

NEED_WEIGHTS = (
    "The need of a visit is its minutes: what the priority class of its area says a visit takes, or what was entered."
)
# Of the reasons for leaving a visit out: it is in another approved plan of the day, where it counts.
ELSEWHERE = "planned"


@dataclass(frozen=True)
class VisitFact:
    """One visit of a period. `plan`: where it was planned, else the one that left it out. `done`: whether it was done,
    None while its plan is not closed. `travel`: seconds to it; `by_usual_carer`: None where nobody is usual.
    """

    visit: Visit
    plan: RoutePlan
    served: bool
    done: bool | None = None
    travel: int = 0
    starts_at: datetime | None = None
    by_usual_carer: bool | None = None

    @property
    def quintile(self) -> int | None:
        return quintile_of_decile(self.visit.imd_decile)

    @property
    def in_window(self) -> bool | None:
        """Whether it begins in its window; None where it has none."""
        if self.visit.window_start is None or self.starts_at is None:
            return None
        return self.visit.window_start <= self.starts_at <= self.visit.window_end

    @property
    def journey(self) -> Journey:
        """For the burden: seconds since the epoch stand for times."""
        target = self.visit.window_end
        return Journey(
            visit=str(self.visit.pk),
            quintile=self.quintile,
            travel=self.travel,
            start=self.starts_at.timestamp(),
            weight=self.visit.minutes,
            target=target and target.timestamp(),
            in_preferred_window=self.in_window,
            by_usual_carer=self.by_usual_carer,
        )


def need_of(visit: Visit, served: bool, parts: tuple[str, ...] = ()) -> Need:
    """A visit for the measures. Reads its area and PLUS groups."""
    return Need(
        weight=visit.minutes,
        served=served,
        quintile=quintile_of_decile(visit.imd_decile),
        minutes=visit.minutes,
        area=visit.area.code,
        plus=frozenset(group.name for group in visit.plus_groups.all()),
        rank=visit.imd_decile,
        district=visit.area.local_authority_name or None,
        parts=parts,
    )


def facts_of(period: Period) -> list[VisitFact]:
    """Each visit once: planned where any of the plans has it. Visits that somebody left out of the plan on purpose
    count as not planned; those that were cancelled do not count.
    """
    plans = period.plans
    stops, done = _stops(plans), _done(plans)
    left_out = UnservedVisit.objects.filter(plan__in=plans).exclude(reason=ELSEWHERE)
    by_plan = {plan.pk: plan for plan in plans}
    plan_of = {visit: by_plan[plan] for visit, plan in left_out.values_list("visit", "plan")}
    plan_of |= {visit: by_plan[found[0]["assignment__plan"]] for visit, found in stops.items()}
    visits = (
        Visit.objects.for_display()
        .filter(pk__in=plan_of)
        .exclude(state=Visit.State.CANCELLED)
        .prefetch_related("plus_groups")
        .order_by("day", "reference")
    )
    visits = list(visits)
    usual = _usual_carers(period.team, {visit: plan_of[visit.pk].day for visit in visits})
    return [_fact(visit, plan_of[visit.pk], stops.get(visit.pk), done, usual.get(visit.pk)) for visit in visits]


def _fact(visit, plan, stops, done, usual):
    is_done = visit.pk in done if plan.state == PlanState.CLOSED else None
    if not stops:
        return VisitFact(visit, plan, served=False, done=is_done)
    return VisitFact(
        visit,
        plan,
        served=True,
        done=is_done,
        # Of a double-handed visit the longer drive counts, and either person as the usual one.
        travel=max(stop["travel_seconds"] for stop in stops),
        starts_at=stops[0]["starts_at"],
        by_usual_carer=None if usual is None else any(stop["assignment__staff__reference"] == usual for stop in stops),
    )


def _stops(plans) -> dict:
    """Stops by visit."""
    fields = ("visit", "assignment__plan", "assignment__staff__reference", "travel_seconds", "starts_at")
    rows = RouteStop.objects.filter(assignment__plan__in=plans, visit__isnull=False).order_by("starts_at", "pk")
    found = defaultdict(list)
    for row in rows.values(*fields):
        found[row["visit"]].append(row)
    return found


def _done(plans) -> set:
    records = VisitRecord.objects.filter(plan__in=plans, outcome=VisitRecord.Outcome.DONE)
    return set(records.values_list("visit", flat=True))


def _usual_carers(team, day_of: dict[Visit, object]) -> dict:
    """Reference of the usual carer by visit."""
    by_day = defaultdict(list)
    for visit, day in day_of.items():
        by_day[day].append(visit)
    found = {}
    for day, visits in by_day.items():
        carers = usual_carers(team, day, [visit.reference for visit in visits])
        found |= {visit.pk: carers[visit.reference] for visit in visits if visit.reference in carers}
    return found


@dataclass(frozen=True)
class Work:
    """Seconds driven and at visits; named as the judge's facts are."""

    drive: int
    service: int


def work_of(plans: Iterable[RoutePlan]) -> tuple[dict[str, Work], dict[str, int]]:
    """Work done and contracted seconds (shifts of those days less their breaks), by name of the person. Somebody on
    shift without a visit counts with no work.
    """
    work, contracted, shifts = defaultdict(lambda: [0, 0]), defaultdict(int), {}
    plans = list(plans)
    for plan in plans:
        mine = Shift.objects.for_organisation(plan.organisation).for_plan(plan).select_related("staff")
        shifts |= {shift.pk: shift for shift in mine}
    for row in RouteAssignment.objects.filter(plan__in=plans).select_related("staff", "shift__staff"):
        shifts[row.shift_id] = row.shift
        work[row.staff.display_name][0] += row.travel_seconds
        work[row.staff.display_name][1] += row.service_seconds
    for shift in shifts.values():
        seconds = (shift.ends_at - shift.starts_at).total_seconds() - 60 * shift.break_minutes
        contracted[shift.staff.display_name] += round(seconds)
    return {name: Work(*done) for name, done in work.items()}, {n: s for n, s in contracted.items() if s > 0}

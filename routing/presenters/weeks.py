"""A week: who does what on which day, what moved, what no day holds."""

from collections import defaultdict
from datetime import date
from functools import cached_property

from django.db.models import Count

from lsoa.written_numbers import percent
from routing.models import PlanState, RouteAssignment, RouteStop, WeekPlan, WeekState
from routing.planning.reasons import LABELS
from routing.problem_building.weeks import in_other_plans
from routing.services.weeks import shifts_of

from .creation import IntakePanel
from .plan_equity import WeekEquityPanel
from .plans import state_tag
from .progress import ProgressPanel
from .wording import counted, duration, reason_label

STATE_CSS = {
    WeekState.DRAFT: "her-tag--warning",
    WeekState.OPTIMISING: "her-tag--info",
    WeekState.PROPOSED: "her-tag--info",
}


def week_rows(weeks) -> list[dict]:
    """Rows of the list of weeks."""
    counted_weeks = weeks.select_related("team").annotate(visit_count=Count("visits", distinct=True))
    return [
        {
            "week": week,
            "tag": week_tag(week),
            "visits": week.visit_count,
            "left": len(week.unserved) if week.optimised_at else "",
        }
        for week in counted_weeks
    ]


def week_tag(week) -> dict:
    return {"text": week.get_state_display(), "css": STATE_CSS[week.state]}


class WeekPage:
    """What `week.html` shows. `may_optimise`: what the reader is allowed to do."""

    def __init__(self, week: WeekPlan, *, may_optimise=False):
        self.week = week
        self.is_optimising = week.state == WeekState.OPTIMISING
        self.can_optimise = may_optimise and not self.is_optimising
        self.progress = ProgressPanel(week, may_stop=may_optimise)
        self.intake = IntakePanel(week.intake)
        self.tag = week_tag(week)
        self.equity = WeekEquityPanel(week, may_optimise=may_optimise)

    @cached_property
    def plans(self) -> list:
        return list(self.week.plans.with_counts().order_by("day"))

    @property
    def has_proposal(self) -> bool:
        return bool(self.plans) and not self.is_optimising

    @cached_property
    def visits(self) -> list:
        return list(self.week.visits.for_display().order_by("day", "reference"))

    @property
    def optimise_label(self) -> str:
        if self.week.optimised_at is None:
            return "Try again" if self.attempt_failed else "Optimise the week"
        return "Optimise the open days again"

    @property
    def attempt_failed(self) -> bool:
        return bool(self.week.outcome_note) and self.week.optimised_at is None and not self.is_optimising

    @cached_property
    def lead(self) -> str:
        days = [day for day in self.week.civil_days if shifts_of(self.week, day)]
        movable = sum(visit.earliest_day is not None and visit.earliest_day < visit.latest_day for visit in self.visits)
        return (
            f"{counted(len(self.visits), 'visit')}, {movable} of them movable, on "
            f"{counted(len(days), 'day')} with people at work. The search takes up to "
            f"{counted(self.week.seconds_allowed, 'second')}."
        )

    @cached_property
    def held_elsewhere(self) -> str:
        """Which visits no search of this week can have before another plan is decided; nothing when it can have all."""
        held = in_other_plans(self.week)
        if not held:
            return ""
        names = " and ".join(sorted(set(held.values())))
        visits = counted(len(held), "visit waits", "visits wait")
        return f"{visits} for a decision in {names}, and can be planned here only if that is rejected."

    @property
    def verdict(self) -> dict:
        left = self.left_out
        served = len(self.visits) - len(left)
        head = f"{served} of {counted(len(self.visits), 'visit')} have a day; no rule is broken."
        first = sum(row["tier"] == 1 for row in left)
        if first:
            text = f"{counted(first, 'tier 1 visit has', 'tier 1 visits have')} none."
            return {"css": "her-verdict--bad", "head": head, "text": text}
        if left:
            return {"css": "her-verdict--warning", "head": head, "text": "What no day holds is listed below."}
        return {"css": "", "head": head, "text": "Decide and publish each day like any other plan."}

    @cached_property
    def kpis(self) -> list[dict]:
        travel = sum(row.travel_seconds for row in self._assignments)
        fullest = max(
            (cell for row in self.grid for _, cell in row["by_day"] if cell), key=lambda c: c["share"], default=None
        )
        served = len(self.visits) - len(self.left_out)
        return [
            {"label": "Visits with a day", "value": f"{served} of {len(self.visits)}", "note": "over all days"},
            {"label": "Moved", "value": str(len(self.moved)), "note": "to a different day from the one they fell on"},
            {"label": "Travel", "value": duration(travel), "note": f"{counted(len(self._assignments), 'round')}"},
            {
                "label": "Fullest day",
                "value": percent(fullest["share"]) if fullest else "–",
                "note": fullest["who"] if fullest else "",
            },
            *self._continuity,
        ]

    @property
    def _continuity(self) -> list[dict]:
        """Of those who are visited more than once in these days: how many see one person only."""
        carers = defaultdict(list)
        stops = RouteStop.objects.filter(assignment__plan__week=self.week)  # unscoped: of the week handed over
        stops = stops.filter(visit__isnull=False, visit__staff_required=1)
        for reference, staff in stops.values_list("visit__reference", "assignment__staff"):
            carers[reference].append(staff)
        often = [set(each) for each in carers.values() if len(each) > 1]
        if not often:
            return []
        one = sum(len(each) == 1 for each in often)
        note = "of those who are visited more than once"
        return [{"label": "Seen by one person", "value": f"{one} of {len(often)}", "note": note}]

    @cached_property
    def _assignments(self) -> list[RouteAssignment]:
        rows = RouteAssignment.objects.filter(plan__week=self.week)  # unscoped: of the week handed over
        return list(rows.select_related("plan", "staff", "shift").annotate(visit_count=Count("stops__visit")))

    @cached_property
    def days(self) -> list[dict]:
        """Columns of the grid: each day with its plan, if it has one."""
        by_day = {plan.day: plan for plan in self.plans}
        return [
            {
                "day": day,
                "plan": by_day.get(day),
                "tag": state_tag(by_day[day]) if day in by_day else None,
                "is_open": day not in by_day or not by_day[day].is_binding,
            }
            for day in self.week.civil_days
        ]

    @cached_property
    def grid(self) -> list[dict]:
        """One row for each person: each day with visits and load, None where they are not at work."""
        cells = {(each.staff.display_name, each.plan.day): each for each in self._assignments}
        at_work = {}
        for day in self.week.civil_days:
            for shift in shifts_of(self.week, day):
                at_work[shift.staff.display_name, day] = shift
        people = sorted({name for name, _ in [*cells, *at_work]})
        days = self.week.civil_days
        return [{"name": name, "by_day": [(day, _cell(name, day, cells, at_work)) for day in days]} for name in people]

    @cached_property
    def moved(self) -> list[dict]:
        own = self.week.intake.get("own_days", {})
        rows = []
        for visit in self.visits:
            before = own.get(str(visit.pk))
            if before and before != str(visit.day):
                rows.append({"visit": visit, "before": date.fromisoformat(before), "after": visit.day})
        return rows

    @cached_property
    def left_out(self) -> list[dict]:
        words = {**LABELS, "closed": "No open day with people at work"}
        return [
            {
                **row,
                "day": date.fromisoformat(row["day"]),
                "reason": words.get(row["reason"], reason_label(row["reason"])),
                "remedies": row.get("remedies", []),
            }
            for row in self.week.unserved
        ]

    @property
    def decided(self) -> int:
        return sum(plan.state in PlanState.binding() for plan in self.plans)


def _cell(name, day, cells, at_work) -> dict | None:
    """None: not at work."""
    found = cells.get((name, day))
    if found is None:
        return {"visits": 0, "share": 0.0, "who": f"{name}, {day:%a %-d %b}"} if (name, day) in at_work else None
    shift = found.shift
    seconds = (shift.ends_at - shift.starts_at).total_seconds() - 60 * shift.break_minutes
    share = (found.travel_seconds + found.service_seconds) / seconds if seconds > 0 else 0.0
    return {
        "visits": found.visit_count,
        "share": share,
        "text": f"{counted(found.visit_count, 'visit')}, {percent(share)}",
        "who": f"{name}, {day:%a %-d %b}",
    }

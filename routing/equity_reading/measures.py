"""The figures over a period, safe to show."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np

from accounts.small_numbers import RULE, Count, count_of
from routing.civil_time import today
from routing.models import PlanState, RoutePlan, Team
from routing.planning.equity import (
    Deferral,
    EquityReport,
    StaffLoad,
    burden,
    deferred_days,
    equity,
    staff_loads,
)
from routing.planning.equity.report import groups_of

from .answers_kept import KEPT
from .facts import VisitFact, facts_of, need_of, work_of
from .periods import WEEK, Period, PeriodKind, week_of
from .published import SafeBurden, report_dict, safe_burden, safe_report

CORE20, REST = "Core20", "Elsewhere"


@dataclass(frozen=True)
class PeriodEquity:
    """All measures, under the small-number rule: the true numbers are not in here. `planned` over all visits; `done`
    over those of closed plans, None without any closed one.

    `burden` by quintile; `deferred`: mean days by group over four weeks (None: hidden), None for shorter periods;
    `without_due_day`: visits of which it is not known when they first fell due: they count from their own day.
    """

    period: Period
    plans: int
    closed_plans: int
    visits: Count
    planned: EquityReport
    done: EquityReport | None
    burden: dict[int, SafeBurden]
    loads: StaffLoad
    deferred: dict[str, float | None] | None
    without_due_day: Count
    area_names: dict[str, str]

    @property
    def is_empty(self) -> bool:
        return self.visits.shown == 0

    def as_dict(self) -> dict:
        """Plain data for JSON."""
        period = self.period
        return {
            "team": str(period.team.pk),
            "period": str(period.kind),
            "first_day": str(period.first_day),
            "last_day": str(period.last_day),
            "plan": period.plan and str(period.plan.pk),
            "plans": self.plans,
            "closed_plans": self.closed_plans,
            "visits": self.visits.shown,
            "visits_suppressed": self.visits.as_dict()["suppressed"],
            "planned": report_dict(self.planned),
            "done": self.done and report_dict(self.done),
            "burden": {str(key): part.as_dict() for key, part in self.burden.items()},
            "workload": {"by_person": self.loads.by_staff, "largest": self.loads.largest, "gini": self.loads.gini},
            "deferred_days": self.deferred,
            "visits_without_due_day": self.without_due_day.shown,
            "rule": {"hidden_up_to": RULE.most_hidden, "rounded_to": RULE.base},
        }


def equity_of_period(period: Period) -> PeriodEquity:
    """Reads the plans of the period and works everything out."""
    plans, facts = period.plans, facts_of(period)
    needs = [need_of(fact.visit, fact.served, period.parts_of(fact.plan)) for fact in facts]
    planned = equity(needs, leaves=True, memory=KEPT)
    work, contracted = work_of(plans)
    return PeriodEquity(
        period=period,
        plans=len(plans),
        closed_plans=sum(plan.state == PlanState.CLOSED for plan in plans),
        visits=count_of(len(facts)),
        planned=safe_report(planned),
        done=_done(period, facts, needs, planned),
        burden=_burden(facts, planned),
        loads=staff_loads({name: each for name, each in work.items() if name in contracted}, contracted),
        deferred=_deferred(facts, period, planned) if period.kind == PeriodKind.FOUR_WEEKS else None,
        without_due_day=count_of(sum(fact.visit.first_due is None for fact in facts)),
        area_names={fact.visit.area.code: fact.visit.area.name for fact in facts},
    )


def _done(period, facts, needs, planned) -> EquityReport | None:
    """What was done, over closed plans. Hidden is also what is hidden of the plan, and where the visits that are not
    recorded yet, which are the difference of the two, are few.
    """
    is_recorded = np.array([fact.done is not None for fact in facts], dtype=bool)
    if not is_recorded.any():
        return None
    recorded = [need_of(fact.visit, fact.done, period.parts_of(fact.plan)) for fact in facts if fact.done is not None]
    secret = {}
    for name, rows in groups_of(needs).items():
        known, open_still = int((rows & is_recorded).sum()), int((rows & ~is_recorded).sum())
        if name in planned.hidden:
            secret[name] = (max(1, known - RULE.most_hidden // 2), known + RULE.most_hidden // 2)
        elif RULE.is_small(open_still):
            secret[name] = (max(1, known + open_still - RULE.most_hidden), known + open_still - 1)
    return safe_report(equity(recorded, secret=secret, leaves=True, memory=KEPT))


def _burden(facts, planned) -> dict[int, SafeBurden]:
    """By quintile; where the visits served are hidden elsewhere, they are hidden here."""
    told = planned.quintiles | {0: planned.unknown}
    parts = burden([fact.journey for fact in facts if fact.served])
    return {key: safe_burden(part, hidden=told[key].served is None) for key, part in parts.items()}


def _deferred(facts, period, planned) -> dict[str, float | None]:
    """A person whose visit was put off again and again counts once: by reference and the day on which it fell due."""
    waits: dict[tuple, list[VisitFact]] = defaultdict(list)
    for fact in facts:
        waits[(fact.visit.reference, fact.visit.first_due or fact.visit.day)].append(fact)
    found = deferred_days([_deferral(due, each, period) for (_, due), each in waits.items()], period.last_day)
    hidden = {CORE20: planned.core20.hidden, REST: planned.rest.hidden}
    hidden |= {f"Fifth {key}": part.hidden for key, part in planned.quintiles.items()}
    hidden |= {name: part.hidden for name, part in planned.plus.items()}
    return {name: None if days is None or hidden.get(name) else round(days, 1) for name, days in found.items()}


def _deferral(due: date, facts, period) -> Deferral:
    served = [fact.plan.day for fact in facts if fact.served]
    until = min(served) if served else max([fact.plan.day for fact in facts] + [min(today(), period.last_day)])
    visit = facts[-1].visit
    quintile = facts[-1].quintile
    groups = {group.name for group in visit.plus_groups.all()}
    if quintile:
        groups |= {f"Fifth {quintile}", CORE20 if quintile == 1 else REST}
    return Deferral(weight=visit.minutes, due=due, days=max(0, (until - due).days), groups=frozenset(groups))


def prepare(day: date) -> int:
    """Work out the day's week and four weeks of every team that has plans in them, before somebody asks; which groups
    are hidden is then known (answers_kept). Returns how many teams those are.
    """
    since = week_of(day)[0] - 3 * WEEK
    teams = Team.objects.filter(plans__in=RoutePlan.objects.binding().filter(day__gte=since)).distinct()
    number = 0
    for team in teams.select_related("organisation"):
        for period in (Period.of_week(team, day), Period.of_four_weeks(team, day)):
            equity_of_period(period)
        number += 1
    return number

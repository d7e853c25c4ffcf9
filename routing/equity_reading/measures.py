"""The figures over a period, safe to show."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date

from routing.civil_time import today
from routing.models import PlanState
from routing.planning.equity import (
    BurdenByQuintile,
    Deferral,
    EquityReport,
    StaffLoad,
    burden,
    deferred_days,
    equity,
    staff_loads,
)
from routing.planning.equity.small_numbers import SMALLEST_SHOWN

from .facts import VisitFact, facts_of, need_of, work_of
from .periods import Period, PeriodKind

CORE20, REST = "Core20", "Elsewhere"


@dataclass(frozen=True)
class PeriodEquity:
    """All measures. `planned` over all visits; `done` over those of closed plans, None without any closed one.

    `burden` by quintile; `deferred`: mean days by group over four weeks (None: hidden), None for shorter periods;
    `without_due_day`: visits of which it is not known when they first fell due: they count from their own day.
    """

    period: Period
    plans: int
    closed_plans: int
    visits: int
    planned: EquityReport
    done: EquityReport | None
    burden: dict[int, BurdenByQuintile]
    loads: StaffLoad
    deferred: dict[str, float | None] | None
    without_due_day: int
    without_plus: int
    facts: list[VisitFact] = field(default_factory=list, repr=False)

    @property
    def area_names(self) -> dict[str, str]:
        return {fact.visit.area.code: fact.visit.area.name for fact in self.facts}

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
            "visits": self.visits,
            "planned": self.planned.as_dict(),
            "done": self.done and self.done.as_dict(),
            "burden": {str(key): asdict(part) for key, part in self.burden.items()},
            "workload": {"by_person": self.loads.by_staff, "largest": self.loads.largest, "gini": self.loads.gini},
            "deferred_days": self.deferred,
            "visits_without_due_day": self.without_due_day,
        }


def equity_of_period(period: Period) -> PeriodEquity:
    """Reads the plans of the period and works everything out."""
    plans, facts = period.plans, facts_of(period)
    planned = equity(need_of(fact.visit, fact.served, period.parts_of(fact.plan)) for fact in facts)
    work, contracted = work_of(plans)
    return PeriodEquity(
        period=period,
        plans=len(plans),
        closed_plans=sum(plan.state == PlanState.CLOSED for plan in plans),
        visits=len(facts),
        planned=planned,
        done=_done(period, facts, planned),
        burden=_burden(facts, planned),
        loads=staff_loads({name: each for name, each in work.items() if name in contracted}, contracted),
        deferred=_deferred(facts, period, planned) if period.kind == PeriodKind.FOUR_WEEKS else None,
        without_due_day=sum(fact.visit.first_due is None for fact in facts),
        without_plus=sum(not fact.visit.plus_groups.all() for fact in facts),
        facts=facts,
    )


def _done(period, facts, planned) -> EquityReport | None:
    """What was done, over closed plans. Hidden is also what is hidden of the plan, and where the visits that are not
    recorded yet, which are the difference of the two, would be fewer than five.
    """
    recorded = [fact for fact in facts if fact.done is not None]
    if not recorded:
        return None
    hidden = planned.hidden | _small(fact for fact in facts if fact.done is None)
    return equity(
        (need_of(fact.visit, fact.done, period.parts_of(fact.plan)) for fact in recorded), hidden=frozenset(hidden)
    )


def _small(facts) -> set:
    """Names of groups with fewer than five of these visits."""
    counts = defaultdict(int)
    for fact in facts:
        need = need_of(fact.visit, False)
        names = [("plus", name) for name in need.plus] + [("area", need.area), ("district", need.district)]
        if need.quintile:
            names += [need.quintile, *(["rest"] if need.quintile > 1 else [])]
        for name in names:
            counts[name] += 1
    return {name for name, count in counts.items() if count < SMALLEST_SHOWN}


def _burden(facts, planned):
    """By quintile; a quintile that is hidden elsewhere is hidden here."""
    parts = burden([fact.journey for fact in facts if fact.served])
    return {
        key: BurdenByQuintile(None, hidden=True) if key in planned.quintiles and planned.quintiles[key].hidden else part
        for key, part in parts.items()
    }


def _deferred(facts, period, planned) -> dict[str, float | None]:
    """A person whose visit was put off again and again counts once: by reference and the day on which it fell due."""
    waits: dict[tuple, list[VisitFact]] = defaultdict(list)
    for fact in facts:
        waits[(fact.visit.reference, fact.visit.first_due or fact.visit.day)].append(fact)
    found = deferred_days([_deferral(due, each, period) for (_, due), each in waits.items()], period.last_day)
    hidden = {CORE20: planned.core20.hidden, REST: planned.rest.hidden}
    hidden |= {f"Fifth {key}": part.hidden for key, part in planned.quintiles.items()}
    hidden |= {name: part.hidden for name, part in planned.plus.items()}
    return {name: None if hidden.get(name) else days for name, days in found.items()}


def _deferral(due: date, facts, period) -> Deferral:
    served = [fact.plan.day for fact in facts if fact.served]
    until = min(served) if served else max([fact.plan.day for fact in facts] + [min(today(), period.last_day)])
    visit = facts[-1].visit
    quintile = facts[-1].quintile
    groups = {group.name for group in visit.plus_groups.all()}
    if quintile:
        groups |= {f"Fifth {quintile}", CORE20 if quintile == 1 else REST}
    return Deferral(weight=visit.minutes, due=due, days=max(0, (until - due).days), groups=frozenset(groups))

"""What people fixed in the plans of a week's open days: the search over the week keeps to it and moves none of it."""

from dataclasses import dataclass, field
from datetime import date

from routing.civil_time import seconds_into
from routing.models import PlanAdjustment, PlanState, Visit, WeekPlan
from routing.planning.problem import Pin

Kind = PlanAdjustment.Kind


@dataclass(frozen=True)
class FixedInWeek:
    """`pins`: what keeps a visit with a person, at a time or both, by primary key of the visit; a pinned visit stays on
    the day of that plan. `aside`: visits that were left out on purpose, with the reason. `not_used`: (day, primary key
    of the person) of people who are not used on a day.
    """

    pins: dict[object, PlanAdjustment] = field(default_factory=dict)
    aside: dict[object, str] = field(default_factory=dict)
    not_used: set[tuple[date, object]] = field(default_factory=set)

    def day_of(self, visit: Visit) -> date | None:
        """The day on which it is kept; None where it may move."""
        pin = self.pins.get(visit.pk)
        return pin.plan.day if pin else None

    def pin_of(self, visit: Visit, first_day: date) -> Pin | None:
        """As the week's problem has it: people go by "reference@day", times by seconds since the week began."""
        pin = self.pins.get(visit.pk)
        if pin is None:
            return None
        staff = f"{pin.staff.reference}@{pin.plan.day}" if pin.staff else None
        return Pin(staff, None if pin.starts_at is None else seconds_into(first_day, pin.starts_at))


def fixed_in(week: WeekPlan) -> FixedInWeek:
    """From the plans of this week that are not approved. What was fixed about a visit that stands on another day by now
    fixes nothing.
    """
    found = FixedInWeek()
    plans = week.plans.exclude(state__in=PlanState.binding())
    for each in PlanAdjustment.objects.filter(plan__in=plans).select_related("plan", "visit", "staff"):
        if each.kind == Kind.PERSON_EXCLUDED:
            found.not_used.add((each.plan.day, each.staff_id))
        elif each.visit is None or each.visit.day != each.plan.day:
            continue
        elif each.kind == Kind.VISIT_PINNED:
            found.pins[each.visit_id] = each
        elif each.kind == Kind.VISIT_EXCLUDED:
            found.aside[each.visit_id] = each.reason
    return found

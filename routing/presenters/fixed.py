"""What people fixed in a plan, and what a scenario tries: rows for the panel."""

from functools import cached_property

from routing.civil_time import clock
from routing.models import PlanAdjustment, RoutePlan
from routing.problem_building import remedy_of
from routing.problem_building.travel import PROFILE_WORDS
from routing.travel import Profile

from .remedies import Wording

Kind = PlanAdjustment.Kind


class FixedPanel:
    """`rows`: what, about whom, why and by whom, with what takes it away again; `people`: those made up."""

    def __init__(self, plan: RoutePlan, *, can_change: bool):
        self.plan, self.can_change = plan, can_change
        self.wording = Wording(plan)

    @property
    def is_scenario(self) -> bool:
        return self.plan.scenario_of_id is not None

    @property
    def title(self) -> str:
        return "What this scenario tries" if self.is_scenario else "Fixed by hand"

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.people)

    @property
    def lead(self) -> str:
        if self.rows or self.people:
            return "The next optimisation keeps to this, and so must every change by hand."
        if self.is_scenario:
            return "Nothing yet: it is a plain copy of its original."
        return "Nothing: the optimiser is free to choose."

    @cached_property
    def rows(self) -> list[dict]:
        found = self.plan.adjustments.select_related("visit", "staff", "made_by").order_by("kind", "visit__reference")
        return [
            {
                "pk": each.pk,
                "what": self.words(each),
                "reason": each.reason,
                "by": each.made_by.get_full_name() if each.made_by else "",
            }
            for each in found
        ]

    @cached_property
    def people(self) -> list[dict]:
        if not self.is_scenario:
            return []
        people = self.plan.extra_people.prefetch_related("shifts", "skill_records__skill").select_related("base")
        return [self._person(each) for each in people]

    def _person(self, person) -> dict:
        shift = next(iter(person.shifts.all()), None)
        skills = ", ".join(record.skill.name.lower() for record in person.skill_records.all()) or "no special skill"
        hours = f"{clock(shift.starts_at)} to {clock(shift.ends_at)}" if shift else "no shift"
        way = PROFILE_WORDS[Profile(person.travel_profile)]
        return {
            "pk": person.pk,
            "what": f"{person.display_name}, made up: {hours}, {person.base.name}, {way}, {skills}",
        }

    def words(self, each: PlanAdjustment) -> str:
        """What one adjustment says, without a full stop."""
        visit, person = each.visit, each.staff
        if each.kind == Kind.VISIT_PINNED:
            who = f" with {person.display_name}" if person else ""
            when = f" at {clock(each.starts_at)}" if each.starts_at else ""
            return f"{visit.reference} is kept{who}{when}"
        if each.kind == Kind.VISIT_EXCLUDED:
            return f"{visit.reference} is left out"
        if each.kind == Kind.PERSON_EXCLUDED:
            return f"{person.display_name} is not used"
        if each.kind == Kind.SHIFT_EXTENDED:
            return f"{person.display_name} works {each.minutes} minutes longer"
        if each.kind == Kind.WINDOW_CHANGED:
            return f"{visit.reference} may start from {clock(each.starts_at)} to {clock(each.ends_at)}"
        return f"For {visit.reference}: {self.wording.change(remedy_of(each.remedy))}"

"""Why stored routes do not hold any more, in words for those who plan: names for references, no seconds. The rules are
worded in `editing.words`; who is away and what is gone is known here.
"""

from routing.editing.words import NO_SUCH_BREAK, told_plainly
from routing.models import Absence, PlanAdjustment, RoutePlan, StaffMember, Visit
from routing.planning.check import Violation
from routing.problem_building import PlanProblem

MOST_LISTED = 10


def broken_rules(built: PlanProblem, violations: list[Violation]) -> list[str]:
    """One line for each broken rule, every cause once, the first `MOST_LISTED`; the rest is counted."""
    words = _Words(built.plan)
    lines = list(dict.fromkeys(words.line(violation) for violation in violations))
    more = len(lines) - MOST_LISTED
    return lines if more <= 0 else [*lines[:MOST_LISTED], f"And {more:,} more."]


class _Words:
    def __init__(self, plan: RoutePlan):
        self.plan = plan
        self.people = {each.reference: each for each in StaffMember.objects.filter(team=plan.team_id)}
        self.visits = {each.reference: each for each in plan.visits.all()}
        self.kinds = PlanAdjustment.Kind

    def line(self, violation: Violation) -> str:
        if violation.rule == "unknown" and violation.visit:
            return f"{violation.visit} {self._gone(violation.visit)}."
        if violation.rule == "unknown" and violation.part == "break":
            return NO_SUCH_BREAK.format(self._name(violation.staff))
        if violation.rule == "unknown":
            return f"{self._name(violation.staff)} {self._away(violation.staff)}."
        return told_plainly(violation, self._name)

    def _name(self, reference) -> str:
        person = self.people.get(reference)
        return person.display_name if person else reference or ""

    def _away(self, reference) -> str:
        person = self.people.get(reference)
        if person is None:
            return "is not in the team any more"
        if self.plan.adjustments.filter(kind=self.kinds.PERSON_EXCLUDED, staff=person).exists():
            return "is left out of this plan"
        if Absence.objects.filter(staff=person).on_day(self.plan.day).exists():
            return "is absent on that day"
        return "has no shift on that day, or works in another approved plan"

    def _gone(self, reference) -> str:
        visit = self.visits.get(reference)
        if visit is None:
            return "is not a visit of this plan any more"
        if self.plan.adjustments.filter(kind=self.kinds.VISIT_EXCLUDED, visit=visit).exists():
            return "is left out on purpose, but the routes still have it"
        if visit.state == Visit.State.PLANNED:
            return "is in an approved plan already"
        return f"is {visit.get_state_display().lower()} already"

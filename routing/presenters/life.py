"""Where a plan stands in its life, who brought it there, and what this reader can do next."""

from dataclasses import dataclass
from functools import cached_property

from routing.civil_time import LONDON, today
from routing.models import PlanAdjustment, PlanState, RoutePlan
from routing.services import history_of, undo_target
from routing.services.adjustments import ADJUSTABLE
from routing.services.versions import CHANGEABLE

from .wording import counted

NOT_COPIED = (PlanState.OPTIMISING,)


@dataclass
class LifePanel:
    """`may_...`: what the reader is allowed to do."""

    plan: RoutePlan
    may_edit: bool = False
    may_publish: bool = False
    may_decide: bool = False

    @property
    def steps(self) -> list[dict]:
        """Who did what to the plan, in order: `head` in bold, then `text`."""
        plan, steps = self.plan, []
        if plan.returned_by:
            back = "Approval" if plan.state == PlanState.PROPOSED else "Publication"
            steps.append(
                _step(
                    f"{back} taken back",
                    plan.returned_by,
                    plan.returned_at,
                    plan.returned_reason,
                    "her-verdict--warning",
                )
            )
        if plan.approved_by:
            word = "Rejected" if plan.state == PlanState.REJECTED else "Approved"
            css = "her-verdict--bad" if plan.state == PlanState.REJECTED else ""
            steps.append(_step(word, plan.approved_by, plan.approved_at, plan.decision_reason, css))
        if plan.published_by:
            steps.append(_step("Published", plan.published_by, plan.published_at))
        if plan.started_at:
            steps.append(_step("Begun", None, plan.started_at))
        if plan.closed_at:
            steps.append(
                _step("Closed", plan.closed_by, plan.closed_at) | ({} if plan.closed_by else {"who": "the night"})
            )
        return steps

    @property
    def css(self) -> str:
        return next((step["css"] for step in self.steps if step["css"]), "")

    @property
    def can_publish(self) -> bool:
        return self.may_publish and self.plan.state == PlanState.APPROVED

    @property
    def sheets_come_next(self) -> bool:
        """Whether printing run sheets is what this reader does next."""
        return self.plan.is_binding and not self.can_publish

    @property
    def can_withdraw(self) -> bool:
        return self.may_publish and self.plan.state == PlanState.PUBLISHED

    @property
    def can_close(self) -> bool:
        # Before its day a publication is withdrawn instead.
        due = self.plan.state == PlanState.IN_PROGRESS or self.plan.day <= today()
        return self.may_publish and due and self.plan.state in PlanState.running()

    @property
    def can_reopen(self) -> bool:
        return self.may_decide and self.plan.state == PlanState.APPROVED

    @property
    def can_copy(self) -> bool:
        return self.may_edit and self.plan.state not in NOT_COPIED

    @property
    def can_fix(self) -> bool:
        return self.may_edit and self.plan.state in ADJUSTABLE

    @property
    def has_actions(self) -> bool:
        return self.can_publish or self.can_withdraw or self.can_close or self.can_reopen

    @cached_property
    def history(self):
        return history_of(self.plan)

    @property
    def can_restore(self) -> bool:
        return self.may_edit and self.plan.state in CHANGEABLE

    @property
    def undo_to(self) -> int | None:
        return undo_target(self.plan, self.history) if self.can_restore else None

    @property
    def redo_to(self) -> int | None:
        return self.history.redo_to if self.can_restore else None

    @property
    def original(self) -> RoutePlan | None:
        return self.plan.scenario_of

    @cached_property
    def scenarios(self) -> list[RoutePlan]:
        return list(self.plan.scenarios.order_by("created_at"))

    @cached_property
    def cannot_be_approved(self) -> str:
        """Why a scenario cannot become the day's work; blank where it can."""
        if self.plan.scenario_of_id is None:
            return ""
        people = self.plan.extra_people.count()
        if people:
            word = "is" if people == 1 else "are"
            return f"It cannot be approved: {counted(people, 'person', 'people')} of it {word} made up."
        if self.plan.adjustments.filter(kind=PlanAdjustment.Kind.REMEDY).exists():
            return "It cannot be approved: it tries a change that has not been made for real."
        return ""


def _step(head, who, at, text="", css="") -> dict:
    return {
        "head": head,
        "who": who.get_full_name() if who else "",
        "at": at.astimezone(LONDON),
        "text": text,
        "css": css,
    }

"""What a plan holds, read once, for every kind of file."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Prefetch

from routing.models import PlanState, RoutePlan, StaffMember, UnservedVisit, Visit
from routing.presenters.rounds import Round, rounds_of


class NoRoutes(ValueError):
    """The plan, or the person in it, has no routes to make a file of; the message says which."""


@dataclass
class PlanContents:
    """A plan with its rounds. NoRoutes where it was never optimised or is being optimised for the first time."""

    plan: RoutePlan

    def __post_init__(self):
        if self.plan.optimised_at is None:
            state = self.plan.get_state_display().lower()
            raise NoRoutes(f"This plan has no routes yet. Its status is {state}. Optimise it first.")

    @cached_property
    def rounds(self) -> list[Round]:
        return rounds_of(self.plan)

    @cached_property
    def unserved(self) -> list[UnservedVisit]:
        visits = Visit.objects.for_display()  # unscoped: those of the plan's own rows
        return list(self.plan.unserved.prefetch_related(Prefetch("visit", queryset=visits)))

    @property
    def changed_at(self) -> datetime:
        """When the routes became what they are."""
        return self.plan.optimised_at

    @property
    def is_settled(self) -> bool:
        """Whether an approver has made it the day's work."""
        return self.plan.state in PlanState.binding()

    @property
    def attribution(self) -> str:
        return (self.plan.travel or {}).get("attribution", "")

    @property
    def standing(self) -> str:
        """How far the plan may be relied on, in a sentence."""
        if self.is_settled:
            return f"Plan {self.plan.get_state_display().lower()}, version {self.plan.version}."
        return f"Plan {self.plan.get_state_display().lower()}, version {self.plan.version}: not to be worked from."

    def round_of(self, staff: StaffMember) -> "RoundContents":
        """NoRoutes where the person has no round in this plan."""
        for each in self.rounds:
            if each.assignment.staff_id == staff.pk:
                return RoundContents(self, each)
        raise NoRoutes(f"{staff.display_name} has no round in this plan.")


@dataclass
class RoundContents:
    """One person's day within its plan. `shows_home`: whether the reader may see where the person lives."""

    contents: PlanContents
    round: Round
    shows_home: bool = False

    @property
    def plan(self) -> RoutePlan:
        return self.contents.plan

    @property
    def staff(self) -> StaffMember:
        return self.round.assignment.staff

    @property
    def shows_start(self) -> bool:
        return self.shows_home or self.round.starts_from != "home"

    @property
    def shows_end(self) -> bool:
        return self.shows_home or self.round.ends_at != "home"

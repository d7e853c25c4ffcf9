"""Which plans a period holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from routing.models import PlanState, RoutePlan, Team

WEEK = timedelta(days=7)


class PeriodKind(StrEnum):
    PLAN = "plan"
    WEEK = "week"
    FOUR_WEEKS = "four-weeks"


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + WEEK - timedelta(days=1)


def latest_day(team: Team) -> date | None:
    """The last day of the team that has a binding plan."""
    newest = RoutePlan.objects.for_organisation(team.organisation).binding().filter(team=team).order_by("-day").first()
    return newest and newest.day


@dataclass(frozen=True)
class Period:
    """Plans of one team. A week and four weeks hold the binding plans (approved and later); a plan stands for itself,
    also while it is a proposal.
    """

    team: Team
    kind: PeriodKind
    first_day: date
    last_day: date
    plan: RoutePlan | None = None

    @classmethod
    def of_plan(cls, plan: RoutePlan) -> "Period":
        return cls(plan.team, PeriodKind.PLAN, plan.day, plan.day, plan)

    @classmethod
    def of_week(cls, team: Team, day: date) -> "Period":
        return cls(team, PeriodKind.WEEK, *week_of(day))

    @classmethod
    def of_four_weeks(cls, team: Team, day: date) -> "Period":
        """The day's week and the three before it."""
        monday, sunday = week_of(day)
        return cls(team, PeriodKind.FOUR_WEEKS, monday - 3 * WEEK, sunday)

    @cached_property
    def plans(self) -> list[RoutePlan]:
        """In order of their days, as they are when first asked for: the figures of a period are of one moment."""
        if self.plan is not None:
            return [self.plan]
        plans = RoutePlan.objects.for_organisation(self.team.organisation).binding().filter(team=self.team)
        return list(plans.filter(day__gte=self.first_day, day__lte=self.last_day).order_by("day", "created_at"))

    def parts_of(self, plan: RoutePlan) -> tuple[str, ...]:
        """What of the period is published apart as well: each week of the four, and each plan."""
        if self.kind == PeriodKind.FOUR_WEEKS:
            return (str(week_of(plan.day)[0]), str(plan.pk))
        return (str(plan.pk),) if self.kind == PeriodKind.WEEK else ()

    @property
    def is_recorded(self) -> bool:
        """Whether any of its plans has been closed: then it is known what was done."""
        return any(plan.state == PlanState.CLOSED for plan in self.plans)

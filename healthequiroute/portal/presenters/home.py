"""Home: what needs me today."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.access import allowed
from accounts.models import Job, JobState
from accounts.people.preferences import preferences_of
from accounts.people.reviews import due as review_due
from accounts.people.setup import checklist
from accounts.permissions import Permission
from accounts.presenters import job_panel
from insights.presenters.outlook_panel import OutlookPanel, panel_of_organisation
from lsoa.models import QualityAlert
from routing.models import PlanState, RoutePlan

from .home_news import NewsPanel
from .home_parts import HomeParts, Reader, home_parts
from .rounds_today import alerts_on_rounds, own_round_today

TO_APPROVE = "For you to approve"
JOBS_SHOWN, TASKS_SHOWN = 5, 8


@dataclass(frozen=True)
class Task:
    """Something that waits for this person."""

    url: str
    title: str
    detail: str
    state: str
    css: str


class HomePage:
    def __init__(self, user, organisation):
        self.user = user
        self.organisation = organisation

    def may(self, permission) -> bool:
        return allowed(self.user, permission, self.organisation)

    @cached_property
    def setup(self) -> dict | None:
        """How far setting up is, for administrators of an organisation that is not done with it."""
        organisation = self.organisation
        if organisation is None or organisation.setup_hidden_at or not self.may(Permission.MANAGE_ORGANISATION):
            return None
        items = checklist(organisation, self.user)
        done = sum(item.is_done for item in items)
        return {"done": done, "steps": len(items)} if done < len(items) else None

    @property
    def today(self) -> str:
        now = timezone.localtime()
        return f"{now:%A} {now.day} {now:%B %Y}"

    @property
    def greeting(self) -> str:
        hour = timezone.localtime().hour
        part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
        return f"Good {part}, {self.user.get_short_name()}"

    @property
    def primary_action(self) -> dict | None:
        if self._own_round:
            return {"url": self._own_round["url"], "text": "Open my round"}
        url = address("plan-create")
        if url and self.may(Permission.EDIT_PLANS):
            return {"url": url, "text": "New plan"}
        waiting = next((task for task in self._plan_tasks if task.state == TO_APPROVE), None)
        if waiting:
            return {"url": waiting.url, "text": "Review the next plan"}
        return None

    @property
    def nothing_waits(self) -> str:
        """What this person can expect here, where nothing waits."""
        if self.may(Permission.APPROVE_PLANS):
            return "Nothing waits for you. Plans to approve, to publish or to close appear here."
        if self.may(Permission.EDIT_PLANS):
            return "Nothing waits for you. Plans that you have begun, and those to publish or to close, appear here."
        return "Nothing waits for you. Start from the priorities below, or find an area by name."

    @cached_property
    def tasks(self) -> list[Task]:
        """One's own round and alerts on those of others, alerts about data for those who load it, then plans that this
        person can move on.
        """
        rounds = [*([self._own_round] if self._own_round else []), *alerts_on_rounds(self.user, self.organisation)]
        rounds = [Task(**each) for each in rounds]
        return [*rounds, *self._alert_tasks(), *self._review_tasks(), *self._plan_tasks]

    def _review_tasks(self) -> list[Task]:
        """A review of access that is due, for those who may do it."""
        organisation = self.organisation
        if organisation is None or not self.may(Permission.MANAGE_MEMBERS):
            return []
        due = review_due(organisation)
        if not (due.is_overdue or due.is_soon):
            return []
        state, css = ("Overdue", "her-tag--bad") if due.is_overdue else ("Due soon", "her-tag--warning")
        detail = f"To be finished by {due.on.day} {due.on:%B %Y}"
        return [Task(reverse("access-review"), "Review of access", detail, state, css)]

    @cached_property
    def _own_round(self) -> dict | None:
        return own_round_today(self.user, self.organisation)

    def _alert_tasks(self) -> list[Task]:
        """One line for each severity that has alerts nobody has noted yet."""
        if not self.may(Permission.LOAD_DATA):
            return []
        alerts = QualityAlert.objects.open().visible_to(self.organisation).filter(acknowledged_at=None).order_by()
        counts = dict(alerts.values_list("severity").annotate(number=Count("pk")))
        return [
            Task(reverse("data-quality"), text, "Nobody has taken note yet", QualityAlert.Severity(severity).label, css)
            for severity, css in _ALERT_CSS.items()
            if (text := _alerts_text(counts.get(severity, 0)))
        ]

    @cached_property
    def _plan_tasks(self) -> list[Task]:
        """Approvers decide, planners finish what they have begun, both publish and close. Scenarios wait for nobody but
        their planner.
        """
        if self.organisation is None or not self.may(Permission.VIEW_PLANS):
            return []
        states = [PlanState.PROPOSED] if self.may(Permission.APPROVE_PLANS) else []
        if self.may(Permission.EDIT_PLANS):
            states += [PlanState.DRAFT, PlanState.OPTIMISING, PlanState.PROPOSED]
        of_now = Q(state__in=states)
        if not self.may(Permission.EDIT_PLANS):
            of_now &= Q(scenario_of__isnull=True)
        if self.may(Permission.PUBLISH_PLANS):
            # One that is published for a day to come waits for nobody.
            of_now |= Q(state__in=[PlanState.APPROVED, PlanState.IN_PROGRESS])
            of_now |= Q(state=PlanState.PUBLISHED, day__lte=timezone.localdate())
        plans = (
            RoutePlan.objects.for_organisation(self.organisation)
            .filter(of_now)
            .listed()
            .order_by("day", "name")[:TASKS_SHOWN]
        )
        return [self._task(plan) for plan in plans]

    def _task(self, plan) -> Task:
        state, css = _PLAN_STATES[PlanState(plan.state)]
        if plan.state == PlanState.PROPOSED and self.may(Permission.APPROVE_PLANS):
            state = TO_APPROVE
        if plan.state == PlanState.APPROVED:
            state, css = "To publish", "her-tag--warning"
        if plan.state in PlanState.running() and plan.day < timezone.localdate():
            state, css = "To close", "her-tag--warning"
        if plan.scenario_of_id and not plan.is_binding:
            state, css = "Scenario", "her-tag--plain"
        if plan.job and plan.job.state in (JobState.FAILED, JobState.INTERRUPTED):
            state, css = plan.job.get_state_display(), "her-tag--bad"
        detail = f"{plan.team.name} · {plan.day:%A} {plan.day.day} {plan.day:%B}"
        return Task(address("plan", plan.pk) or "", plan.name, detail, state, css)

    @cached_property
    def news(self) -> NewsPanel | None:
        if not self.may(Permission.VIEW_AREAS):
            return None
        return NewsPanel(
            self.user,
            self.organisation,
            patch=preferences_of(self.user).default_patch,
            with_plans=self.may(Permission.VIEW_PLANS),
        )

    @cached_property
    def outlook(self) -> OutlookPanel | None:
        """What published activity is expected to do in the organisation's places; None where nothing is forecast."""
        return panel_of_organisation(self.organisation) if self.may(Permission.VIEW_AREAS) else None

    @cached_property
    def parts(self) -> HomeParts:
        """What is the same for everybody of the organisation who may see as much and begins with the same patch."""
        return home_parts(
            self.organisation,
            Reader(
                patch=preferences_of(self.user).default_patch,
                may_see_areas=self.may(Permission.VIEW_AREAS),
                may_see_plans=self.may(Permission.VIEW_PLANS),
            ),
        )

    @cached_property
    def jobs(self) -> list:
        """Panels of what is running and of what ended last; a dead worker's job is not shown as running."""
        visible = Job.objects.visible_to(self.user, self.organisation).select_related("organisation")
        return [job_panel(job, self.user) for job in visible.order_by("-created_at")[:JOBS_SHOWN]]


_ALERT_CSS = {QualityAlert.Severity.ERROR: "her-tag--bad", QualityAlert.Severity.WARNING: "her-tag--warning"}
_PLAN_STATES = {
    PlanState.DRAFT: ("Draft", "her-tag--plain"),
    PlanState.OPTIMISING: ("Optimising", "her-tag--info"),
    PlanState.PROPOSED: ("Waits for approval", "her-tag--info"),
    PlanState.APPROVED: ("Approved", "her-tag--good"),
    PlanState.REJECTED: ("Rejected", "her-tag--bad"),
    PlanState.PUBLISHED: ("Published for today", "her-tag--good"),
    PlanState.IN_PROGRESS: ("Under way", "her-tag--info"),
    PlanState.CLOSED: ("Closed", "her-tag--plain"),
}


def _alerts_text(number: int) -> str:
    return f"{number:,} alert{'s' if number != 1 else ''} about data" if number else ""


def address(name: str, *args) -> str | None:
    """None where the app that has this page is not switched on."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None

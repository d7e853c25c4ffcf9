"""Alerts of rounds under way: raised once, cleared when they are over, noted by somebody with a name."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.notices import emit, tell
from accounts.permissions import Permission
from routing.alerts import Alert, alerts_of
from routing.models import RoundAlert, RoutePlan, Visit
from routing.standing_day import patience, recorded_rounds

from .decisions import permit
from .plans import locked

WATCH = audit.SystemActor("routing:watch")
# A plan that nobody closed is watched no longer than this after its day began: the night closes it.
DAYS_WATCHED = 2


def watch_rounds(*, now: datetime | None = None, plans=None) -> int:
    """Bring the alerts of every published plan of these days up to date. Returns how many were raised.

    `plans`: a queryset to look at instead of all; `now`: for tests. Harmless when run twice or by two at once.
    """
    now = now or timezone.now()
    day = timezone.localtime(now).date()
    plans = RoutePlan.objects.all() if plans is None else plans
    running = plans.running().filter(day__lte=day, day__gt=day - timedelta(days=DAYS_WATCHED))
    raised = sum(_watch(plan, now) for plan in running.select_related("organisation"))
    over = RoundAlert.objects.filter(cleared_at__isnull=True, plan__in=plans).exclude(plan__in=running)
    over.update(cleared_at=now)
    return raised


@transaction.atomic
def note_alert(*, alert: RoundAlert, by) -> RoundAlert:
    """Somebody says that they look after it, and after all of its kind about the same person; the first name stays.
    PermissionDenied without the right to plan.
    """
    permit(by, Permission.EDIT_PLANS, alert.plan)
    of_kind = RoundAlert.objects.filter(plan=alert.plan_id, staff=alert.staff_id, kind=alert.kind)
    alike = of_kind.filter(seen_at__isnull=True, cleared_at__isnull=True)
    waiting = list(alike.select_for_update().order_by("pk"))
    alike.update(seen_by=by, seen_at=timezone.now())
    if waiting:
        _record("round.alert_noted", alert.plan, by, waiting)
    alert.refresh_from_db()
    return alert


@transaction.atomic
def _watch(plan, now) -> int:
    """The plan is locked, so that whoever records or watches at the same moment waits."""
    plan = locked(plan)
    wanted = {}
    for standing in recorded_rounds(plan):
        # Who has no account cannot record anything: silence says nothing about them.
        if standing.staff.user_id is None:
            continue
        found = alerts_of(standing.state, works_alone=standing.staff.works_alone, now=now, patience=patience())
        # A visit that a colleague has done waits for nobody.
        done = {stop.visit_id for stop in standing.visit_stops if stop.visit.state == Visit.State.DONE}
        wanted |= {(standing.staff.pk, alert): standing.staff for alert in found if alert.visit not in done}
    open_now = {
        (alert.staff_id, Alert(alert.kind, alert.visit_id)): alert
        for alert in plan.alerts.filter(cleared_at__isnull=True)
    }
    over = [alert for key, alert in open_now.items() if key not in wanted]
    RoundAlert.objects.filter(pk__in=[alert.pk for alert in over]).update(cleared_at=now)
    new = [
        RoundAlert(plan=plan, staff=staff, visit_id=key[1].visit, kind=key[1].kind, raised_at=now)
        for key, staff in wanted.items()
        if key not in open_now
    ]
    if new:
        RoundAlert.objects.bulk_create(new)
        _tell_planners(plan, new)
        _record("round.alerts_raised", plan, WATCH, new)
    return len(new)


def _tell_planners(plan, alerts):
    """One message for what was found at once: a list of twenty would hide the next."""
    first, more = alerts[0], len(alerts) - 1
    text = f"{first.get_kind_display()}: {first.staff.display_name}{_of_visit(first)}"
    text += f", and {more} more alert{'s' if more > 1 else ''}" if more else ""
    url = reverse("plan-actual", args=[plan.pk])
    tell(kind="round.alert", text=f"{text}. {plan.name}.", url=url, organisation=plan.organisation)
    data = {"plan": str(plan.pk), "alerts": len(alerts)}
    emit(event="round.alert", organisation=plan.organisation, data=data, url=url)


def _of_visit(alert) -> str:
    return f", visit {alert.visit.reference}" if alert.visit_id else ""


def _record(action, plan, by, alerts):
    details = {"alerts": [{"kind": alert.kind, "staff": str(alert.staff_id)} for alert in alerts]}
    audit.record(action=action, by=by, organisation=plan.organisation, target=plan, details=details)

"""Periods of what accounts keeps."""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.db.models import F, Q

from ..audit import SystemActor
from ..models import (
    EmailDelivery,
    Job,
    JobState,
    LegalHold,
    Notification,
    RuleEvaluation,
    UnusualBehaviour,
    User,
    WebhookEvent,
)
from .erasure import ErasureReason, ErasureRefused, erase_person
from .retention import RetentionRule, register_rule
from .subjects import ACCOUNT, person_of_account

# Unread messages are kept for a year longer.
UNREAD = timedelta(days=365)
BY = SystemActor("privacy:retention")


def _forget_job(rows) -> int:
    """That the work was done, when and how it ended stays."""
    return rows.update(title=F("kind"), payload={}, result={}, message="", error="", url="")


def _forget_events(rows) -> int:
    """Their deliveries and attempts go with them, and are not counted."""
    return rows.delete()[1].get("accounts.WebhookEvent", 0)


def _erase_closed(rows) -> int:
    """Where something stands against it, the account waits for the next night."""
    done = 0
    for user in rows:
        try:
            erase_person(person=person_of_account(user), by=BY, reason=ErasureReason.LEFT)
        except ErasureRefused:
            continue
        done += 1
    return done


register_rule(
    RetentionRule(
        "notifications",
        "Notifications that were read",
        90,
        lambda before: Notification.objects.filter(Q(read_at__lt=before) | Q(created_at__lt=before - UNREAD)),
        # Their emails go with them, and are not counted.
        lambda rows: rows.delete()[1].get("accounts.Notification", 0),
        organisation="organisation",
        people={ACCOUNT: "user"},
        bounds=(30, 365),
    )
)
register_rule(
    RetentionRule(
        "emails",
        "The log of emails that were sent, given up or not wanted",
        90,
        lambda before: EmailDelivery.objects.filter(ended_at__lt=before),
        lambda rows: rows.delete()[0],
        people={ACCOUNT: "user"},
    )
)
register_rule(
    RetentionRule(
        "webhook_log",
        "The log of webhooks: events with their deliveries and attempts",
        30,
        lambda before: WebhookEvent.objects.filter(created_at__lt=before),
        _forget_events,
        organisation="organisation",
        bounds=(7, 90),
    )
)
register_rule(
    RetentionRule(
        "rule_evaluations",
        "That rules about areas were asked of an event",
        90,
        lambda before: RuleEvaluation.objects.filter(evaluated_at__lt=before),
        lambda rows: rows.delete()[0],
    )
)
register_rule(
    RetentionRule(
        "jobs",
        "What background work was asked and answered",
        90,
        lambda before: Job.objects.filter(state__in=JobState.finished(), finished_at__lt=before).exclude(
            title=F("kind"), payload={}, result={}, message="", error="", url=""
        ),
        _forget_job,
        organisation="organisation",
        people={ACCOUNT: "created_by"},
        bounds=(30, 365),
    )
)
register_rule(
    RetentionRule(
        "admin_log",
        "Entries of the platform administration (the audit trail has them too)",
        730,
        lambda before: LogEntry.objects.filter(action_time__lt=before),
        lambda rows: rows.delete()[0],
        people={ACCOUNT: "user"},
    )
)
register_rule(
    RetentionRule(
        "legal_holds",
        "Legal holds that were released or have ended",
        730,
        lambda before: LegalHold.objects.filter(Q(lifted_at__lt=before) | Q(until__lt=before.date())),
        lambda rows: rows.delete()[0],
    )
)
register_rule(
    RetentionRule(
        "closed_accounts",
        "Accounts that are closed and were not used: they are erased",
        730,
        lambda before: User.objects.filter(
            Q(last_login__lt=before) | Q(last_login__isnull=True),
            is_active=False,
            erased_at__isnull=True,
            date_joined__lt=before,
        ),
        _erase_closed,
        organisation="memberships__organisation",
        people={ACCOUNT: ""},
    )
)
register_rule(
    RetentionRule(
        "unusual_behaviour",
        "What was noticed as unusual, and what people decided about it (the audit trail keeps that it was)",
        730,
        lambda before: UnusualBehaviour.objects.filter(noticed_at__lt=before),
        lambda rows: rows.delete()[0],
        organisation="organisation",
    )
)

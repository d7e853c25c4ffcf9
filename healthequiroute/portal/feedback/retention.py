"""Feedback goes a year after it was settled, and two years after it was sent when nobody settled it."""

from datetime import timedelta

from django.db.models import Q

from accounts.privacy.retention import RetentionRule, register_rule

from ..models import Feedback

DAYS = 365
UNSETTLED = timedelta(days=365)


def _due(before):
    # unscoped: retention looks after every organisation
    return Feedback.objects.filter(Q(settled_at__lt=before) | Q(created_at__lt=before - UNSETTLED))


register_rule(
    RetentionRule(
        "feedback",
        "Feedback that was answered or closed",
        DAYS,
        _due,
        lambda rows: rows.delete()[0],
        organisation="organisation",
        people={"accounts.user": "written_by"},
        bounds=(30, 1095),
    )
)

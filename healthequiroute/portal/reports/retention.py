"""How long editions of reports are kept: docs/privacy.md, docs/reports.md."""

from django.db.models import Q

from accounts.privacy.retention import RetentionRule, register_rule

from ..models import ReportEdition

register_rule(
    RetentionRule(
        "report_editions",
        "Editions of reports",
        365,
        lambda before: ReportEdition.objects.filter(  # unscoped: of all organisations
            Q(made_at__lt=before) | Q(made_at__isnull=True, created_at__lt=before)
        ),
        lambda rows: rows.delete()[0],
        organisation="report__organisation",
        bounds=(30, 730),
    )
)

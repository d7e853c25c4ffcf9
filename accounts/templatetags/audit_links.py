"""`{% audit_links person %}`: where the audit trail tells of a thing, for those who may read it."""

from django import template

from ..access import allowed
from ..permissions import Permission
from ..trail import readers, row_history

register = template.Library()


@register.inclusion_tag("accounts/_audit_links.html", takes_context=True)
def audit_links(context, thing) -> dict:
    request = context["request"]
    if thing is None or not allowed(request.user, Permission.VIEW_AUDIT, request.organisation):
        return {}
    label = thing._meta.label_lower
    return {
        "target_type": label,
        "target_id": str(thing.pk),
        "has_rows": label in row_history.histories(),
        "has_readers": label in readers.kinds(),
    }

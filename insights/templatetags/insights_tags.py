"""The row of links above every page of Insights: {% insights_tabs "outlook" %}."""

from django import template
from django.urls import NoReverseMatch, reverse

from accounts.access import allowed
from accounts.permissions import Permission

register = template.Library()

# Key, text, name of the address, permission.
TABS = [
    ("outlook", "Outlook", "insights", Permission.VIEW_AREAS),
    ("demand", "Demand and capacity", "demand", Permission.VIEW_PLANS),
    ("models", "Models", "insights-models", Permission.VIEW_AREAS),
]


@register.inclusion_tag("insights/_tabs.html", takes_context=True)
def insights_tabs(context, current=""):
    """Links that the person may follow."""
    request = context["request"]
    tabs = [
        {"text": text, "href": address, "is_current": key == current}
        for key, text, name, permission in TABS
        if (address := address_of(name)) and allowed(request.user, permission, request.organisation)
    ]
    return {"tabs": tabs}


def address_of(name: str) -> str | None:
    """None where the part that has this page is not there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None

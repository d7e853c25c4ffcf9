"""The row of links above every page about data: {% data_tabs "datasets" %}."""

from django import template
from django.urls import NoReverseMatch, reverse

from accounts.access import allowed
from accounts.permissions import Permission

register = template.Library()

# Key, text, name of the address, permission.
TABS = [
    ("datasets", "Datasets", "data", Permission.VIEW_AREAS),
    ("indicators", "Indicators", "indicators", Permission.VIEW_AREAS),
    ("quality", "Quality", "data-quality", Permission.VIEW_AREAS),
    ("methods", "How prevalence is estimated", "methods", Permission.VIEW_AREAS),
    ("methods-priorities", "How priorities hold", "methods-priorities", Permission.VIEW_AREAS),
    ("feeds", "Live feeds", "feeds", Permission.VIEW_AREAS),
    ("own", "Own indicators", "own-indicators", Permission.MANAGE_INDICATORS),
    ("load", "Load data", "load-data", Permission.LOAD_DATA),
]


@register.inclusion_tag("lsoa/_tabs.html", takes_context=True)
def data_tabs(context, current=""):
    """Links that the person may follow; addresses that another part has not added are left out."""
    request = context["request"]
    tabs = [
        {"text": text, "href": address, "is_current": key == current}
        for key, text, name, permission in TABS
        if (address := _address(name)) and allowed(request.user, permission, request.organisation)
    ]
    return {"tabs": tabs}


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None

"""The row of links above every page about data: {% data_tabs "datasets" %}."""

from django import template

from accounts.page_tabs import PageTab, tabs_for
from accounts.permissions import Permission

register = template.Library()

TABS = [
    PageTab("datasets", "Datasets", "data", Permission.VIEW_AREAS),
    PageTab("indicators", "Indicators", "indicators", Permission.VIEW_AREAS),
    PageTab("quality", "Quality", "data-quality", Permission.VIEW_AREAS),
    PageTab("methods", "How prevalence is estimated", "methods", Permission.VIEW_AREAS),
    PageTab("methods-priorities", "How priorities hold", "methods-priorities", Permission.VIEW_AREAS),
    PageTab("feeds", "Live feeds", "feeds", Permission.VIEW_AREAS),
    PageTab("own", "Own indicators", "own-indicators", Permission.MANAGE_INDICATORS),
    PageTab("load", "Load data", "load-data", Permission.LOAD_DATA),
]


@register.inclusion_tag("layouts/_page_tabs.html", takes_context=True)
def data_tabs(context, current=""):
    """Links that the person may follow."""
    return {"label": "Data", "tabs": tabs_for(context["request"], TABS, current)}

"""The row of links above every page of Insights: {% insights_tabs "outlook" %}."""

from django import template

from accounts.page_tabs import PageTab, tabs_for
from accounts.permissions import Permission

register = template.Library()

TABS = [
    PageTab("outlook", "Outlook", "insights", Permission.VIEW_AREAS),
    PageTab("demand", "Demand and capacity", "demand", Permission.VIEW_PLANS),
    PageTab("models", "Models", "insights-models", Permission.VIEW_AREAS),
]


@register.inclusion_tag("layouts/_page_tabs.html", takes_context=True)
def insights_tabs(context, current=""):
    """Links that the person may follow."""
    return {"label": "Insights", "tabs": tabs_for(context["request"], TABS, current)}

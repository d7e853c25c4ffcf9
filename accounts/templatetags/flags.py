"""`{% has_flag "week_plans" as weeks %}`: whether the reader's organisation has a feature."""

from django import template

from ..people.flags import Flag, is_on

register = template.Library()


@register.simple_tag(takes_context=True)
def has_flag(context, name):
    """ValueError for a name that is no feature."""
    request = context.get("request")
    return is_on(Flag(name), getattr(request, "organisation", None))

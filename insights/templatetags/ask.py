"""Ways from other pages to Ask: `{% ask_about question="Why is this area urgent?" text="Ask about this area" %}`."""

import re
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from accounts.access import allowed
from accounts.people.flags import Flag, is_on
from accounts.permissions import Permission

register = template.Library()
CALLS = re.compile(r"\b(?:999|112|111|116 123)\b")


@register.inclusion_tag("ask/_about.html", takes_context=True)
def ask_about(context, question="", text="Ask", as_button=False):
    """A link to Ask with the question in its box; nothing is sent. Empty where the reader has no Ask. Scripts open it
    beside the page (static/src/js/ask_beside.js).
    """
    request = context["request"]
    organisation = getattr(request, "organisation", None)
    may = organisation is not None and is_on(Flag.ASK, organisation)
    if not may or not allowed(request.user, Permission.VIEW_AREAS, organisation):
        return {"href": ""}
    query = f"?{urlencode({'q': question})}" if question else ""
    return {
        "href": reverse("ask") + query,
        "beside": reverse("ask-beside") + query,
        "text": text,
        "as_button": as_button,
    }


@register.filter
def with_calls(words):
    """Numbers that help in a crisis as links that a phone dials; everything else is escaped."""
    calls = CALLS.sub(
        lambda found: f'<a href="tel:{found.group().replace(" ", "")}">{found.group()}</a>', conditional_escape(words)
    )
    return mark_safe(calls)  # noqa: S308 (escaped above; what is added is figures of CALLS)

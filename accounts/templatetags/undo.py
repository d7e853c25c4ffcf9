"""`{% undo_button message %}`: the way back that a message offers."""

from django import template

from ..undo.keeping import MINUTES, TAG

register = template.Library()


@register.inclusion_tag("layouts/_undo.html", takes_context=True)
def undo_button(context, message) -> dict:
    """Nothing for messages of what cannot be taken back."""
    tags = (getattr(message, "extra_tags", "") or "").split()
    token = next((tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)), "")
    request = context["request"]
    return {
        "token": token,
        "message": message,
        "minutes": MINUTES,
        "csrf_token": context.get("csrf_token"),
        "here": request.get_full_path(),
    }

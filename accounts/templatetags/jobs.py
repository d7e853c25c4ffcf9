"""`{% load jobs %}{% job_panel plan.job %}`: progress of a background job that keeps itself up to date."""

from django import template

from .. import presenters
from ..jobs import mark_interrupted

register = template.Library()


@register.inclusion_tag("accounts/_job_panel.html", takes_context=True)
def job_panel(context, job):
    """The panel of a job on any page; nothing for None. The page's permission decides who sees it."""
    if job is None:
        return {"panel": None}
    if job.state == "running" and mark_interrupted():
        job.refresh_from_db()
    request = context["request"]
    return {
        "panel": presenters.job_panel(job, request.user),
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }

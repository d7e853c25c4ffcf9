"""Whose names stand beside what they decided about an area: whoever set minutes of their own."""

from django.db.models import Q

from accounts.access import request_organisation
from accounts.trail.readings import BYLINE_SECONDS, address_shows

from .models import VisitMinutesOverride

PAGES = ("area", "area-panel", "area-priority", "area-priority-sheet", "area-minutes")
ANSWERS = ("detail", "history", "explain", "minutes")


def who_set_minutes(request, code=None, **arguments):
    asked = code or request.GET.get("code", "")
    found = VisitMinutesOverride.objects.for_organisation(request_organisation(request)).filter(Q(area__code=asked))
    for made_by, ended_by in found.order_by().values_list("created_by", "ended_by").distinct():
        yield from (("accounts.user", made_by), ("accounts.user", ended_by))


def declare() -> None:
    names = (*PAGES, *(f"priority-{name}" for name in ANSWERS))
    address_shows(names, "byline", who_set_minutes, once_in=BYLINE_SECONDS)

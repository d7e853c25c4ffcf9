"""Mileage: everybody's for those who keep the teams, one's own for field staff."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing.civil_time import today
from routing.lists.teams import mileage_list
from routing.models import StaffMember
from routing.own_rounds import own_staff
from routing.presenters.mileage import MileagePage, NoSuchMonth, month_of


@require_safe
def mileage(request):
    return _for_reader(request, _show)


@require_safe
def mileage_csv(request):
    return _for_reader(request, _download)


def _for_reader(request, answer):
    """Whoever keeps the teams sees everybody's, unless they ask for their own."""
    if allowed(request.user, Permission.MANAGE_TEAMS, request.organisation):
        people = StaffMember.objects.for_organisation(request.organisation).filter(only_in__isnull=True)
        return answer(request, people, is_own=False)
    return _own(request, answer)


@requires(Permission.VIEW_OWN_ROUND)
def _own(request, answer):
    return answer(request, own_staff(request.user, request.organisation), is_own=True)


def _show(request, people, *, is_own):
    try:
        month = month_of(request.GET.get("month", ""), today())
    except NoSuchMonth:
        return redirect("mileage")
    page = MileagePage(people, month, is_own=is_own)
    _record(request, page)
    return render(request, "routing/mileage.html", {"page": page})


def _download(request, people, *, is_own):
    try:
        month = month_of(request.GET.get("month", ""), today())
    except NoSuchMonth:
        return redirect("mileage-csv")
    page = MileagePage(people, month, is_own=is_own)
    _record(request, page)
    return list_file_response(request, mileage_list(page), asked_kind(request) or "csv")


def _record(request, page):
    if not page.is_own:
        audit.record_reading(request, "mileage", list(page.lines))

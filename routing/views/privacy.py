"""Copies and erasure of the data of somebody who is planned with and has no account."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from accounts.privacy import subject_copies
from accounts.privacy.subjects import person_of_row
from accounts.sessions.step_up import confirmed_recently
from accounts.views.privacy import erasure_page

from .staff import find_person

HAS_ACCOUNT = "This person has an account: they ask for a copy themselves, and a platform administrator erases them."


@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def staff_erase(request, team_id, staff_id):
    staff = find_person(request, team_id, staff_id)
    if staff.user_id is not None:
        return _has_account(request, staff)
    return erasure_page(
        request,
        person_of_row(staff),
        name=str(staff),
        back=reverse("staff", args=[team_id, staff_id]),
        organisation=request.organisation,
    )


@require_POST
@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def staff_copy(request, team_id, staff_id):
    """The copy lies among those that the administrator asked for, to be handed to the person."""
    staff = find_person(request, team_id, staff_id)
    if staff.user_id is not None:
        return _has_account(request, staff)
    try:
        subject_copies.ask_for_copy(person=person_of_row(staff), by=request.user, organisation=request.organisation)
    except subject_copies.CopyUnderWay as error:
        messages.info(request, str(error))
    return redirect("my-data")


def _has_account(request, staff):
    messages.error(request, HAS_ACCOUNT)
    return redirect("staff", staff.team_id, staff.pk)

"""Requests about the data of people without an account: found by their reference, then copied or erased."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from .. import audit
from ..access import requires
from ..permissions import Permission
from ..privacy import holds
from ..privacy.hold_forms import RequestForm
from ..privacy.subjects import Person, kinds, person_of_row
from ..sessions.step_up import confirmed_recently
from .privacy import copy_asked_for, erasure_page


@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def data_requests(request):
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            label, pk = holds.find_subject(
                request.organisation, form.cleaned_data["who"], form.cleaned_data["found_by"]
            )
        except holds.HoldRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return redirect("data-subject", label, pk)
    return render(request, "accounts/privacy/requests.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def data_subject(request, label, pk):
    person, row = _person(request, label, pk)
    audit.record_reading(request, "privacy.request", [row])
    context = {"row": row, "label": label, "words": kinds[label].words, "held": holds.refusal(person)}
    return render(request, "accounts/privacy/request.html", context)


@require_POST
@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def data_subject_copy(request, label, pk):
    """The copy lies among those that the administrator asked for, to be handed to the person."""
    person, _ = _person(request, label, pk)
    return copy_asked_for(request, person, "The copy is being made. You find it below, for 24 hours.")


@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def data_subject_erase(request, label, pk):
    person, row = _person(request, label, pk)
    back = reverse("data-subject", args=[label, pk])
    return erasure_page(request, person, name=str(row), back=back, organisation=request.organisation)


def _person(request, label, pk) -> tuple[Person, object]:
    """404 for another organisation's people, and for those who have an account."""
    if label not in kinds:
        raise Http404("There is no such kind of people.")
    row = get_object_or_404(kinds[label].scoped(request.organisation), pk=pk)
    if kinds[label].account_of(row) is not None:
        raise Http404("They have an account, and ask for a copy themselves.")
    return person_of_row(row), row

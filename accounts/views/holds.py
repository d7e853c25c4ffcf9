"""Legal holds of an organisation: place them, look at them again, release them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from .. import audit
from ..access import requires
from ..models import LegalHold
from ..permissions import Permission
from ..privacy import holds
from ..privacy.hold_forms import EVERYTHING, HoldForm, ReleaseForm, ReviewForm
from ..privacy.presenter import hold_row
from ..sessions.step_up import confirmed_recently


@require_GET
@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def legal_holds(request):
    found = LegalHold.objects.for_organisation(request.organisation).select_related("placed_by", "lifted_by")
    rows = [hold_row(hold) for hold in found]
    audit.record_reading(request, "privacy.holds", found)
    context = {
        "in_force": [row for row in rows if row["hold"].is_in_force],
        "released": [row for row in rows if not row["hold"].is_in_force],
    }
    return render(request, "accounts/privacy/holds.html", context)


@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def legal_hold_add(request):
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold = _placed(request, form.cleaned_data)
        except holds.HoldRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, "The legal hold is in force.")
            return redirect("legal-hold", hold.pk)
    return render(request, "accounts/privacy/hold_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _placed(request, data) -> LegalHold:
    organisation = request.organisation
    subject = None
    if data["who"] != EVERYTHING:
        subject = holds.find_subject(organisation, data["who"], data["found_by"])
    values = {name: data[name] for name in ("reason", "reference", "review_on")}
    return holds.place_hold(organisation=organisation, subject=subject, by=request.user, **values)


@require_GET
@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def legal_hold(request, pk):
    return _page(request, _hold(request, pk))


@require_POST
@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def legal_hold_keep(request, pk):
    return _decide(request, pk, holds.keep_hold, "review", ReviewForm(request.POST), "The legal hold stays in force.")


@require_POST
@requires(Permission.MANAGE_PRIVACY)
@confirmed_recently
def legal_hold_release(request, pk):
    done = "The legal hold is released: periods apply again."
    return _decide(request, pk, holds.release_hold, "release", ReleaseForm(request.POST), done)


def _decide(request, pk, write, name, form, done):
    """Writes what the form of this name says, or shows the page again with what is wrong in it."""
    hold = _hold(request, pk)
    if form.is_valid():
        try:
            write(hold=hold, by=request.user, **form.cleaned_data)
        except holds.HoldRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, done)
            return redirect("legal-holds")
    return _page(request, hold, status=422, **{name: form})


def _page(request, hold, *, review=None, release=None, status=200):
    audit.record_reading(request, "privacy.hold", [hold])
    forms = {"review": review or ReviewForm(), "release": release or ReleaseForm()}
    return render(request, "accounts/privacy/hold.html", hold_row(hold) | forms, status=status)


def _hold(request, pk) -> LegalHold:
    found = LegalHold.objects.for_organisation(request.organisation).select_related("placed_by", "lifted_by")
    return get_object_or_404(found, pk=pk)

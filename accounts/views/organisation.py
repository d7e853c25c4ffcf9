"""What an organisation's administrators decide about it, and the checklist of setting it up."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ..access import requires
from ..people import organisations, setup
from ..people.flags import Flag, is_on
from ..people.limits import RefusedChange
from ..people.settings_form import SettingsForm
from ..permissions import Permission
from ..sessions.step_up import confirmed_recently


@requires(Permission.MANAGE_ORGANISATION)
@confirmed_recently
def settings(request):
    """What administrators decide; and, to be read, limits and features."""
    organisation = request.organisation
    posted = request.method == "POST"
    form = SettingsForm(request.POST if posted else None, organisation=organisation)
    if posted and form.is_valid():
        try:
            organisations.change_settings(organisation=organisation, by=request.user, **form.cleaned_data)
        except RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The settings are saved.")
            return redirect("organisation-settings")
    context = {
        "form": form,
        "members": organisation.memberships.count(),
        "features": [(flag, is_on(flag, organisation)) for flag in Flag],
    }
    return render(request, "accounts/organisation_settings.html", context, status=422 if posted else 200)


@require_GET
@requires(Permission.MANAGE_ORGANISATION)
def checklist(request):
    items = setup.checklist(request.organisation, request.user)
    done = sum(item.is_done for item in items)
    return render(request, "accounts/organisation_setup.html", {"items": items, "done": done})


@require_POST
@requires(Permission.MANAGE_ORGANISATION)
def show_checklist(request):
    """Put the checklist away (it stays at its address), or take it out again."""
    shown = request.POST.get("shown") == "1"
    organisations.show_setup(organisation=request.organisation, shown=shown, by=request.user)
    return redirect("organisation-setup")

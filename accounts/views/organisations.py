"""Every organisation, for the platform's administrators. Nothing that an organisation plans or records is here."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import audit, first_links
from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..lists.people import organisation_list
from ..models import Organisation
from ..people import flags
from ..people import organisations as services
from ..people.flags import Flag
from ..people.forms import AdministratorForm, LimitsForm, NewOrganisationForm, OrganisationSuspensionForm
from ..people.limits import RefusedChange
from ..people.presenters import organisation_line
from ..permissions import Permission, Role
from ..sessions.step_up import confirmed_recently


@require_GET
@requires(Permission.MANAGE_ORGANISATIONS)
def organisations(request):
    rows = [organisation_line(organisation) for organisation in Organisation.objects.with_counts()]
    if kind := asked_kind(request):
        return list_file_response(request, organisation_list(rows), kind)
    return render(request, "accounts/organisations.html", {"rows": rows})


@requires(Permission.MANAGE_ORGANISATIONS)
@confirmed_recently
def add(request):
    """An organisation with its first administrator."""
    posted = request.method == "POST"
    form = NewOrganisationForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            membership = services.make_organisation(by=request.user, **form.cleaned_data)
        except RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{membership.organisation} is there; {membership.user} looks after it.")
            return redirect("organisation", membership.organisation_id)
    return render(request, "accounts/organisation_new.html", {"form": form}, status=422 if posted else 200)


@never_cache
@require_GET
@requires(Permission.MANAGE_ORGANISATIONS)
def organisation(request, pk):
    return _page(request, get_object_or_404(Organisation.objects.with_counts(), pk=pk))


def _page(request, organisation, status=200, **more):
    administrators = organisation.memberships.filter(roles__contains=[Role.ADMINISTRATOR]).select_related("user")
    audit.record_reading(request, "organisations.administrators", [each.user for each in administrators])
    context = {
        "organisation": organisation,
        "administrators": [(each, first_links.may_have(each)) for each in administrators],
        "features": [(flag, flags.is_on(flag, organisation)) for flag in Flag],
        "limits": LimitsForm(instance=organisation),
        "suspension": OrganisationSuspensionForm(),
        "administrator": AdministratorForm(),
        **more,
    }
    return render(request, "accounts/organisation.html", context, status=status)


@require_POST
@requires(Permission.MANAGE_ORGANISATIONS)
@confirmed_recently
def change_limits(request, pk):
    organisation = _organisation(pk)
    form = LimitsForm(request.POST, instance=_organisation(pk))
    if not form.is_valid():
        return _page(request, organisation, status=422, limits=form)
    services.change_limits(organisation=organisation, by=request.user, **form.cleaned_data)
    messages.success(request, "The limits are saved.")
    return redirect("organisation", pk)


@require_POST
@requires(Permission.MANAGE_ORGANISATIONS)
@confirmed_recently
def suspend(request, pk):
    organisation = _organisation(pk)
    form = OrganisationSuspensionForm(request.POST)
    if not form.is_valid():
        return _page(request, organisation, status=422, suspension=form)
    services.suspend(organisation=organisation, by=request.user, **form.cleaned_data)
    messages.success(request, f"{organisation} is suspended: nobody in it can do anything.")
    return redirect("organisation", pk)


@require_POST
@requires(Permission.MANAGE_ORGANISATIONS)
@confirmed_recently
def restore(request, pk):
    organisation = services.restore(organisation=_organisation(pk), by=request.user)
    messages.success(request, f"{organisation} can be used again.")
    return redirect("organisation", pk)


@require_POST
@requires(Permission.MANAGE_ORGANISATIONS)
@confirmed_recently
def switch_feature(request, pk):
    """`flag`, `on`: 1 or 0."""
    organisation, name = _organisation(pk), request.POST.get("flag")
    if name not in list(Flag):
        messages.error(request, "There is no such feature.")
        return redirect("organisation", pk)
    on = request.POST.get("on") == "1"
    flags.switch(organisation=organisation, flag=Flag(name), on=on, by=request.user)
    messages.success(request, f"{Flag(name).label}: {'on' if on else 'off'} for {organisation}.")
    return redirect("organisation", pk)


@require_POST
@requires(Permission.MANAGE_ORGANISATIONS)
@confirmed_recently
def name_administrator(request, pk):
    organisation = _organisation(pk)
    form = AdministratorForm(request.POST)
    if form.is_valid():
        try:
            membership = services.name_administrator(organisation=organisation, by=request.user, **form.cleaned_data)
        except RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{membership.user} is an administrator of {organisation} now.")
            return redirect("organisation", pk)
    return _page(request, organisation, status=422, administrator=form)


@never_cache
@require_POST
@requires(Permission.MANAGE_ORGANISATIONS)
@confirmed_recently
def first_link(request, pk, membership_id):
    """The link for the first password of an administrator who has never signed in, shown this once."""
    administrators = _organisation(pk).memberships.filter(roles__contains=[Role.ADMINISTRATOR])
    membership = get_object_or_404(administrators.select_related("user", "organisation"), pk=membership_id)
    try:
        path = first_links.make(membership=membership, by=request.user)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("organisation", pk)
    context = {
        "membership": membership,
        "link": request.build_absolute_uri(path),
        "organisation": membership.organisation,
    }
    return render(request, "accounts/first_link.html", context)


def _organisation(pk) -> Organisation:
    return get_object_or_404(Organisation, pk=pk)

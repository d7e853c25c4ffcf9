"""Who belongs to the organisation, with which roles."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import first_links, services
from ..access import requires
from ..forms import NewMemberForm, RolesForm
from ..models import Membership
from ..permissions import Permission
from ..presenters import member_rows, role_rows


@require_GET
@requires(Permission.MANAGE_MEMBERS)
def members(request):
    memberships = Membership.objects.for_organisation(request.organisation).select_related("user")
    rows = member_rows(memberships.order_by("user__full_name", "user__email"), request.user)
    return render(request, "accounts/members.html", {"rows": rows})


@requires(Permission.MANAGE_MEMBERS)
def add(request):
    form = NewMemberForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            membership = services.add_member(organisation=request.organisation, by=request.user, **form.cleaned_data)
        except services.RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{membership.user} belongs to {request.organisation} now.")
            return redirect("members")
    return render(request, "accounts/member_form.html", {"form": form}, status=_status(form))


@requires(Permission.MANAGE_MEMBERS)
def edit(request, pk):
    membership = _membership(request, pk)
    form = RolesForm(_posted(request), initial={"roles": membership.roles})
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]
        try:
            services.grant_roles(user=membership.user, organisation=request.organisation, roles=roles, by=request.user)
        except services.RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The roles of {membership.user} are changed.")
            return redirect("members")
    context = {"form": form, "membership": membership, "is_self": membership.user_id == request.user.pk}
    context["may_have_link"] = first_links.may_have(membership)
    return render(request, "accounts/member_form.html", context, status=_status(form))


@require_POST
@requires(Permission.MANAGE_MEMBERS)
def suspend(request, pk):
    return _change(request, pk, services.suspend_member, "cannot use the portal for {} any more")


@require_POST
@requires(Permission.MANAGE_MEMBERS)
def restore(request, pk):
    return _change(request, pk, services.restore_member, "can use the portal for {} again")


@require_POST
@requires(Permission.MANAGE_MEMBERS)
def remove(request, pk):
    return _change(request, pk, services.remove_member, "does not belong to {} any more")


@never_cache
@require_POST
@requires(Permission.MANAGE_MEMBERS)
def first_link(request, pk):
    """Shows, this once, the link with which a new person sets their first password."""
    membership = _membership(request, pk)
    try:
        path = first_links.make(membership=membership, by=request.user)
    except services.RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("members")
    context = {"membership": membership, "link": request.build_absolute_uri(path)}
    return render(request, "accounts/first_link.html", context)


@require_GET
@requires(Permission.VIEW_AREAS)
def roles(request):
    """What each role allows, and which ones the reader holds."""
    membership = request.user.memberships.active().filter(organisation=request.organisation).first()
    held = membership.roles if membership else []
    return render(request, "accounts/roles.html", {"rows": role_rows(), "held": held})


def _membership(request, pk):
    memberships = Membership.objects.for_organisation(request.organisation).select_related("user", "organisation")
    return get_object_or_404(memberships, pk=pk)


def _change(request, pk, service, said):
    membership = _membership(request, pk)
    try:
        service(membership=membership, by=request.user)
    except services.RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{membership.user} {said.format(request.organisation)}.")
    return redirect("members")


def _posted(request):
    """Form data, also when nothing was ticked; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def _status(form) -> int:
    return 422 if form.is_bound and form.errors else 200

"""Who belongs to the organisation, with which roles."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import audit, first_links, services
from ..access import requires
from ..forms import NewMemberForm, RolesForm
from ..list_files import asked_kind, list_file_response
from ..list_files.words import filters_of
from ..lists.people import member_list
from ..models import Membership, PersonNote
from ..people import reviews, role_periods, search, timeline
from ..people.forms import BulkForm, MemberFilter, NoteForm, SuspensionForm
from ..people.presenters import member_line
from ..permissions import Permission
from ..presenters import audit_rows
from ..sessions.step_up import confirmed_recently

PER_PAGE = 50
LATEST = 10


@require_GET
@requires(Permission.MANAGE_MEMBERS)
def members(request):
    """A page of members, as the address asks; and what can be done to several of them at once."""
    memberships = Membership.objects.for_organisation(request.organisation)
    form = MemberFilter(request.GET)
    asked = form.values()
    if kind := asked_kind(request):
        return _file(request, search.members(memberships, **asked), filters_of(form), kind)
    page = Paginator(search.members(memberships, **asked), PER_PAGE).get_page(request.GET.get("page"))
    audit.record_reading(request, "members.list", [membership.user for membership in page])
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "bulk": BulkForm(memberships=memberships),
        "page": page,
        "rows": [member_line(membership, request.user) for membership in page],
        "query": query.urlencode(),
        "is_filtered": bool(set(asked) - {"sort"}),
        "number": memberships.count(),
        "most": request.organisation.most_members,
        "review": reviews.due(request.organisation),
    }
    return render(request, "accounts/members.html", context)


@confirmed_recently
def _file(request, found, filters, kind):
    """The whole list leaves the portal: after confirming who one is, as for the list of accounts."""
    audit.record_reading(request, "members.list", [membership.user for membership in found])
    return list_file_response(request, member_list(request.organisation, found, filters), kind)


@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def add(request):
    form = NewMemberForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            membership = services.add_member(organisation=request.organisation, by=request.user, **form.cleaned_data)
        except services.RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{membership.user} belongs to {request.organisation} now.")
            return redirect("member-edit", membership.pk)
    return render(request, "accounts/member_form.html", {"form": form}, status=_status(form))


@never_cache
@requires(Permission.MANAGE_MEMBERS)
def edit(request, pk):
    """One member: roles, access, notes, and what happened. Sent back, their roles."""
    membership = _membership(request, pk)
    return _give_roles(request, membership) if request.method == "POST" else member_page(request, membership)


@confirmed_recently
def _give_roles(request, membership):
    form = RolesForm(request.POST, initial={"roles": membership.roles})
    if form.is_valid():
        roles = form.cleaned_data["roles"]
        try:
            services.grant_roles(user=membership.user, organisation=request.organisation, roles=roles, by=request.user)
        except services.RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The roles of {membership.user} are changed.")
            return redirect("members")
    return member_page(request, membership, status=422, form=form)


def member_page(request, membership, *, status=200, **more):
    """The page of one member; `more` are forms that were refused."""
    person, organisation = membership.user, request.organisation
    audit.record_reading(request, "members.person", [person])
    context = {
        "form": RolesForm(None, initial={"roles": membership.roles}),
        "suspension": SuspensionForm(),
        "note": NoteForm(),
        "membership": membership,
        "line": member_line(membership, request.user),
        "is_self": membership.user_id == request.user.pk,
        "may_have_link": first_links.may_have(membership),
        "notes": PersonNote.objects.kept_by(organisation).filter(person=person).select_related("written_by"),
        "periods": role_periods.periods(person, organisation),
        "history": audit_rows(list(timeline.of_member(person, organisation)[:LATEST])),
        **more,
    }
    return render(request, "accounts/member.html", context, status=status)


@require_GET
@requires(Permission.MANAGE_MEMBERS)
def history(request, pk):
    """Everything that somebody did in this organisation and that was done to them; `?kind=roles`: their roles alone."""
    membership = _membership(request, pk)
    audit.record_reading(request, "members.person", [membership.user])
    kind = "roles" if request.GET.get("kind") == "roles" else ""
    events = timeline.roles_of if kind else timeline.of_member
    page = Paginator(events(membership.user, request.organisation), PER_PAGE).get_page(request.GET.get("page"))
    context = {"membership": membership, "kind": kind, "page": page, "rows": audit_rows(list(page))}
    context["query"] = "kind=roles" if kind else ""
    return render(request, "accounts/member_history.html", context)


@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def suspend(request, pk):
    membership = _membership(request, pk)
    form = SuspensionForm(request.POST)
    if not form.is_valid():
        return member_page(request, membership, status=422, suspension=form)
    return _change(
        request, membership, services.suspend_member, "cannot use the portal for {} any more", **form.cleaned_data
    )


@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def restore(request, pk):
    return _change(request, _membership(request, pk), services.restore_member, "can use the portal for {} again")


@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def remove(request, pk):
    return _change(request, _membership(request, pk), services.remove_member, "does not belong to {} any more")


@never_cache
@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
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


def _membership(request, pk):
    memberships = Membership.objects.for_organisation(request.organisation).select_related("user", "organisation")
    return get_object_or_404(memberships, pk=pk)


def _change(request, membership, service, said, **values):
    try:
        service(membership=membership, by=request.user, **values)
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

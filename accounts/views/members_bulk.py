"""Several members at once: one change for those who were ticked, and people from a file. Both are looked at first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ..access import requires
from ..models import Membership
from ..people import bulk, member_file, search
from ..people.forms import BulkForm, MemberFileForm, MemberFilter
from ..people.limits import RefusedChange
from ..people.presenters import member_line
from ..permissions import Permission
from ..sessions.step_up import confirmed_recently


@never_cache
@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def change_several(request):
    """The preview of a change; with `confirmed` the change, to exactly those whom the preview named."""
    memberships = Membership.objects.for_organisation(request.organisation)
    form = BulkForm(request.POST, memberships=memberships)
    if not form.is_valid():
        return _preview(request, form, [], status=422)
    asked = {"organisation": request.organisation, "change": form.change(), "by": request.user}
    asked["memberships"] = _chosen(request, form, memberships)
    try:
        lines = bulk.preview(**asked)
        if "confirmed" not in request.POST:
            return _preview(request, form, lines)
        lines = bulk.apply(**asked)
    except RefusedChange as refusal:
        form.add_error(None, str(refusal))
        return _preview(request, form, [], status=422)
    done = sum(not line.skipped for line in lines)
    messages.success(request, f"{form.change().action.label}: done for {done} of {len(lines)}.")
    return redirect("members")


def _chosen(request, form, memberships):
    if form.cleaned_data["everyone"]:
        return search.members(memberships, **MemberFilter(request.POST, prefix="list").values())
    picked = [membership.pk for membership in form.cleaned_data["member"]]
    return search.members(memberships.filter(pk__in=picked))


def _preview(request, form, lines, status=200):
    affected = [line for line in lines if not line.skipped]
    context = {
        "form": form,
        "lines": [(member_line(line.membership, request.user), line.skipped) for line in lines],
        "affected": affected,
        "skipped": len(lines) - len(affected),
        # As they were sent: the same form comes back with one button more. Those who match a filter are named one by
        # one, so that the change is for whom the preview shows.
        "kept": [(name, value) for name, value in _sent(request) if name != "member" and name != "everyone"],
        "picked": [line.membership.pk for line in lines],
        "chosen": chosen_again(request, "member"),
    }
    return render(request, "accounts/members_bulk.html", context, status=status)


def chosen_again(request, name) -> list[tuple[str, str]]:
    """For a form that is refused: who was ticked, or the filter that stands for everybody; empty where nobody was."""
    picked = [(name, value) for value in request.POST.getlist(name)]
    if request.POST.get("everyone"):
        picked += [(key, value) for key, value in _sent(request) if key == "everyone" or key.startswith("list-")]
    return picked


def _sent(request):
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", "confirmed"):
            yield from ((name, value) for value in values)


@never_cache
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def import_file(request):
    """A file of people: what it would do, line by line. Nothing is written."""
    posted = request.method == "POST"
    form = MemberFileForm(request.POST, request.FILES) if posted else MemberFileForm()
    context = {"form": form, "most": member_file.MOST_ROWS, "columns": member_file.COLUMNS}
    if posted and form.is_valid():
        try:
            file = member_file.read(form.cleaned_data["file"].read(), request.organisation)
        except RefusedChange as refusal:
            form.add_error("file", str(refusal))
        else:
            context |= {
                "file": file,
                "seal": member_file.seal(file, organisation=request.organisation, by=request.user),
            }
            return render(request, "accounts/members_import.html", context)
    return render(request, "accounts/members_import.html", context, status=422 if posted else 200)


@require_POST
@requires(Permission.MANAGE_MEMBERS)
@confirmed_recently
def import_people(request):
    """Add the good rows of the file that was looked at: all of them or none."""
    asked = {"organisation": request.organisation, "by": request.user}
    try:
        people = member_file.unseal(request.POST.get("seal", ""), **asked)
        added = member_file.add_people(people=people, **asked)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("members-import")
    messages.success(
        request,
        f"{len(added)} {'person belongs' if len(added) == 1 else 'people belong'} to {request.organisation} now.",
    )
    return redirect("members")


@require_GET
@requires(Permission.MANAGE_MEMBERS)
def import_template(request):
    response = HttpResponse(member_file.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response

"""Several accounts at once, looked at first; and the list of people as a file."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import audit
from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..list_files.words import filters_of
from ..lists.people import people_list
from ..models import User
from ..people import accounts_bulk, search
from ..people.forms import AccountsForm, PeopleFilter
from ..people.limits import RefusedChange
from ..people.presenters import person_line
from ..permissions import Permission
from ..sessions.step_up import confirmed_recently
from .members_bulk import chosen_again


@never_cache
@require_POST
@requires(Permission.MANAGE_PEOPLE)
@confirmed_recently
def change_several(request):
    """The preview of a change; with `confirmed` the change, to exactly those whom the preview named."""
    form = AccountsForm(request.POST)
    if not form.is_valid():
        return _preview(request, form, [], status=422)
    asked = {"people": _chosen(request, form), "action": form.chosen_action(), "by": request.user}
    try:
        if "confirmed" not in request.POST:
            return _preview(request, form, accounts_bulk.preview(**asked))
        lines = accounts_bulk.apply(reason=form.cleaned_data["reason"], **asked)
    except RefusedChange as refusal:
        form.add_error(None, str(refusal))
        return _preview(request, form, [], status=422)
    done = sum(not line.skipped for line in lines)
    messages.success(request, f"{form.chosen_action().label}: done for {done} of {len(lines)}.")
    return redirect("people")


def _chosen(request, form):
    if form.cleaned_data["everyone"]:
        return search.accounts(User.objects.all(), **PeopleFilter(request.POST, prefix="list").values())
    picked = [person.pk for person in form.cleaned_data["person"]]
    return search.accounts(User.objects.filter(pk__in=picked))


def _preview(request, form, lines, status=200):
    audit.record_reading(request, "people.list", [line.person for line in lines])
    affected = [line for line in lines if not line.skipped]
    context = {
        "form": form,
        "lines": [(person_line(line.person, request.user), line) for line in lines],
        "affected": affected,
        "skipped": len(lines) - len(affected),
        "picked": [line.person.pk for line in lines],
        "chosen": chosen_again(request, "person"),
    }
    return render(request, "accounts/people_bulk.html", context, status=status)


@require_GET
@requires(Permission.MANAGE_PEOPLE)
@confirmed_recently
def as_file(request):
    """A file of everybody whom the address asks for, as on the page."""
    form = PeopleFilter(request.GET)
    people = list(search.accounts(User.objects.all(), **form.values()))
    audit.record_reading(request, "people.list", people)
    return list_file_response(request, people_list(people, filters_of(form)), asked_kind(request) or "csv")

"""Every account of the platform, for its administrators: finding people, closing and opening accounts, notes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import audit
from ..access import requires
from ..models import PersonNote, User
from ..people import closing, notes, search, timeline
from ..people.forms import AccountsForm, NoteForm, PeopleFilter
from ..people.limits import RefusedChange
from ..people.presenters import person_line
from ..permissions import Permission
from ..presenters import audit_rows
from ..sessions import ending, second_factor
from ..sessions.step_up import confirmed_recently

PER_PAGE = 50


@require_GET
@requires(Permission.MANAGE_PEOPLE)
def people(request):
    form = PeopleFilter(request.GET)
    asked = form.values()
    page = Paginator(search.accounts(User.objects.all(), **asked), PER_PAGE).get_page(request.GET.get("page"))
    audit.record_reading(request, "people.list", list(page))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [person_line(person, request.user) for person in page],
        "query": query.urlencode(),
        "is_filtered": bool(set(asked) - {"sort"}),
        "bulk": AccountsForm(),
        "list_fields": [field for field in form if field.name != "sort" and field.data],
    }
    return render(request, "accounts/people.html", context)


@never_cache
@require_GET
@requires(Permission.MANAGE_PEOPLE)
def person(request, pk):
    return _page(request, _person(pk))


def _page(request, person, status=200, **more):
    audit.record_reading(request, "people.person", [person])
    page = Paginator(timeline.of_account(person), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "line": person_line(person, request.user),
        "left_alone": closing.left_alone(person) if person.is_active else [],
        "notes": PersonNote.objects.kept_by(None).filter(person=person).select_related("written_by"),
        "note": NoteForm(),
        "has_second_factor": second_factor.has_one(person),
        "needs_second_factor": second_factor.is_required_for(person),
        "page": page,
        "rows": audit_rows(list(page)),
        "query": "",
        **more,
    }
    return render(request, "accounts/person.html", context, status=status)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
@confirmed_recently
def close(request, pk):
    person = _person(pk)
    try:
        alone = closing.close_account(person=person, by=request.user)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("person", pk)
    messages.success(request, f"The account of {person} is closed: nobody signs in with it.")
    for organisation in alone:
        messages.warning(request, f"{organisation} has no administrator now. Name another one on its page.")
    return redirect("person", pk)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
@confirmed_recently
def reopen(request, pk):
    person = _person(pk)
    try:
        closing.reopen_account(person=person, by=request.user)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The account of {person} is open again.")
    return redirect("person", pk)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
@confirmed_recently
def end_sessions(request, pk):
    """Sign somebody out everywhere, programs included."""
    person = _person(pk)
    ended = ending.end_all(user=person, by=request.user, why="by_administrator")
    messages.success(request, f"{person} is signed out everywhere: {ended} session{'' if ended == 1 else 's'} ended.")
    return redirect("person", pk)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
@confirmed_recently
def reset_second_factor(request, pk):
    """For somebody who has lost theirs: every second factor goes, and they set up another when they sign in."""
    person = _person(pk)
    if person.pk == request.user.pk:
        messages.error(request, "Another administrator resets your own second factor.")
    elif second_factor.reset(user=person, by=request.user):
        messages.success(request, f"{person} has no second factor now and is signed out everywhere.")
    else:
        messages.info(request, f"{person} had no second factor.")
    return redirect("person", pk)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def add_note(request, pk):
    person, form = _person(pk), NoteForm(request.POST)
    if form.is_valid():
        try:
            notes.add_note(person=person, by=request.user, **form.cleaned_data)
        except RefusedChange as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, "The note is kept.")
            return redirect("person", pk)
    return _page(request, person, status=422, note=form)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def delete_note(request, pk, note_id):
    """404 for notes of organisations: those are theirs."""
    kept = PersonNote.objects.kept_by(None).filter(person=pk).select_related("person")
    notes.delete_note(note=get_object_or_404(kept, pk=note_id), by=request.user)
    messages.success(request, "The note is deleted.")
    return redirect("person", pk)


def _person(pk) -> User:
    return get_object_or_404(User.objects.prefetch_related("memberships__organisation"), pk=pk)

"""Notes of an organisation's administrators about its members."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ..access import requires
from ..models import Membership, PersonNote
from ..people import notes
from ..people.forms import NoteForm
from ..people.limits import RefusedChange
from ..permissions import Permission
from .members import member_page


@require_POST
@requires(Permission.MANAGE_MEMBERS)
def add(request, pk):
    memberships = Membership.objects.for_organisation(request.organisation).select_related("user", "organisation")
    membership = get_object_or_404(memberships, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            notes.add_note(
                person=membership.user, organisation=request.organisation, by=request.user, **form.cleaned_data
            )
        except RefusedChange as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, "The note is kept.")
            return redirect("member-edit", membership.pk)
    return member_page(request, membership, status=422, note=form)


@require_POST
@requires(Permission.MANAGE_MEMBERS)
def delete(request, pk, note_id):
    """404 for notes of other organisations, and about people who are no members here."""
    memberships = Membership.objects.for_organisation(request.organisation)
    membership = get_object_or_404(memberships, pk=pk)
    kept = PersonNote.objects.kept_by(request.organisation).filter(person=membership.user_id).select_related("person")
    notes.delete_note(note=get_object_or_404(kept, pk=note_id), by=request.user)
    messages.success(request, "The note is deleted.")
    return redirect("member-edit", membership.pk)

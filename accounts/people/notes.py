"""Notes that administrators keep about a person. Encrypted where they lie; the person may read them in their copy."""

from django.db import transaction

from .. import audit
from ..models import Organisation, PersonNote, User
from .limits import RefusedChange

MOST_LETTERS = 2_000


@transaction.atomic
def add_note(*, person: User, text: str, by: User, organisation: Organisation | None = None) -> PersonNote:
    """A note of this organisation's administrators, or of the platform's (None). RefusedChange for none or too long.

    The event says that there is one, never what it says.
    """
    text = text.strip()
    if not text:
        raise RefusedChange("Write something.")
    if len(text) > MOST_LETTERS:
        raise RefusedChange(f"A note has {MOST_LETTERS:,} letters at most; this one has {len(text):,}.")
    if person.pk == by.pk:
        raise RefusedChange("Notes about yourself are written by another administrator.")
    note = PersonNote.objects.create(person=person, organisation=organisation, text=text, written_by=by)
    _record("person.note_added", note, by)
    return note


@transaction.atomic
def delete_note(*, note: PersonNote, by) -> None:
    """Gone for good: what was written is not kept anywhere."""
    _record("person.note_deleted", note, by)
    note.delete()


def _record(action, note, by) -> None:
    details = {"account": audit.pseudonym_of(note.person)}
    audit.record(action=action, by=by, organisation=note.organisation, target=note, details=details)

"""What administrators write down about a person."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..privacy.fields import EncryptedTextField
from .people import Organisation, User


class PersonNoteQuerySet(models.QuerySet):
    def kept_by(self, organisation):
        """Notes of one organisation's administrators; for None those of the platform's."""
        return self.filter(organisation=organisation)


class PersonNote(models.Model):
    """A note about a person, kept by the administrators of one organisation or of the platform.

    The person gets it with the copy of everything that is stored about them.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notes_about")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="person_notes")
    text = EncryptedTextField(subject="person")
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = PersonNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["person", "-written_at"], name="person_note_by_person")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="person_note_says_something")]

    def __str__(self):
        return f"Note of {self.written_at:%d/%m/%Y}"

"""Files that somebody has handed in and that wait, outside of everything that is served, to be loaded."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Job, Organisation


class UploadQuerySet(models.QuerySet):
    def of_platform(self):
        """Publications handed in for everybody."""
        return self.filter(organisation__isnull=True)

    def for_organisation(self, organisation):
        """Figures of the organisation's own; none at all for None."""
        return self.none() if organisation is None else self.filter(organisation=organisation)


class Upload(models.Model):
    """One handing-in of one or several files. The row outlives the files: it says what became of them."""

    class State(models.TextChoices):
        RECEIVED = "received", "Waiting"
        USED = "used", "Loaded"
        DISCARDED = "discarded", "Discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="uploads")
    # Stored under numbers; these are the names that people gave, for people alone.
    names = models.JSONField(default=list, help_text="Names of the files as handed in, in the order of their numbers.")
    options = models.JSONField(default=dict, help_text="What was said about them: name, unit, description ...")
    size = models.PositiveBigIntegerField(help_text="Bytes of all files.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(size__gte=0), name="upload_size_is_not_negative")]

    def __str__(self):
        return ", ".join(self.names)

"""Files of shifts and absences, looked at before they are applied."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.scoping import OrganisationScopedQuerySet

from .teams import Team


class RotaFileQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "team__organisation"

    def open(self):
        return self.filter(state=RotaFile.State.CHECKED)


class RotaFile(models.Model):
    """One upload. What it holds is kept until it is applied or discarded, its report for longer."""

    class Kind(models.TextChoices):
        SHIFTS = "shifts", "Shifts"
        ABSENCES = "absences", "Absences"

    class State(models.TextChoices):
        CHECKED = "checked", "Not applied yet"
        APPLIED = "applied", "Applied"
        DISCARDED = "discarded", "Discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="rota_files")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True, editable=False)
    report = models.JSONField(
        default=dict, help_text="Numbers of what changes, and the rows refused with line and reason."
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.CHECKED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = RotaFileQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="checked", content__isnull=False, settled_at__isnull=True)
                | Q(state__in=["applied", "discarded"], content__isnull=True, settled_at__isnull=False),
                name="rota_file_content_until_settled",
            ),
            models.UniqueConstraint(
                fields=["team", "sha256"], condition=Q(state="checked"), name="rota_file_waits_once"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def organisation(self):
        return self.team.organisation

"""A dataset is a row: every figure on a page can say which one it came from."""

import secrets
import time
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation


def time_ordered_uuid() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): later ones sort after earlier ones.

    Figures are indexed by their dataset first: those of a new dataset go to the end of the index, which costs half of
    what a place in its middle does.
    """
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return uuid.UUID(int=number)


class DatasetQuerySet(models.QuerySet):
    def in_force(self):
        """Loaded and not rolled back or superseded."""
        return self.filter(state=Dataset.State.CURRENT)

    def public(self):
        """Open data, common to all organisations."""
        return self.filter(organisation__isnull=True)

    def visible_to(self, organisation):
        """Open data and the organisation's own."""
        return self.filter(Q(organisation__isnull=True) | Q(organisation=organisation))


class Dataset(models.Model):
    """One publication, release and extent, as loaded from one file."""

    class Standing(models.IntegerChoices):
        # Where several files carry the same release, the lower number wins.
        OFFICIAL = 1, "Official publication"
        CONVERTED = 2, "Converted from the publication"
        ASSEMBLED = 3, "Assembled or modelled"
        SYNTHETIC = 4, "Synthetic"

    class State(models.TextChoices):
        CURRENT = "current", "In force"
        SUPERSEDED = "superseded", "Superseded"
        ROLLED_BACK = "rolled_back", "Rolled back"

    id = models.UUIDField(primary_key=True, default=time_ordered_uuid, editable=False)
    publication = models.CharField(max_length=60, help_text="Key of the adapter, e.g. iod2025-file1.")
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=100)
    release = models.CharField(max_length=40, help_text="Release or period that the publisher names.")
    extent = models.CharField(
        max_length=100, default="England", help_text="Part of the country, or patch, that it was loaded for."
    )
    licence = models.CharField(max_length=200)
    vintage = models.PositiveSmallIntegerField(null=True, help_text="Census vintage of its area codes, if it has any.")
    standing = models.PositiveSmallIntegerField(choices=Standing.choices)
    is_provisional = models.BooleanField(default=False)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="datasets",
        help_text="Whose own figures these are; empty for open data, which everybody sees.",
    )
    is_pinned = models.BooleanField(
        default=False, help_text="Chosen by a person: stays in force although there is a newer release."
    )
    inputs = models.ManyToManyField(
        "self", symmetrical=False, related_name="derivatives", help_text="Datasets that its figures are derived from."
    )
    method = models.CharField(max_length=300, blank=True, help_text="How values were derived, where they were.")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="Hash of the rows as read: the same figures in another file have the same.",
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.CURRENT)
    loaded_at = models.DateTimeField(auto_now_add=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_loaded = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    quality = models.JSONField(default=dict, help_text="The quality report: coverage, missing, out of range, repaired.")

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-loaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "file_sha256", "extent", "organisation"],
                condition=Q(state="current"),
                nulls_distinct=False,
                name="dataset_same_file_once",
            ),
            # A newer release takes the place of the older one: two in force would be two answers to one question.
            models.UniqueConstraint(
                fields=["publication", "extent", "organisation"],
                condition=Q(state="current"),
                nulls_distinct=False,
                name="dataset_one_in_force_per_extent",
            ),
            models.CheckConstraint(condition=Q(file_sha256__regex=r"^[0-9a-f]{64}$"), name="dataset_sha256_is_hex"),
        ]

    def __str__(self):
        return f"{self.title}, {self.release}"


class LoadReject(models.Model):
    """A row that was not loaded, with its line and the reason."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField()
    code = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["line"]

    def __str__(self):
        return f"Line {self.line}: {self.reason}"

"""Live sources: how each is reached, how it fares, and what it last said."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet


class FeedQuerySet(OrganisationScopedQuerySet):
    def visible_to(self, organisation):
        """Feeds of the platform and of the organisation."""
        return self.filter(Q(organisation__isnull=True) | Q(organisation=organisation))

    def due(self, moment):
        return self.filter(is_enabled=True).filter(Q(due_at__isnull=True) | Q(due_at__lte=moment))


class Feed(models.Model):
    """One source of readings. A source that fails keeps its last good readings, whose age pages show."""

    class Subject(models.TextChoices):
        EMERGENCY_ATTENDANCES = "ae_attendances", "A&E attendances"
        AMBULANCE_DEMAND = "ambulance_demand", "Ambulance demand"
        STAFF_ABSENCE = "staff_absence", "Staff absence"
        WEATHER_ALERTS = "weather_alerts", "Weather alerts"

    class Provider(models.TextChoices):
        FILE_DROP = "file", "File drop"
        HTTP = "http", "Web address"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=20, choices=Subject.choices)
    provider = models.CharField(max_length=10, choices=Provider.choices)
    location = models.CharField(max_length=300, help_text="Path of the drop folder, or address.")
    options = models.JSONField(default=dict, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    interval_seconds = models.PositiveIntegerField(default=900)
    stale_after_seconds = models.PositiveIntegerField(default=7_200)
    is_enabled = models.BooleanField(default=True)
    due_at = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="Failed attempts since the last good one.")
    last_error = models.CharField(max_length=500, blank=True)
    fingerprint = models.CharField(max_length=128, blank=True, help_text="ETag or hash of the last good answer.")
    processed = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        help_text="Hashes of the files read last, newest first.",
    )
    refused = models.PositiveIntegerField(default=0, help_text="Readings of the last good answer that were refused.")
    problems = models.JSONField(default=list, blank=True, help_text="What was wrong with the first of them.")
    is_fictional = models.BooleanField(default=False, help_text="Made-up readings of a demonstration.")

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["subject", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "organisation"], nulls_distinct=False, name="feed_name_once_per_organisation"
            ),
            models.CheckConstraint(condition=Q(interval_seconds__gte=30), name="feed_interval_is_at_least_30_s"),
        ]

    def __str__(self):
        return self.name


class FeedReadingQuerySet(models.QuerySet):
    def latest_of(self, feeds):
        """The newest reading of each feed, measure and place."""
        # By feed_id: "feed" would order by the name of the feed.
        newest = self.filter(feed__in=feeds).order_by("feed_id", "measure", "place_code", "-observed_at")
        return newest.distinct("feed_id", "measure", "place_code")

    def alerts_at(self, moment):
        """Alerts that have not ended."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=moment))


class FeedReading(models.Model):
    """One reading: what was measured where and when, as the source says."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="readings", db_index=False)
    observed_at = models.DateTimeField()
    measure = models.CharField(max_length=60)
    place_code = models.CharField(max_length=20, blank=True)
    place_name = models.CharField(max_length=150, blank=True)
    value = models.FloatField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=1_000, blank=True, help_text="Words of an alert.")
    valid_until = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField()

    objects = FeedReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-observed_at"]
        constraints = [
            models.UniqueConstraint(fields=["feed", "measure", "place_code", "observed_at"], name="feed_reading_once"),
        ]

    def __str__(self):
        return f"{self.measure} {self.observed_at:%Y-%m-%d %H:%M}"

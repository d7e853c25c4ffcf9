"""Long work in the background."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..scoping import OrganisationScopedQuerySet
from .people import Organisation, User


class JobState(models.TextChoices):
    QUEUED = "queued", "Waiting for its turn"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Finished"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    INTERRUPTED = "interrupted", "Interrupted"

    @classmethod
    def finished(cls):
        return [cls.SUCCEEDED, cls.FAILED, cls.CANCELLED, cls.INTERRUPTED]


class JobQuerySet(OrganisationScopedQuerySet):
    def visible_to(self, user, organisation):
        """Jobs of the organisation, and those of the platform (data loads, scoring) for its administrators."""
        own = Q(organisation=organisation) if organisation is not None else Q(pk__in=[])
        return self.filter(own | Q(organisation__isnull=True) if user.is_superuser else own)

    def unfinished(self):
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class Job(models.Model):
    """Long work in the background: state, progress, cancel, retry.

    The heartbeat tells a slow worker from a dead one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    message = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300, blank=True, help_text="Page of the portal that shows the outcome.")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="jobs")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=1)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_is_percent"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, state__in=["queued", "running"])
                | Q(finished_at__isnull=False, state__in=["succeeded", "failed", "cancelled", "interrupted"]),
                name="job_finished_when_it_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False, heartbeat_at__isnull=False),
                name="job_running_has_a_heartbeat",
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.get_state_display()})"

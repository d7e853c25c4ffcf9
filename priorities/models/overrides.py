"""Minutes of a visit that people have set themselves: a planning default never binds a nurse."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet
from lsoa.models import Area


class VisitMinutesOverrideQuerySet(OrganisationScopedQuerySet):
    def in_force(self):
        return self.filter(ended_at__isnull=True)

    def with_people(self):
        """Everybody whom a page about overrides names."""
        return self.select_related("created_by", "ended_by")

    def minutes_by_area(self, areas) -> dict[int, "VisitMinutesOverride"]:
        """Overrides in force by area id. Scope it to an organisation first; `areas` is a list or a subquery."""
        return {row.area_id: row for row in self.in_force().filter(area__in=areas)}


class VisitMinutesOverride(models.Model):
    """Minutes that an organisation plans for visits in an area instead of those of the model; who set them, and why."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="visit_minutes_overrides")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="visit_minutes_overrides")
    minutes = models.PositiveSmallIntegerField()
    reason = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_because = models.TextField(blank=True)

    objects = VisitMinutesOverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="minutes_override_one_in_force",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=240), name="minutes_override_is_a_visit"),
            models.CheckConstraint(condition=~Q(reason=""), name="minutes_override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_by__isnull=False),
                name="minutes_override_ended_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.minutes} minutes in area {self.area_id}"

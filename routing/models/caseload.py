"""Whom a team visits again and again, and the groups that it looks out for."""

import uuid

from django.contrib.gis.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet
from lsoa.models import Area

from .people import StaffMember
from .teams import Skill, Team


class PlusGroup(models.Model):
    """A population that the organisation names as its PLUS groups (Core20PLUS5, NHS England)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="plus_groups")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)

    objects = OrganisationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="plus_group_code_once")]

    def __str__(self):
        return self.name


class CaseloadEntryQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "team__organisation"

    def active(self):
        return self.filter(is_active=True)

    def due_by(self, day):
        return self.active().filter(next_due__lte=day)

    def for_display(self):
        return (
            self.select_related("area").defer("area__geometry", "area__population_centroid").prefetch_related("skills")
        )


class CaseloadEntry(models.Model):
    """One person on a team's caseload, by an opaque reference: never a name, birth date or NHS number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="caseload")
    reference = models.CharField(max_length=40)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    postcode = models.CharField(max_length=8, blank=True)
    point = models.PointField(srid=4326)
    minutes = models.PositiveSmallIntegerField(help_text="Time at each visit.")
    interval_days = models.PositiveSmallIntegerField(help_text="Days from one visit to the next.")
    next_due = models.DateField(help_text="Civil day in Europe/London.")
    last_done = models.DateField(null=True, blank=True)
    most_days_late = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days after it falls due by which it must be done; blank: no limit."
    )
    window_opens = models.TimeField(null=True, blank=True, help_text="Local time of day.")
    window_closes = models.TimeField(null=True, blank=True, help_text="Latest start, local time of day.")
    skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    staff_required = models.PositiveSmallIntegerField(default=1)
    preferred_staff = models.ManyToManyField(StaffMember, blank=True, related_name="+")
    plus_groups = models.ManyToManyField(PlusGroup, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CaseloadEntryQuerySet.as_manager()

    class Meta:
        ordering = ["next_due", "reference"]
        constraints = [
            models.UniqueConstraint(fields=["team", "reference"], name="caseload_reference_once"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="caseload_minutes_plausible"),
            models.CheckConstraint(
                condition=Q(interval_days__gte=1, interval_days__lte=366), name="caseload_interval_plausible"
            ),
            models.CheckConstraint(
                condition=Q(window_opens__isnull=True, window_closes__isnull=True)
                | Q(window_opens__isnull=False, window_closes__isnull=False, window_closes__gte=F("window_opens")),
                name="caseload_window_both_or_none",
            ),
            models.CheckConstraint(
                condition=Q(staff_required__gte=1, staff_required__lte=4), name="caseload_staff_plausible"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def organisation(self):
        return self.team.organisation

"""Who can visit: teams, staff, skills, shifts, and where people start."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import F, Func, Q

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet
from lsoa.models import Patch


class TravelProfile(models.TextChoices):
    CAR = "car", "Car"
    BICYCLE = "bicycle", "Bicycle"
    FOOT = "foot", "On foot"


class Skill(models.Model):
    """What a visit may need, e.g. wound care."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="skills")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)

    objects = OrganisationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="skill_code_once")]

    def __str__(self):
        return self.name


class Depot(models.Model):
    """A base from which staff start and to which they return."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="depots")
    name = models.CharField(max_length=100)
    point = models.PointField(srid=4326)

    objects = OrganisationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="depot_name_once")]

    def __str__(self):
        return self.name


class TeamQuerySet(OrganisationScopedQuerySet):
    def with_counts(self):
        """`staff_count` (active) and `plan_count` of each team."""
        counted = self.select_related("patch").annotate(
            staff_count=models.Count("staff", filter=Q(staff__is_active=True), distinct=True),
            plan_count=models.Count("plans", distinct=True),
        )
        # Grouping drops the default order.
        return counted.order_by("name")


class Team(models.Model):
    """A community team: its patch, its people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=100)
    patch = models.ForeignKey(Patch, on_delete=models.PROTECT, related_name="teams")

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self):
        return self.name


class StaffMemberQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "team__organisation"

    def active(self):
        return self.filter(is_active=True)


class StaffMember(models.Model):
    """Somebody who visits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    reference = models.SlugField(max_length=40, help_text="Short name on plans and in files, e.g. nurse-04.")
    display_name = models.CharField(max_length=100)
    skills = models.ManyToManyField(Skill, blank=True, related_name="staff")
    base = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="staff")
    travel_profile = models.CharField(max_length=8, choices=TravelProfile.choices, default=TravelProfile.CAR)
    max_visits = models.PositiveSmallIntegerField(default=14)
    is_active = models.BooleanField(default=True)

    objects = StaffMemberQuerySet.as_manager()

    class Meta:
        ordering = ["display_name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "reference"], name="staff_reference_once"),
            models.CheckConstraint(condition=Q(max_visits__gte=1), name="staff_may_visit_somebody"),
        ]

    def __str__(self):
        return self.display_name

    @property
    def organisation(self):
        return self.team.organisation


class ShiftQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "staff__team__organisation"

    def on_day(self, day):
        """Shifts that belong to a civil day in Europe/London."""
        return self.filter(day=day)

    def of_team(self, team):
        return self.filter(staff__team=team, staff__is_active=True)


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Shift(models.Model):
    """One person's working time on one day, with the lunch break it holds. Instants are stored in UTC."""

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="shifts")
    day = models.DateField(help_text="Civil day in Europe/London.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    break_minutes = models.PositiveSmallIntegerField(default=30)
    break_earliest = models.DateTimeField(null=True, blank=True, help_text="Earliest start of the break.")
    break_latest = models.DateTimeField(null=True, blank=True, help_text="Latest start of the break.")

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "staff__display_name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            models.CheckConstraint(
                condition=Q(break_minutes=0)
                | Q(
                    break_earliest__isnull=False,
                    break_latest__isnull=False,
                    break_earliest__gte=F("starts_at"),
                    break_latest__gte=F("break_earliest"),
                    break_latest__lte=F("ends_at"),
                ),
                name="shift_break_inside",
            ),
            ExclusionConstraint(
                name="shift_no_overlap",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.staff}, {self.day}"

    @property
    def organisation(self):
        return self.staff.team.organisation

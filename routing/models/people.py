"""Who works: people, their skills, shifts and absences."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import F, Q, Value

from accounts.privacy.fields import EncryptedPointField, EncryptedTextField
from accounts.scoping import OrganisationScopedQuerySet

from .once import OnceOnly
from .ranges import DateRange, TsTzRange
from .teams import Depot, Skill, Team, TravelProfile


class StaffMemberQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "team__organisation"

    def active(self):
        """On the roster; people made up for a scenario are not."""
        return self.filter(is_active=True, only_in__isnull=True)

    def for_display(self):
        return self.select_related("base", "team").prefetch_related("skill_records__skill")


class DayEnd(models.TextChoices):
    """Where a day begins or ends."""

    BASE = "base", "Base"
    HOME = "home", "Home"


class StaffMember(OnceOnly, models.Model):
    """Somebody who visits. `home` is personal data: shown to those who keep the team only."""

    taken = "Somebody with this short reference already exists in the team. Choose another one."

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    reference = models.SlugField(max_length=40, help_text="Short name on plans and in files, e.g. nurse-04.")
    display_name = models.CharField(max_length=100)
    skills = models.ManyToManyField(Skill, through="StaffSkill", blank=True, related_name="staff")
    base = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="staff")
    home_postcode = EncryptedTextField(max_length=8, blank=True, subject="self")
    home = EncryptedPointField(null=True, blank=True, subject="self")
    starts_from = models.CharField(max_length=4, choices=DayEnd.choices, default=DayEnd.BASE)
    ends_at = models.CharField(max_length=4, choices=DayEnd.choices, default=DayEnd.BASE)
    travel_profile = models.CharField(max_length=8, choices=TravelProfile.choices, default=TravelProfile.CAR)
    max_visits = models.PositiveSmallIntegerField(default=14)
    overtime_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="How long they may work past the end of a shift, paid as overtime."
    )
    max_drive_minutes = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Driving a day at most.")
    works_alone = models.BooleanField(default=True, help_text="Whether nobody hearing from them raises an alert.")
    is_active = models.BooleanField(default=True)
    only_in = models.ForeignKey(
        "RoutePlan",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="extra_people",
        help_text="The scenario that this person was made up for.",
    )

    objects = StaffMemberQuerySet.as_manager()

    class Meta:
        ordering = ["display_name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "reference"], name="staff_reference_once"),
            models.CheckConstraint(condition=Q(max_visits__gte=1), name="staff_may_visit_somebody"),
            models.CheckConstraint(
                condition=Q(home__isnull=False) | Q(starts_from="base", ends_at="base"), name="staff_home_is_known"
            ),
            models.CheckConstraint(condition=Q(overtime_minutes__lte=480), name="staff_overtime_plausible"),
        ]

    def __str__(self):
        return self.display_name

    @property
    def start_point(self):
        return self.home if self.starts_from == DayEnd.HOME else self.base.point

    @property
    def end_point(self):
        return self.home if self.ends_at == DayEnd.HOME else self.base.point

    def skill_codes(self, day) -> frozenset[str]:
        """Codes of the skills that are valid on that civil day. Reads `skill_records` with their skill."""
        return frozenset(record.skill.code for record in self.skill_records.all() if record.is_valid_on(day))

    @property
    def organisation(self):
        return self.team.organisation


class StaffSkillQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "staff__team__organisation"


class StaffSkill(models.Model):
    """That somebody has a skill, until when."""

    staff = models.ForeignKey(
        StaffMember, on_delete=models.CASCADE, related_name="skill_records", db_column="staffmember_id"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="records")
    expires_on = models.DateField(null=True, blank=True, help_text="Last day on which it is valid; blank: no end.")

    objects = StaffSkillQuerySet.as_manager()

    class Meta:
        db_table = "routing_staffmember_skills"
        ordering = ["skill__name"]
        constraints = [models.UniqueConstraint(fields=["staff", "skill"], name="staff_skill_once")]

    def __str__(self):
        return f"{self.staff}: {self.skill}"

    def is_valid_on(self, day) -> bool:
        return self.expires_on is None or day <= self.expires_on


class AbsenceQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "staff__team__organisation"

    def on_day(self, day):
        return self.filter(first_day__lte=day, last_day__gte=day)


class Absence(models.Model):
    """Days on which somebody does not work, whatever the rota says. No more is kept of the reason than its kind."""

    class Kind(models.TextChoices):
        LEAVE = "leave", "Leave"
        SICKNESS = "sickness", "Sickness"
        TRAINING = "training", "Training"
        OTHER = "other", "Other"

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LEAVE)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "staff__display_name"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_start"),
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    (DateRange("first_day", "last_day", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.staff}, {self.first_day} to {self.last_day}"

    @property
    def organisation(self):
        return self.staff.team.organisation


class ShiftQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "staff__team__organisation"

    def on_day(self, day):
        """Shifts that belong to a civil day in Europe/London."""
        return self.filter(day=day)

    def of_team(self, team):
        return self.filter(staff__team=team, staff__is_active=True, staff__only_in__isnull=True)

    def for_plan(self, plan):
        """Shifts of the plan's day: of the team's people who are not absent, and of those made up for this plan."""
        of_day = self.on_day(plan.day).filter(staff__team=plan.team_id, staff__is_active=True)
        absent = Absence.objects.filter(staff=models.OuterRef("staff")).on_day(plan.day)
        return of_day.filter(Q(staff__only_in__isnull=True) | Q(staff__only_in=plan)).exclude(models.Exists(absent))


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

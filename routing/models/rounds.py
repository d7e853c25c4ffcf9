"""What happened on the day: told by those who were there, kept beside what was planned."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.privacy.fields import EncryptedTextField
from accounts.scoping import OrganisationScopedQuerySet

from .people import StaffMember
from .plans import RoutePlan
from .visits import Visit


class OfRoundQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "plan__organisation"


class RoundEvent(models.Model):
    """One thing a field worker recorded; never changed. The device makes up the identifier, so that what is sent twice
    over a poor connection is kept once.
    """

    class Kind(models.TextChoices):
        SET_OFF = "set_off", "Set off"
        ARRIVED = "arrived", "Arrived"
        DONE = "done", "Done"
        NO_ACCESS = "no_access", "No access"
        NOTE = "note", "Note"
        REOPENED = "reopened", "Not settled after all"
        SAFE = "safe", "I am safe"
        FINISHED = "finished", "Round finished"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="round_events")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="round_events")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="round_events")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    happened_at = models.DateTimeField(help_text="By the device's clock.")
    received_at = models.DateTimeField(auto_now_add=True)
    note = EncryptedTextField(max_length=500, blank=True, subject="staff")
    is_moved = models.BooleanField(
        default=False, help_text="Whether the visit was on somebody else's round when this arrived."
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OfRoundQuerySet.as_manager()

    class Meta:
        ordering = ["happened_at", "received_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["arrived", "done", "no_access", "note", "reopened"], visit__isnull=False)
                | Q(kind__in=["set_off", "safe", "finished"], visit__isnull=True),
                name="round_event_names_its_visit",
            ),
            models.CheckConstraint(condition=~Q(kind="note") | ~Q(note=""), name="round_note_says_something"),
        ]
        indexes = [models.Index(fields=["plan", "staff", "happened_at"], name="round_events_of_a_day")]

    def __str__(self):
        return f"{self.staff}: {self.get_kind_display()}"

    @property
    def organisation(self):
        return self.plan.organisation


class VisitRecord(models.Model):
    """What the events say of one person's part in one visit."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        NO_ACCESS = "no_access", "No access"

    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="records")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="records")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="records")
    arrived_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    note = EncryptedTextField(max_length=500, blank=True, subject="staff")

    objects = OfRoundQuerySet.as_manager()

    class Meta:
        ordering = ["arrived_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "staff", "visit"], name="visit_record_once"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | Q(arrived_at__isnull=True)
                | Q(finished_at__gte=F("arrived_at")),
                name="visit_record_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", finished_at__isnull=True) | (~Q(outcome="") & Q(finished_at__isnull=False)),
                name="visit_record_outcome_has_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.visit}: {self.get_outcome_display() or 'open'}"

    @property
    def organisation(self):
        return self.plan.organisation


class RoundAlert(models.Model):
    """Somebody should look: a visit is late, or nobody has heard from a person who works alone."""

    class Kind(models.TextChoices):
        LATE_VISIT = "late_visit", "Late visit"
        NOT_HEARD = "not_heard", "Not heard from"
        NOT_BACK = "not_back", "Round not finished"

    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="alerts")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="alerts")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = OfRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "staff", "visit", "kind"],
                condition=Q(cleared_at__isnull=True),
                nulls_distinct=False,
                name="round_alert_open_once",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(cleared_at__gte=F("raised_at")),
                name="round_alert_cleared_after_raised",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.staff}"

    @property
    def organisation(self):
        return self.plan.organisation

"""A plan is a proposal: an approver decides."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import F, Q

from accounts.models import Job, Organisation
from accounts.scoping import OrganisationScopedQuerySet

from .teams import Shift, StaffMember, Team
from .visits import Visit


class PlanState(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPTIMISING = "optimising", "Optimising"
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


class RoutePlanQuerySet(OrganisationScopedQuerySet):
    def awaiting_approval(self):
        return self.filter(state=PlanState.PROPOSED)

    def with_team(self):
        return self.select_related("team", "job", "created_by", "approved_by")


class RoutePlan(models.Model):
    """One day's visits of one team, and who does them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="plans")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="plans")
    day = models.DateField()
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)
    visits = models.ManyToManyField(Visit, related_name="plans", blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="plans")
    seconds_allowed = models.PositiveSmallIntegerField(default=30, help_text="Search time of the optimiser.")
    seed = models.PositiveIntegerField(default=1)
    engine = models.CharField(max_length=30, blank=True)
    is_travel_estimated = models.BooleanField(default=True, help_text="Whether any leg's time is an estimate.")
    cost = models.JSONField(default=dict, help_text="Parts of the judge's cost, seconds.")
    equity = models.JSONField(default=dict, help_text="Coverage measures of the proposed plan.")
    trace = models.JSONField(default=list, help_text="Best cost over elapsed seconds.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    optimised_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True, help_text="Why tier-1 visits were deferred, or a plan was rejected.")

    objects = RoutePlanQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["approved", "rejected"]) ^ Q(approved_by__isnull=True, approved_at__isnull=True),
                name="plan_decision_has_a_name",
            ),
        ]

    def __str__(self):
        return self.name


class RouteAssignmentQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "plan__organisation"


class RouteAssignment(models.Model):
    """One person's day in a plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="assignments")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="assignments")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="assignments")
    departs_at = models.DateTimeField(null=True)
    returns_at = models.DateTimeField(null=True)
    travel_seconds = models.PositiveIntegerField(default=0)
    travel_metres = models.PositiveIntegerField(default=0)
    service_seconds = models.PositiveIntegerField(default=0)

    objects = RouteAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["staff__display_name"]
        constraints = [models.UniqueConstraint(fields=["plan", "staff"], name="assignment_once_per_person")]

    @property
    def organisation(self):
        return self.plan.organisation


class RouteStopQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "assignment__plan__organisation"


class RouteStop(models.Model):
    """A visit or a break, in order. A stop without a visit is the break."""

    assignment = models.ForeignKey(RouteAssignment, on_delete=models.CASCADE, related_name="stops")
    sequence = models.PositiveSmallIntegerField()
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="stops")
    arrives_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    travel_seconds = models.PositiveIntegerField(default=0, help_text="Drive to this stop.")
    travel_metres = models.PositiveIntegerField(default=0)

    objects = RouteStopQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "sequence"], name="stop_sequence_once"),
            models.CheckConstraint(
                condition=Q(starts_at__gte=F("arrives_at"), leaves_at__gte=F("starts_at")), name="stop_times_in_order"
            ),
        ]


class UnservedVisitQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "plan__organisation"


class UnservedVisit(models.Model):
    """A visit that the plan leaves out, and why."""

    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="unserved")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="unserved_in")
    reason = models.CharField(max_length=30)
    detail = models.CharField(max_length=300)

    objects = UnservedVisitQuerySet.as_manager()

    class Meta:
        ordering = ["visit__tier", "visit__reference"]
        constraints = [models.UniqueConstraint(fields=["plan", "visit"], name="unserved_once_per_plan")]

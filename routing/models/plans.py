"""A plan is a proposal: an approver decides."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Job, Organisation
from accounts.privacy.fields import EncryptedTextField
from accounts.scoping import OrganisationScopedQuerySet

from .people import Shift, StaffMember
from .teams import Team
from .visits import Visit, VisitTier


class PlanState(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPTIMISING = "optimising", "Optimising"
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    PUBLISHED = "published", "Published"
    IN_PROGRESS = "in_progress", "In progress"
    CLOSED = "closed", "Closed"

    @classmethod
    def decided(cls):
        """An approver has spoken, either way."""
        return [*cls.binding(), cls.REJECTED]

    @classmethod
    def binding(cls):
        """Its people and its visits are taken: no other plan may have them."""
        return [cls.APPROVED, *cls.published()]

    @classmethod
    def published(cls):
        """Field staff see it."""
        return [cls.PUBLISHED, cls.IN_PROGRESS, cls.CLOSED]

    @classmethod
    def running(cls):
        """Field staff work by it, now or soon."""
        return [cls.PUBLISHED, cls.IN_PROGRESS]


# Spelt in values: a constraint is written into a migration.
PUBLISHED = [state.value for state in PlanState.published()]
DECIDED = [state.value for state in PlanState.decided()]


# How a plan came about and what it comes to: a hundred visits fill thirty kilobytes.
BULKY = ("intake", "travel", "cost", "equity", "trace", "price")


class RoutePlanQuerySet(OrganisationScopedQuerySet):
    def awaiting_approval(self):
        return self.filter(state=PlanState.PROPOSED)

    def scenarios(self):
        return self.filter(scenario_of__isnull=False)

    def optimising(self):
        return self.filter(state=PlanState.OPTIMISING)

    def binding(self):
        return self.filter(state__in=PlanState.binding())

    def published(self):
        return self.filter(state__in=PlanState.published())

    def running(self):
        return self.filter(state__in=PlanState.running())

    def with_team(self):
        """For the page of one plan; of a scenario's original, its name and state. Whoever decided is read where named:
        five more tables cost the database's planner more than all else.
        """
        return self.select_related("team", "job", "scenario_of").defer(*(f"scenario_of__{name}" for name in BULKY))

    def listed(self):
        """With team and job, without what a plan's own page alone shows: many times the rest of the row."""
        return self.select_related("team", "job").defer(*BULKY, "job__payload", "job__result")

    def with_counts(self):
        """`visit_count`, `unserved_count` and `tier_one_unserved` of each plan."""
        left_out = UnservedVisit.objects.filter(plan=OuterRef("pk"))
        return self.annotate(
            visit_count=_count(RoutePlan.visits.through.objects.filter(routeplan=OuterRef("pk")), "routeplan"),
            unserved_count=_count(left_out, "plan"),
            tier_one_unserved=_count(left_out.filter(visit__tier=VisitTier.FIRST), "plan"),
        )


def _count(rows, key) -> Coalesce:
    """Number of rows as a subquery: joins would multiply each other, and grouping would lose the order of the list."""
    numbers = rows.order_by().values(key).annotate(number=models.Count("pk")).values("number")
    return Coalesce(Subquery(numbers), 0)


class RoutePlan(models.Model):
    """One day's visits of one team, and who does them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="plans")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="plans")
    day = models.DateField()
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)
    visits = models.ManyToManyField(Visit, related_name="plans", blank=True)
    intake = models.JSONField(
        default=dict, blank=True, help_text="Where the visits came from: areas and numbers, or rows of a file refused."
    )
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="plans")
    seconds_allowed = models.PositiveSmallIntegerField(default=30, help_text="Search time of the optimiser.")
    seed = models.PositiveIntegerField(default=1)
    engine = models.CharField(max_length=30, blank=True)
    outcome_note = models.CharField(max_length=300, blank=True, help_text="How the last optimisation ended, in words.")
    is_travel_estimated = models.BooleanField(default=True, help_text="Whether any leg's time is an estimate.")
    travel = models.JSONField(
        default=dict,
        blank=True,
        help_text="Where the travel times came from: provider, data_version, attribution, profiles, notes.",
    )
    cost = models.JSONField(default=dict, help_text="Parts of the judge's cost, seconds.")
    equity = models.JSONField(default=dict, help_text="Coverage measures of the proposed plan.")
    trace = models.JSONField(default=list, help_text="Best cost over elapsed seconds.")
    holds_core20 = models.BooleanField(
        default=False, help_text="Whether coverage in Core20 must be at least as high as elsewhere."
    )
    shares_work = models.BooleanField(
        default=False, help_text="Whether the fullest day is made as short as the same visits allow."
    )
    price = models.JSONField(
        default=dict, blank=True, help_text="What equity costs this plan: the same day planned without it."
    )
    price_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="Number of the PlanVersion that the routes show.")
    scenario_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="scenarios")
    week = models.ForeignKey("WeekPlan", on_delete=models.SET_NULL, null=True, blank=True, related_name="plans")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    optimised_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who decided, either way.",
    )
    approved_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided, either way.")
    decision_reason = EncryptedTextField(
        blank=True, help_text="Why tier-1 visits were deferred, or a plan was rejected."
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True, help_text="When the first of its people set off.")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Blank where the night after the day closed it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_reason = EncryptedTextField(
        blank=True, help_text="Why a publication or an approval was last taken back; blank once it is given again."
    )
    pseudonymised_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when nobody in it can be told any more."
    )

    objects = RoutePlanQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, approved_by__isnull=False, approved_at__isnull=False)
                | (~Q(state__in=DECIDED) & Q(approved_by__isnull=True, approved_at__isnull=True)),
                name="plan_decision_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PUBLISHED, published_by__isnull=False, published_at__isnull=False)
                | (~Q(state__in=PUBLISHED) & Q(published_by__isnull=True, published_at__isnull=True)),
                name="plan_publication_has_a_name",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_progress") | Q(started_at__isnull=False), name="plan_in_progress_has_begun"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_by__isnull=True, closed_at__isnull=True)),
                name="plan_closing_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(returned_by__isnull=True, returned_at__isnull=True, returned_reason="")
                | (Q(returned_by__isnull=False, returned_at__isnull=False) & ~Q(returned_reason="")),
                name="plan_return_has_a_name_and_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(decision_reason=""), name="plan_rejection_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(seconds_allowed__gte=1, seconds_allowed__lte=600), name="plan_search_time_plausible"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-day"], name="plan_by_day")]

    def __str__(self):
        return self.name

    @property
    def is_binding(self) -> bool:
        """Whether its people and visits are taken by it."""
        return self.state in PlanState.binding()


class RouteAssignmentQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "plan__organisation"


class RouteAssignment(models.Model):
    """One person's day in a plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="assignments")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="assignments")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="assignments")
    departs_at = models.DateTimeField(null=True, blank=True)
    returns_at = models.DateTimeField(null=True, blank=True)
    travel_seconds = models.PositiveIntegerField(default=0)
    travel_metres = models.PositiveIntegerField(default=0)
    service_seconds = models.PositiveIntegerField(default=0)
    return_path = models.LineStringField(
        srid=4326, null=True, blank=True, help_text="The way back to the base by road; null: not known."
    )
    is_return_estimated = models.BooleanField(default=True, help_text="Whether the time of the way back is estimated.")

    objects = RouteAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["staff__display_name"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "staff"], name="assignment_once_per_person"),
            models.CheckConstraint(
                condition=Q(returns_at__gte=F("departs_at")), name="assignment_returns_after_departing"
            ),
            models.CheckConstraint(
                condition=Q(return_path__isnull=True) | Q(is_return_estimated=False),
                name="assignment_estimated_return_has_no_path",
            ),
        ]

    def __str__(self):
        return f"{self.staff} in {self.plan}"

    @property
    def organisation(self):
        return self.plan.organisation


class RouteStopQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "assignment__plan__organisation"


class RouteStop(models.Model):
    """A visit or a break, in order. A stop without a visit is the break, which may fall inside a drive."""

    assignment = models.ForeignKey(RouteAssignment, on_delete=models.CASCADE, related_name="stops")
    sequence = models.PositiveSmallIntegerField()
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="stops")
    arrives_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    travel_seconds = models.PositiveIntegerField(default=0, help_text="Drive to this stop.")
    travel_metres = models.PositiveIntegerField(default=0)
    path = models.LineStringField(
        srid=4326, null=True, blank=True, help_text="The way to this stop by road; null: not known, or a break."
    )
    is_travel_estimated = models.BooleanField(default=True, help_text="Whether the time of this drive is estimated.")

    objects = RouteStopQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "sequence"], name="stop_sequence_once"),
            models.UniqueConstraint(fields=["assignment", "visit"], name="stop_visit_once"),
            models.CheckConstraint(
                condition=Q(starts_at__gte=F("arrives_at"), leaves_at__gte=F("starts_at")), name="stop_times_in_order"
            ),
            models.CheckConstraint(
                condition=Q(path__isnull=True) | Q(is_travel_estimated=False), name="stop_estimated_drive_has_no_path"
            ),
        ]

    def __str__(self):
        return f"{self.sequence}. {self.visit or 'Break'}"

    @property
    def organisation(self):
        return self.assignment.plan.organisation


class UnservedVisitQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "plan__organisation"

    def needing_a_decision(self):
        """Visits of tier 1, and those at their clinical limit: an approver says by name why they can be left out."""
        return self.filter(Q(visit__tier=VisitTier.FIRST) | Q(visit__clinical_limit__lte=F("plan__day")))


class UnservedVisit(models.Model):
    """A visit that the plan leaves out, why, and what an approver decided about it."""

    class Decision(models.TextChoices):
        DEFERRED = "deferred", "Deferred to a day"
        HANDED_OVER = "handed_over", "Handed over to others"
        NOT_NEEDED = "not_needed", "Not needed any more"
        OTHER = "other", "Other"

    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="unserved")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="unserved_in")
    reason = models.CharField(max_length=30)
    detail = models.CharField(max_length=300, blank=True)
    remedies = models.JSONField(default=list, blank=True, help_text="Changes that would let it be served.")
    decision = models.CharField(max_length=11, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = EncryptedTextField(max_length=500, blank=True)
    deferred_to = models.DateField(null=True, blank=True, help_text="Civil day in Europe/London.")

    objects = UnservedVisitQuerySet.as_manager()

    class Meta:
        ordering = ["visit__tier", "visit__reference"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "visit"], name="unserved_once_per_plan"),
            models.CheckConstraint(
                condition=Q(
                    decision="",
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    decision_reason="",
                )
                | (
                    Q(decision__in=["deferred", "handed_over", "not_needed", "other"])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decision_reason="")
                ),
                name="unserved_decision_has_a_name_and_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(decision="deferred", deferred_to__isnull=False)
                | (~Q(decision="deferred") & Q(deferred_to__isnull=True)),
                name="unserved_deferred_to_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.visit}: {self.reason}"

    @property
    def organisation(self):
        return self.plan.organisation

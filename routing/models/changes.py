"""What people do to a plan: its versions, what they fixed in it, and what happened to it during the day."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Job
from accounts.scoping import OrganisationScopedQuerySet

from .people import StaffMember
from .plans import RoutePlan
from .visits import Visit


class OfPlanQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "plan__organisation"


class PlanVersionQuerySet(OfPlanQuerySet):
    def staff_not_by_hand(self) -> set[str]:
        """References of the people with a round in a version that nobody made by hand: it stays the same however often
        visits are moved and moves undone.
        """
        by_hand = (PlanVersion.Origin.MOVED, PlanVersion.Origin.RESTORED)
        staff = Func(
            F("routes"),
            template="jsonb_path_query(%(expressions)s, '$[*].staff')",
            output_field=models.JSONField(),
        )
        versions = self.exclude(origin__in=by_hand).order_by()
        return set(versions.annotate(staff=staff).values_list("staff", flat=True).distinct())


class PlanVersion(models.Model):
    """The routes of a plan as they were once, never changed afterwards. `routes` and `unserved` follow the planner's
    contract (seconds from the first instant of the plan's day).
    """

    class Origin(models.TextChoices):
        OPTIMISED = "optimised", "Optimised"
        MOVED = "moved", "Changed by hand"
        REPLANNED = "replanned", "Mended during the day"
        RESTORED = "restored", "Taken back"
        COPIED = "copied", "Copied"

    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, choices=Origin.choices)
    summary = models.CharField(max_length=300, blank=True, help_text="What changed, in words.")
    undoes = models.PositiveIntegerField(null=True, blank=True, help_text="Number of the version it goes back to.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    engine = models.CharField(max_length=30, blank=True)
    routes = models.JSONField(default=list)
    unserved = models.JSONField(default=list)
    cost = models.JSONField(default=dict)
    equity = models.JSONField(default=dict)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="plan_version_counted_from_one"),
            models.CheckConstraint(
                condition=Q(undoes__isnull=True) | Q(undoes__lt=F("number")), name="plan_version_undoes_an_earlier"
            ),
        ]

    def __str__(self):
        return f"{self.plan}, version {self.number}"

    @property
    def organisation(self):
        return self.plan.organisation


class PlanAdjustment(models.Model):
    """What holds in this plan beside the rota and the visits: what a person fixed, or what a scenario tries."""

    class Kind(models.TextChoices):
        VISIT_PINNED = "visit_pinned", "Visit kept with a person or at a time"
        VISIT_EXCLUDED = "visit_excluded", "Visit left out on purpose"
        PERSON_EXCLUDED = "person_excluded", "Person not used"
        SHIFT_EXTENDED = "shift_extended", "Longer shift"
        WINDOW_CHANGED = "window_changed", "Other window"
        REMEDY = "remedy", "Change tried"

    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="adjustments")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField(null=True, blank=True, help_text="Pinned start, or opening of the other window.")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Closing of the other window.")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How much longer the shift is.")
    remedy = models.JSONField(
        default=dict,
        blank=True,
        help_text="A change for a visit left out that nothing else here can say; scenarios only.",
    )
    reason = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind", "visit"],
                condition=Q(visit__isnull=False) & ~Q(kind="remedy"),
                name="adjustment_once_per_visit",
            ),
            models.CheckConstraint(
                condition=Q(kind="remedy", remedy__has_key="kind") | (~Q(kind="remedy") & Q(remedy={})),
                name="adjustment_remedy_says_its_change",
            ),
            models.UniqueConstraint(
                fields=["plan", "kind", "staff"], condition=Q(visit__isnull=True), name="adjustment_once_per_person"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="visit_pinned", visit__isnull=False, ends_at__isnull=True, minutes__isnull=True)
                    & (Q(staff__isnull=False) | Q(starts_at__isnull=False))
                )
                | Q(
                    kind="visit_excluded",
                    visit__isnull=False,
                    staff__isnull=True,
                    starts_at__isnull=True,
                    ends_at__isnull=True,
                    minutes__isnull=True,
                )
                | Q(
                    kind="person_excluded",
                    staff__isnull=False,
                    visit__isnull=True,
                    starts_at__isnull=True,
                    ends_at__isnull=True,
                    minutes__isnull=True,
                )
                | Q(
                    kind="shift_extended",
                    staff__isnull=False,
                    visit__isnull=True,
                    starts_at__isnull=True,
                    ends_at__isnull=True,
                    minutes__gte=1,
                    minutes__lte=480,
                )
                | Q(
                    kind="remedy",
                    visit__isnull=False,
                    staff__isnull=True,
                    starts_at__isnull=True,
                    ends_at__isnull=True,
                    minutes__isnull=True,
                )
                | Q(
                    kind="window_changed",
                    visit__isnull=False,
                    staff__isnull=True,
                    minutes__isnull=True,
                    starts_at__isnull=False,
                    ends_at__gte=F("starts_at"),
                ),
                name="adjustment_says_what_its_kind_needs",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.visit or self.staff}"

    @property
    def organisation(self):
        return self.plan.organisation


class DisruptionKind(models.TextChoices):
    """What can happen to a published plan."""

    SICK = "sick", "Somebody is sick"
    LATE = "late", "Somebody is late"
    URGENT = "urgent", "An urgent visit"
    OVERRUN = "overrun", "A visit takes longer"
    NO_ACCESS = "no_access", "No access"


class Disruption(models.Model):
    """Something that happened to a published plan, and the mended plan that is proposed for it."""

    Kind = DisruptionKind

    class State(models.TextChoices):
        WORKING = "working", "Working on it"
        PROPOSED = "proposed", "Change proposed"
        APPLIED = "applied", "Plan changed"
        DISCARDED = "discarded", "Not used"
        FAILED = "failed", "No change found"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="disruptions")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    at = models.DateTimeField(help_text="From when on the plan is mended.")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How late, or how much longer.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WORKING)
    based_on = models.PositiveIntegerField(help_text="Version of the plan that the answer mends.")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.JSONField(default=dict, blank=True, help_text="Who changes, which visits move, and the whole plan.")
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["sick", "late"], staff__isnull=False)
                | Q(kind__in=["urgent", "overrun", "no_access"], visit__isnull=False),
                name="disruption_says_whom_or_what",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["late", "overrun"]) | Q(minutes__gte=1), name="disruption_says_how_long"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.plan}"

    @property
    def organisation(self):
        return self.plan.organisation

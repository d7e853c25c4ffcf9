"""What is to be done: one visit at one place within one day."""

import uuid

from django.contrib.gis.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Area
from priorities.models import PriorityClass

from .people import StaffMember
from .teams import Skill, Team


class VisitTier(models.IntegerChoices):
    """Tiers are served strictly in order. Tier 1: class urgent, or elevated in a Core20 area."""

    FIRST = 1, "Tier 1: urgent, or elevated in a Core20 area"
    SECOND = 2, "Tier 2: elevated"
    THIRD = 3, "Tier 3: standard"
    FOURTH = 4, "Tier 4: routine"

    @classmethod
    def of(cls, priority: int, imd_decile: int | None) -> "VisitTier":
        """Tier of a visit in an area of this DEX class (0 routine to 3 urgent) and IMD decile."""
        is_core20 = imd_decile is not None and imd_decile <= CORE20_DECILE
        if priority >= PriorityClass.URGENT or (priority == PriorityClass.ELEVATED and is_core20):
            return cls.FIRST
        return {
            PriorityClass.ELEVATED: cls.SECOND,
            PriorityClass.STANDARD: cls.THIRD,
            PriorityClass.ROUTINE: cls.FOURTH,
        }[PriorityClass(priority)]


class VisitQuerySet(OrganisationScopedQuerySet):
    def for_display(self):
        """With area and skills, without the outlines of areas: a hundred polygons would weigh more than the page."""
        return (
            self.select_related("area").defer("area__geometry", "area__population_centroid").prefetch_related("skills")
        )

    def due(self, team, day):
        return self.filter(team=team, day=day)

    def open(self):
        """Visits not taken up by an approved plan."""
        return self.filter(state=Visit.State.OPEN)

    def deferred_to(self, team, day):
        """Open visits of a day that were made by the deferral of an earlier one."""
        return self.due(team, day).open().filter(deferred_from__isnull=False)

    def taken_up(self):
        """In a plan that was approved, or done by one."""
        return self.filter(state__in=[Visit.State.PLANNED, Visit.State.DONE])


class Visit(models.Model):
    """An opaque reference and a place; never a name, birth date or NHS number. Personal data all the same."""

    class Source(models.TextChoices):
        PRIORITY = "priority", "From area priorities"
        CSV = "csv", "From a file"
        MANUAL = "manual", "Entered by hand"
        CASELOAD = "caseload", "From the caseload"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PLANNED = "planned", "In an approved plan"
        DONE = "done", "Done"
        NO_ACCESS = "no_access", "No access"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="visits")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="visits")
    reference = models.CharField(max_length=40)
    day = models.DateField(help_text="Civil day in Europe/London.")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="visits")
    postcode = models.CharField(max_length=8, blank=True)
    point = models.PointField(srid=4326)
    minutes = models.PositiveSmallIntegerField(help_text="Time at the visit.")
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True, help_text="Latest start of the visit.")
    late_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="How late past the window it may start at a cost; 0: the window is kept."
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="visits")
    staff_required = models.PositiveSmallIntegerField(default=1, help_text="2: double-handed.")
    preferred_staff = models.ManyToManyField(StaffMember, blank=True, related_name="preferred_for")
    excluded_staff = models.ManyToManyField(StaffMember, blank=True, related_name="excluded_from")
    earliest_day = models.DateField(
        null=True, blank=True, help_text="First day to which a weekly plan may move it; blank: it stays on its day."
    )
    latest_day = models.DateField(null=True, blank=True, help_text="Last day to which a weekly plan may move it.")
    caseload_entry = models.ForeignKey(
        "CaseloadEntry", on_delete=models.SET_NULL, null=True, blank=True, related_name="visits"
    )
    plus_groups = models.ManyToManyField("PlusGroup", blank=True, related_name="visits")
    tier = models.PositiveSmallIntegerField(choices=VisitTier.choices)
    priority = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="DEX class of the area when the visit was made."
    )
    imd_decile = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 is the most deprived tenth.")
    first_due = models.DateField(
        null=True, blank=True, help_text="Civil day on which it first fell due; blank where that is not known."
    )
    clinical_limit = models.DateField(
        null=True, blank=True, help_text="Last civil day by which it must be done; from then on a plan needs it."
    )
    deferred_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deferred_as",
        help_text="The visit of an earlier day whose deferral made this one.",
    )
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["tier", "reference"]
        constraints = [
            models.UniqueConstraint(fields=["team", "day", "reference"], name="visit_reference_once_per_day"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="visit_minutes_plausible"),
            models.CheckConstraint(
                # Spelt out: a comparison with null is neither true nor false, and a check lets that pass.
                condition=Q(window_start__isnull=True, window_end__isnull=True)
                | Q(window_start__isnull=False, window_end__isnull=False, window_end__gte=F("window_start")),
                name="visit_window_both_or_none",
            ),
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=4), name="visit_tier_valid"),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__lte=3), name="visit_priority_valid"
            ),
            models.CheckConstraint(
                condition=Q(imd_decile__isnull=True) | Q(imd_decile__gte=1, imd_decile__lte=10),
                name="visit_imd_decile_valid",
            ),
            models.CheckConstraint(
                condition=Q(clinical_limit__isnull=True)
                | Q(first_due__isnull=False, clinical_limit__gte=F("first_due")),
                name="visit_limit_not_before_due",
            ),
            models.CheckConstraint(
                condition=Q(staff_required__gte=1, staff_required__lte=4), name="visit_staff_plausible"
            ),
            models.CheckConstraint(
                condition=Q(late_minutes=0) | Q(window_start__isnull=False, late_minutes__lte=480),
                name="visit_late_needs_a_window",
            ),
            models.CheckConstraint(
                # Spelt out: a comparison with null is neither true nor false.
                condition=Q(earliest_day__isnull=True, latest_day__isnull=True)
                | Q(
                    earliest_day__isnull=False,
                    latest_day__isnull=False,
                    earliest_day__lte=F("day"),
                    latest_day__gte=F("day"),
                ),
                name="visit_days_hold_its_day",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def days_deferred(self) -> int:
        """Days by which it has been put off; 0 where it is not known when it fell due, or was brought forward."""
        return max(0, (self.day - self.first_due).days) if self.first_due else 0

    @property
    def is_at_limit(self) -> bool:
        """Whether it must not be put off any further."""
        return self.clinical_limit is not None and self.day >= self.clinical_limit

    @property
    def is_core20(self) -> bool:
        """Whether the home area is among the most deprived fifth (IMD deciles 1 and 2)."""
        return self.imd_decile is not None and self.imd_decile <= CORE20_DECILE


class VisitLinkQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "first__organisation"


class VisitLink(models.Model):
    """Binds two visits of one team when both are served. Gaps are start to start."""

    first = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="links_as_first")
    second = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="links_as_second")
    min_gap_minutes = models.IntegerField(null=True, blank=True, help_text="The second starts at least so much later.")
    max_gap_minutes = models.IntegerField(null=True, blank=True, help_text="The second starts at most so much later.")
    same_staff = models.BooleanField(default=False)
    different_staff = models.BooleanField(default=False)
    together = models.BooleanField(default=False, help_text="Both are served or neither.")

    objects = VisitLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="visit_link_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="visit_link_binds_two"),
            models.CheckConstraint(
                condition=Q(min_gap_minutes__isnull=True)
                | Q(max_gap_minutes__isnull=True)
                | Q(max_gap_minutes__gte=F("min_gap_minutes")),
                name="visit_link_gaps_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(same_staff=True, different_staff=True), name="visit_link_same_or_different"
            ),
        ]

    def __str__(self):
        return f"{self.first} and {self.second}"

    @property
    def organisation(self):
        return self.first.organisation

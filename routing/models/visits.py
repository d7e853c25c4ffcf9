"""What is to be done: one visit at one place within one day."""

import uuid

from django.contrib.gis.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Area
from priorities.models import PriorityClass

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


class Visit(models.Model):
    """An opaque reference and a place; never a name, birth date or NHS number. Personal data all the same."""

    class Source(models.TextChoices):
        PRIORITY = "priority", "From area priorities"
        CSV = "csv", "From a file"
        MANUAL = "manual", "Entered by hand"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PLANNED = "planned", "In an approved plan"

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
    skills = models.ManyToManyField(Skill, blank=True, related_name="visits")
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
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
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

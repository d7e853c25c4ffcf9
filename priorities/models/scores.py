"""The priority of every area with everything that says why."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lsoa.models import Area

from .runs import ScoreRun


class PriorityClass(models.IntegerChoices):
    """Classes of the root attribute in file order: a higher number is more urgent."""

    ROUTINE = 0, "Routine"
    STANDARD = 1, "Standard"
    ELEVATED = 2, "Elevated"
    URGENT = 3, "Urgent"


class PriorityScoreQuerySet(models.QuerySet):
    def current(self):
        """The score in force of each area: that of the latest successful run which covered it."""
        return self.filter(is_current=True)

    def for_patch(self, patch):
        """Scores of the areas of a patch, which the caller has reached through its organisation."""
        return self.filter(area__patches=patch)

    in_patch = for_patch

    def with_area(self):
        return self.select_related("area")

    def with_explanation(self):
        """Everything that `priorities.explanations.explain_score` reads, in one query."""
        read = self.select_related("area", "run", "run__model_version")
        # Outlines weigh more than everything else of the row.
        return read.defer("area__geometry", "area__population_centroid")

    def most_urgent_first(self):
        """Most urgent class first; inside a class by the area's place in it, then by code."""
        return self.order_by("-priority", "-rank_offset", "area__code")


class PriorityScore(models.Model):
    """The priority of one area in one run, with everything needed to say why.

    Arrays are in pre-order of the model's attributes, or of its inputs where the name says so.
    """

    # Both references are checked once per statement by triggers (migration 0005), not once per row.
    run = models.ForeignKey(
        ScoreRun, on_delete=models.CASCADE, related_name="scores", db_index=False, db_constraint=False
    )
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="scores", db_index=False, db_constraint=False)
    is_current = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(choices=PriorityClass.choices)
    previous_priority = models.PositiveSmallIntegerField(
        choices=PriorityClass.choices, null=True, help_text="Class that was in force before; none for a new area."
    )
    lowest = models.PositiveSmallIntegerField(choices=PriorityClass.choices, help_text="Lowest class still possible.")
    highest = models.PositiveSmallIntegerField(choices=PriorityClass.choices, help_text="Highest class still possible.")
    probability = models.FloatField(
        help_text="Of the published class, missing inputs being uniform over their classes."
    )
    is_provisional = models.BooleanField(default=False)
    rank_offset = models.FloatField(
        db_default=0,
        help_text="Place inside the class, from -0.5 (least urgent) to 0.5: priority, then offset, rank areas.",
    )
    class_probabilities = ArrayField(
        models.FloatField(),
        null=True,
        help_text="Probability of each class when figures near a threshold count for both sides.",
    )
    stability = models.FloatField(
        null=True, help_text="Share of draws of thresholds within their soft zones in which the class stays the same."
    )
    unmet_need = models.BooleanField(null=True, help_text="Deprived and in bad health, but little diagnosed.")
    changed_because = models.CharField(
        max_length=10,
        choices=[("", "Not changed"), ("model", "The model"), ("data", "The figures"), ("both", "Model and figures")],
        blank=True,
        db_default="",
    )
    changed_inputs = ArrayField(
        models.SmallIntegerField(),
        null=True,
        help_text="Places among the model's inputs of those whose class differs from the score before it.",
    )
    node_classes = ArrayField(models.SmallIntegerField(), default=list, help_text="Published class of every attribute.")
    node_lows = ArrayField(models.SmallIntegerField(), default=list, help_text="Lowest class that remains possible.")
    node_highs = ArrayField(models.SmallIntegerField(), default=list, help_text="Highest class that remains possible.")
    node_rules = ArrayField(
        models.IntegerField(),
        default=list,
        help_text="Rule that fired at every attribute; -1 for inputs, and where not determined.",
    )
    input_values = ArrayField(
        models.FloatField(), default=list, help_text="Figure of every input; NaN where there is none."
    )
    input_relief = ArrayField(
        models.SmallIntegerField(),
        default=list,
        help_text="Steps by which the class would fall were this input at its lowest level.",
    )
    source = models.PositiveIntegerField(default=0, help_text="Index of its pattern in the run's `sources`.")
    visit_minutes = models.PositiveSmallIntegerField()
    visit_minutes_lowest = models.PositiveSmallIntegerField()
    visit_minutes_highest = models.PositiveSmallIntegerField()
    expected_minutes = models.FloatField(
        null=True, help_text="Minutes by the probabilities of the classes, as the sum gives them: not rounded."
    )

    objects = PriorityScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "-rank_offset", "area__code"]
        constraints = [
            # Also gives the history of an area, run by run (runs are few): an index by area would cost each run more.
            models.UniqueConstraint(fields=["run", "area"], name="score_once_per_run"),
            models.UniqueConstraint(fields=["area"], condition=Q(is_current=True), name="score_one_current_per_area"),
            models.CheckConstraint(
                condition=Q(lowest__lte=F("priority"), highest__gte=F("priority")), name="score_within_its_range"
            ),
            models.CheckConstraint(
                condition=Q(is_provisional=True) ^ Q(lowest=F("highest")), name="score_provisional_when_open"
            ),
            models.CheckConstraint(
                condition=Q(priority__lte=3, lowest__lte=3, highest__lte=3), name="score_class_is_known"
            ),
            models.CheckConstraint(
                condition=Q(rank_offset__gte=-0.5, rank_offset__lte=0.5), name="score_offset_stays_in_its_class"
            ),
            models.CheckConstraint(
                condition=Q(stability__isnull=True) | Q(stability__gte=0, stability__lte=1),
                name="score_stability_valid",
            ),
            models.CheckConstraint(
                condition=Q(expected_minutes__isnull=True) | Q(expected_minutes__gte=0),
                name="score_expected_minutes_valid",
            ),
            models.CheckConstraint(
                condition=Q(changed_because="")
                | (Q(previous_priority__isnull=False) & ~Q(previous_priority=F("priority"))),
                name="score_reason_only_for_a_change",
            ),
            models.CheckConstraint(condition=Q(probability__gt=0, probability__lte=1), name="score_probability_valid"),
            models.CheckConstraint(
                condition=Q(visit_minutes__gte=15, visit_minutes__lte=90)
                & Q(visit_minutes_lowest__lte=F("visit_minutes"), visit_minutes_highest__gte=F("visit_minutes")),
                name="score_minutes_within_bounds",
            ),
        ]
        # By rank as well: the first page of all England would sort 33,755 scores, and the order costs a run 50 ms.
        indexes = [
            models.Index(
                fields=["-priority", "-rank_offset"], condition=Q(is_current=True), name="score_current_by_urgency"
            )
        ]

    def __str__(self):
        return f"{self.area_id}: {self.get_priority_display()}"

    @property
    def contributing_factors(self) -> list[dict]:
        """Inputs that raise the priority, the decisive ones first, each with value and source."""
        from priorities.explanations import contributing_factors

        return contributing_factors(self)

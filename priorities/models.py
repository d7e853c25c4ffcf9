"""Published DEX models, score runs and the priority of every area with its reasons."""

import uuid
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from lsoa.models import Area, Patch


class PriorityClass(models.IntegerChoices):
    """Classes of the root attribute in file order: a higher number is more urgent."""

    ROUTINE = 0, "Routine"
    STANDARD = 1, "Standard"
    ELEVATED = 2, "Elevated"
    URGENT = 3, "Urgent"


class ModelVersionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=ModelVersion.State.PUBLISHED)


class ModelVersion(models.Model):
    """One version of the decision model: tree and tables (.dxi), thresholds, visit minutes.

    Only a draft can be changed: a trigger (migration 0002) refuses any other change of its content.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    definition = models.TextField(help_text="The model as .dxi.")
    definition_sha256 = models.CharField(max_length=64)
    inputs = models.JSONField(help_text="Input attribute to indicator code.")
    thresholds = models.JSONField(
        default=dict, help_text="Per input: bounds, half-widths, how they were found and from which datasets."
    )
    minutes = models.JSONField(help_text="Visit minutes and review interval per class, and the additions.")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    outdated_at = models.DateTimeField(
        null=True, blank=True, help_text="When data were loaded from which its thresholds would come out differently."
    )
    outdated_because = models.CharField(max_length=300, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="model_version_number_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(state="published"), name="model_one_published_version"
            ),
            # Publication needs two platform administrators.
            models.CheckConstraint(
                condition=~Q(state__in=["published", "retired"])
                | (
                    Q(proposed_by__isnull=False, published_by__isnull=False, published_at__isnull=False)
                    & ~Q(proposed_by=F("published_by"))
                ),
                name="model_published_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="review") | Q(proposed_by__isnull=False), name="model_in_review_names_who_proposed"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(thresholds={}), name="model_beyond_draft_has_thresholds"
            ),
        ]

    def __str__(self):
        return f"{self.name}, version {self.number}"

    @cached_property
    def compiled(self):
        """The parsed model, thresholds and minutes: `priorities.model_versions.CompiledVersion`."""
        from priorities.model_versions import compile_version

        return compile_version(self)


class ScoreRunQuerySet(models.QuerySet):
    def finished(self):
        return self.filter(finished_at__isnull=False)

    def latest_finished(self):
        """The newest run that finished, or None. Only its areas changed then; see PriorityScore.is_current."""
        return self.finished().select_related("model_version", "patch").order_by("-finished_at").first()


class ScoreRun(models.Model):
    """One evaluation of a model version over many areas. It exists only when it succeeded; failures are jobs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="runs")
    patch = models.ForeignKey(Patch, on_delete=models.SET_NULL, null=True, blank=True, help_text="Empty: all areas.")
    job = models.ForeignKey("accounts.Job", on_delete=models.SET_NULL, null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    finished_at = models.DateTimeField(null=True)
    datasets = models.JSONField(default=list, help_text="Ids of the datasets that were read.")
    sources = models.JSONField(
        default=list, help_text="Distinct patterns of origin: per indicator its dataset, or why it has no value."
    )
    area_count = models.PositiveIntegerField(default=0)
    provisional_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(null=True, help_text="Areas whose class differs from before.")
    changes = models.JSONField(default=dict, help_text="Areas that rose, fell, stayed and are new.")
    class_counts = models.JSONField(default=dict, help_text="Class index to number of areas.")
    seconds = models.FloatField(null=True)
    outdated_at = models.DateTimeField(null=True, help_text="When newer data than it has read were loaded.")
    outdated_because = models.CharField(max_length=300, blank=True)

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]

    def __str__(self):
        return f"{self.model_version}, {self.started_at:%d %B %Y %H:%M}"


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
        return self.select_related("area", "run", "run__model_version")

    def most_urgent_first(self):
        """Most urgent class first; inside a class the surest, then the longest visit, then by code."""
        return self.order_by("-priority", "-probability", "-visit_minutes", "area__code")


class PriorityScore(models.Model):
    """The priority of one area in one run, with everything needed to say why.

    Arrays are in pre-order of the model's attributes, or of its inputs where the name says so.
    """

    run = models.ForeignKey(ScoreRun, on_delete=models.CASCADE, related_name="scores", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="scores")
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

    objects = PriorityScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "area__code"]
        constraints = [
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
            models.CheckConstraint(condition=Q(probability__gt=0, probability__lte=1), name="score_probability_valid"),
            models.CheckConstraint(
                condition=Q(visit_minutes__gte=15, visit_minutes__lte=90)
                & Q(visit_minutes_lowest__lte=F("visit_minutes"), visit_minutes_highest__gte=F("visit_minutes")),
                name="score_minutes_within_bounds",
            ),
        ]
        indexes = [models.Index(fields=["priority"], condition=Q(is_current=True), name="score_current_by_class")]

    def __str__(self):
        return f"{self.area_id}: {self.get_priority_display()}"

    @property
    def contributing_factors(self) -> list[dict]:
        """Inputs that raise the priority, the decisive ones first, each with value and source."""
        from priorities.explanations import contributing_factors

        return contributing_factors(self)

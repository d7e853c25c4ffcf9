"""Published DEX models, score runs and the priority of every area with its reasons."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

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
    """One version of the decision model: tree and tables (.dxi), thresholds, visit minutes. Immutable once published."""

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
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="model_version_number_once"),
            models.UniqueConstraint(fields=["name"], condition=Q(state="published"), name="model_one_published_version"),
            # Publication needs two platform administrators.
            models.CheckConstraint(
                condition=~Q(state__in=["published", "retired"])
                | (Q(proposed_by__isnull=False, published_by__isnull=False, published_at__isnull=False)
                   & ~Q(proposed_by=F("published_by"))),
                name="model_published_by_two_people",
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.number}"


class ScoreRunQuerySet(models.QuerySet):
    def finished(self):
        return self.filter(finished_at__isnull=False)


class ScoreRun(models.Model):
    """One evaluation of a model version over many areas."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="runs")
    patch = models.ForeignKey(Patch, on_delete=models.SET_NULL, null=True, blank=True, help_text="Empty: all areas.")
    job = models.ForeignKey("accounts.Job", on_delete=models.SET_NULL, null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    finished_at = models.DateTimeField(null=True)
    datasets = models.JSONField(default=list, help_text="Ids of the datasets that were read.")
    area_count = models.PositiveIntegerField(default=0)
    provisional_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(null=True, help_text="Areas whose class differs from before.")
    class_counts = models.JSONField(default=dict)
    seconds = models.FloatField(null=True)

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]


class PriorityScoreQuerySet(models.QuerySet):
    def current(self):
        """The score in force of each area."""
        return self.filter(is_current=True)

    def in_patch(self, patch):
        return self.filter(area__patches=patch)

    def with_area(self):
        return self.select_related("area")


class PriorityScore(models.Model):
    """The priority of one area in one run, with everything needed to say why."""

    run = models.ForeignKey(ScoreRun, on_delete=models.CASCADE, related_name="scores")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="scores")
    is_current = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(choices=PriorityClass.choices)
    lowest = models.PositiveSmallIntegerField(choices=PriorityClass.choices, help_text="Lowest class still possible.")
    highest = models.PositiveSmallIntegerField(choices=PriorityClass.choices, help_text="Highest class still possible.")
    probability = models.FloatField(help_text="Of the published class, missing inputs being uniform over their classes.")
    is_provisional = models.BooleanField(default=False)
    node_classes = ArrayField(
        models.SmallIntegerField(), help_text="Class of every attribute in pre-order; -1 where not determined."
    )
    node_rules = ArrayField(
        models.SmallIntegerField(), help_text="Rule that fired at every attribute in pre-order; -1 for inputs or none."
    )
    factors = models.JSONField(help_text="Per input: value, class, missing reason, dataset id.")
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
            models.CheckConstraint(condition=Q(probability__gt=0, probability__lte=1), name="score_probability_valid"),
            models.CheckConstraint(
                condition=Q(visit_minutes__gte=15, visit_minutes__lte=90), name="score_minutes_within_bounds"
            ),
        ]
        indexes = [models.Index(fields=["priority"], condition=Q(is_current=True), name="score_current_by_class")]

"""What the API says about scores."""

from rest_framework import serializers

from priorities.explanations import Origins, contributing_factors
from priorities.models import PriorityClass, PriorityScore, ScoreRun
from priorities.presenters import change_json, override_json, priority_tag, review_text
from priorities.services.overrides import LEAST_MINUTES, MOST_MINUTES

REASON_LENGTH = 500


class PrioritySerializer(serializers.ModelSerializer):
    """One score in a list."""

    code = serializers.CharField(source="area.code")
    name = serializers.CharField(source="area.name")
    local_authority = serializers.CharField(source="area.local_authority_name")
    priority_label = serializers.CharField(source="get_priority_display")
    range = serializers.SerializerMethodField()
    run = serializers.UUIDField(source="run_id")
    calculated_at = serializers.DateTimeField(source="run.finished_at")
    model = serializers.CharField(source="run.model_version")

    class Meta:
        model = PriorityScore
        fields = [
            "code", "name", "local_authority", "priority", "priority_label", "previous_priority", "is_provisional",
            "lowest", "highest", "range", "probability", "rank_offset", "class_probabilities", "stability",
            "unmet_need", "visit_minutes", "visit_minutes_lowest", "visit_minutes_highest", "expected_minutes",
            "changed_because", "calculated_at", "model", "run",
        ]  # fmt: skip

    def get_range(self, score) -> str:
        return priority_tag(score).range


class PriorityDetailSerializer(PrioritySerializer):
    """One score with the classes of its components, the rules that fired and the factors that raise it."""

    review = serializers.SerializerMethodField()
    components = serializers.SerializerMethodField()
    contributing_factors = serializers.SerializerMethodField()
    override = serializers.SerializerMethodField(help_text="minutes that your organisation plans instead")

    class Meta(PrioritySerializer.Meta):
        fields = [*PrioritySerializer.Meta.fields, "review", "components", "contributing_factors", "override"]

    def get_override(self, score) -> dict | None:
        return override_json(self.context["override"])

    def get_review(self, score) -> str:
        return review_text(score.run.model_version.minutes["review_hours"][score.priority])

    def get_components(self, score) -> list[dict]:
        model = score.run.model_version.compiled.model
        return [
            {
                "attribute": model.attributes[index].name,
                "class": score.node_classes[index],
                "class_name": model.attributes[index].scale.classes[score.node_classes[index]].name,
                "lowest": score.node_lows[index],
                "highest": score.node_highs[index],
                "rule": None if score.node_rules[index] < 0 else score.node_rules[index],
            }
            for index in model.aggregates
        ]

    def get_contributing_factors(self, score) -> list[dict]:
        return contributing_factors(score, Origins.of([score]))


class PastPrioritySerializer(PrioritySerializer):
    """A score of one run with what changed since the one before it."""

    in_force = serializers.BooleanField(source="is_current")
    change = serializers.SerializerMethodField(help_text="null for the first score of an area")

    class Meta(PrioritySerializer.Meta):
        fields = [*PrioritySerializer.Meta.fields, "in_force", "change"]

    def get_change(self, score) -> dict | None:
        change = self.context["changes"].get(score.pk)
        return change_json(change) if change else None


class MovedScoreSerializer(serializers.ModelSerializer):
    """An area that has another class in the later run."""

    code = serializers.CharField(source="area.code")
    name = serializers.CharField(source="area.name")
    local_authority = serializers.CharField(source="area.local_authority_name")
    before = serializers.IntegerField(source="before_priority")
    before_label = serializers.SerializerMethodField()
    after = serializers.IntegerField(source="priority")
    after_label = serializers.CharField(source="get_priority_display")

    class Meta:
        model = PriorityScore
        fields = ["code", "name", "local_authority", "before", "before_label", "after", "after_label"]

    def get_before_label(self, score) -> str:
        return PriorityClass(score.before_priority).label


class RunSerializer(serializers.ModelSerializer):
    """One calculation. `patch`: areas of one patch only; its name is told to the organisation whose patch it is."""

    model = serializers.CharField(source="model_version")
    model_number = serializers.IntegerField(source="model_version.number")
    is_of_a_patch = serializers.SerializerMethodField()
    patch = serializers.SerializerMethodField()

    class Meta:
        model = ScoreRun
        fields = [
            "id", "model", "model_number", "is_of_a_patch", "patch", "started_at", "finished_at", "seconds",
            "area_count", "provisional_count", "changed_count", "changes", "class_counts", "outdated_at",
            "outdated_because", "datasets",
        ]  # fmt: skip

    def get_is_of_a_patch(self, run) -> bool:
        return run.patch_id is not None

    def get_patch(self, run) -> str | None:
        own = run.patch is not None and run.patch.organisation_id == self.context["organisation_id"]
        return run.patch.slug if own else None


class MinutesSerializer(serializers.Serializer):
    """Minutes that an organisation plans for every visit in an area instead of those of the model."""

    minutes = serializers.IntegerField(min_value=LEAST_MINUTES, max_value=MOST_MINUTES)
    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="Colleagues who plan with it will read it.")


class EndOfMinutesSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=REASON_LENGTH, required=False, default="", allow_blank=True)


class RecalculationSerializer(serializers.Serializer):
    """What to recalculate: nothing named means all areas."""

    patch = serializers.CharField(required=False, help_text="short name of a patch of your organisation")


class RecalculationStartedSerializer(serializers.Serializer):
    job = serializers.UUIDField()
    state = serializers.CharField()
    title = serializers.CharField()

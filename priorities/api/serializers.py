"""What the API says about scores."""

from rest_framework import serializers

from priorities.explanations import Origins, contributing_factors
from priorities.models import PriorityScore
from priorities.presenters import priority_tag, review_text


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
            "lowest", "highest", "range", "probability", "visit_minutes", "visit_minutes_lowest",
            "visit_minutes_highest", "calculated_at", "model", "run",
        ]  # fmt: skip

    def get_range(self, score) -> str:
        return priority_tag(score).range


class PriorityDetailSerializer(PrioritySerializer):
    """One score with the classes of its components, the rules that fired and the factors that raise it."""

    review = serializers.SerializerMethodField()
    components = serializers.SerializerMethodField()
    contributing_factors = serializers.SerializerMethodField()

    class Meta(PrioritySerializer.Meta):
        fields = [*PrioritySerializer.Meta.fields, "review", "components", "contributing_factors"]

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


class RecalculationSerializer(serializers.Serializer):
    """What to recalculate: nothing named means all areas."""

    patch = serializers.CharField(required=False, help_text="short name of a patch of your organisation")


class RecalculationStartedSerializer(serializers.Serializer):
    job = serializers.UUIDField()
    state = serializers.CharField()
    title = serializers.CharField()

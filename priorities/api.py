"""Priorities in the API: `/api/v1/priorities/`."""

import django_filters
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission
from lsoa.models import Area, Patch
from priorities import services
from priorities.explanations import Origins, contributing_factors
from priorities.models import PriorityClass, PriorityScore
from priorities.presenters import explanation_json, explanation_text, priority_tag, review_text

# Core20: the most deprived fifth of areas nationally, IMD deciles 1 and 2 (NHS England).
CORE20_DECILE = 2


class PriorityFilter(django_filters.FilterSet):
    """Filters of the list; the same names as in the addresses of the Explore page."""

    priority = django_filters.MultipleChoiceFilter(choices=PriorityClass.choices, help_text="0 routine to 3 urgent")
    provisional = django_filters.BooleanFilter(field_name="is_provisional")
    changed = django_filters.BooleanFilter(method="by_change", help_text="class differs from before")
    authority = django_filters.CharFilter(field_name="area__local_authority_code", lookup_expr="iexact")
    icb = django_filters.CharFilter(field_name="area__icb_code", lookup_expr="iexact")
    core20 = django_filters.BooleanFilter(method="by_core20")
    patch = django_filters.CharFilter(method="by_patch", help_text="short name of a patch of your organisation")
    sort = django_filters.OrderingFilter(
        fields=[("priority", "priority"), ("visit_minutes", "minutes"), ("area__code", "code")]
    )

    class Meta:
        model = PriorityScore
        fields = []

    def by_change(self, scores, name, value):
        if not value:
            return scores.filter(previous_priority=F("priority"))
        return scores.filter(previous_priority__isnull=False).exclude(previous_priority=F("priority"))

    def by_core20(self, scores, name, value):
        core20 = {"area__profile__values__imd_decile__lte": CORE20_DECILE}
        return scores.filter(**core20) if value else scores.filter(area__profile__values__imd_decile__gt=CORE20_DECILE)

    def by_patch(self, scores, name, value):
        organisation = request_organisation(self.request)
        patch = get_object_or_404(Patch.objects.for_organisation(organisation), slug=value)
        return scores.for_patch(patch)


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


class PriorityViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Priorities in force, by area code."""

    serializer_class = PrioritySerializer
    filterset_class = PriorityFilter
    permission_classes = [HasPermission.of({"recalculate": Permission.RECALCULATE, None: Permission.VIEW_AREAS})]
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z][0-9]{8}"
    queryset = PriorityScore.objects.none()

    def get_queryset(self):
        scores = PriorityScore.objects.with_explanation().defer(
            "area__geometry", "area__centroid", "area__population_centroid"
        )
        return scores if self.action == "history" else scores.current().most_urgent_first()

    def _area(self) -> Area:
        return get_object_or_404(Area.objects.current().defer("geometry"), code=self.kwargs["code"].upper())

    def _score(self) -> PriorityScore:
        score = self.get_queryset().filter(area=self._area()).first()
        if score is None:
            raise exceptions.NotFound("This area has no score yet.")
        return score

    @extend_schema(responses=PriorityDetailSerializer)
    def retrieve(self, request, code):
        return Response(PriorityDetailSerializer(self._score(), context=self.get_serializer_context()).data)

    @extend_schema(responses=PrioritySerializer(many=True))
    @action(detail=True, filterset_class=None)
    def history(self, request, code):
        """Scores of the area in all runs, the newest first."""
        scores = self.get_queryset().filter(area=self._area()).order_by("-run__finished_at")
        page = self.paginate_queryset(scores)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        parameters=[OpenApiParameter("as", str, description="`text` for plain text instead of JSON")],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=True)
    def explain(self, request, code):
        """Why the area has its class: rule by rule, figure by figure, and what would change it."""
        score = self._score()
        if request.query_params.get("as") == "text":
            return HttpResponse(explanation_text(score), content_type="text/plain; charset=utf-8")
        return Response(explanation_json(score))

    @extend_schema(request=RecalculationSerializer, responses={202: RecalculationStartedSerializer})
    @action(detail=False, methods=["post"])
    def recalculate(self, request):
        """Start a recalculation in the background; platform administrators only."""
        wanted = RecalculationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        patch = None
        if slug := wanted.validated_data.get("patch"):
            patch = get_object_or_404(Patch.objects.for_organisation(request_organisation(request)), slug=slug)
        try:
            job = services.start_score_run(by=request.user, patch=patch)
        except services.NothingToScore as refusal:
            raise exceptions.ValidationError(str(refusal)) from None
        started = RecalculationStartedSerializer({"job": job.pk, "state": job.state, "title": job.title})
        return Response(started.data, status=status.HTTP_202_ACCEPTED)


def register(router) -> None:
    """Add this app's routes to the API root."""
    router.register("priorities", PriorityViewSet, basename="priority")

"""Calculations of priorities, and any two of them compared: `/api/v1/priorities/runs/`."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission
from lsoa.models import Patch
from priorities.changes import compare_runs
from priorities.models import ScoreRun
from priorities.presenters import comparison_json

from .serializers import MovedScoreSerializer, RunSerializer


class ComparisonQuestionSerializer(serializers.Serializer):
    """Two runs, and which of the areas that moved are listed."""

    before = serializers.PrimaryKeyRelatedField(queryset=ScoreRun.objects.finished(), pk_field=serializers.UUIDField())
    after = serializers.PrimaryKeyRelatedField(queryset=ScoreRun.objects.finished(), pk_field=serializers.UUIDField())
    patch = serializers.SlugField(required=False, help_text="short name of a patch of your organisation")
    direction = serializers.ChoiceField(choices=["rose", "fell"], required=False, default="")


class ComparisonSerializer(serializers.Serializer):
    """What moved between two runs; `areas_moved` is a page of the areas, the largest steps first."""

    before = RunSerializer()
    after = RunSerializer()
    text = serializers.CharField()
    areas = serializers.IntegerField(help_text="scored in both runs")
    same = serializers.IntegerField()
    rose = serializers.IntegerField()
    fell = serializers.IntegerField()
    only_before = serializers.IntegerField()
    only_after = serializers.IntegerField()
    causes = serializers.DictField(child=serializers.IntegerField())
    moves = serializers.ListField(child=serializers.DictField())
    moved_inputs = serializers.ListField(child=serializers.DictField())
    areas_moved = MovedScoreSerializer(many=True)


class RunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Calculations of priorities, the newest first. Scores are common to all organisations, patches are not."""

    serializer_class = RunSerializer
    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]
    lookup_value_regex = "[0-9a-fA-F-]{36}"
    queryset = ScoreRun.objects.none()

    def get_queryset(self):
        return ScoreRun.objects.finished().select_related("model_version", "patch").order_by("-finished_at")

    def get_serializer_context(self):
        organisation = request_organisation(self.request)
        return super().get_serializer_context() | {"organisation_id": organisation and organisation.pk}

    @extend_schema(
        parameters=[
            ComparisonQuestionSerializer,
            OpenApiParameter("page", int, description="page of the areas that moved"),
        ],
        responses=ComparisonSerializer,
    )
    @action(detail=False)
    def compare(self, request):
        """Which areas have another class in `after` than in `before`, and why."""
        wanted = ComparisonQuestionSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        question, patch = wanted.validated_data, None
        if slug := question.get("patch"):
            patch = get_object_or_404(Patch.objects.for_organisation(request_organisation(request)), slug=slug)
        comparison = compare_runs(question["before"], question["after"], patch=patch)
        moved = comparison.moved_scores(direction=question["direction"]).select_related("area").defer("area__geometry")
        page = self.paginate_queryset(moved)
        answer = self.get_paginated_response(MovedScoreSerializer(page, many=True).data).data
        runs = {name: self.get_serializer(question[name]).data for name in ("before", "after")}
        areas = {"areas_moved": answer.pop("results")}
        return Response({**runs, **comparison_json(comparison), **answer, **areas})

"""Priorities in force: `/api/v1/priorities/`."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission
from lsoa.models import Area, Patch
from priorities import services
from priorities.models import PriorityScore
from priorities.presenters import explanation_json, explanation_text

from .filters import PriorityFilter
from .serializers import (
    PriorityDetailSerializer,
    PrioritySerializer,
    RecalculationSerializer,
    RecalculationStartedSerializer,
)


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

"""Priorities in force: `/api/v1/priorities/`."""

from uuid import UUID

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
from priorities.changes import change_before, changes_over_time
from priorities.explanations import Origins
from priorities.models import PriorityScore, VisitMinutesOverride
from priorities.presenters import explanation_json, explanation_text, override_json

from .filters import PriorityFilter
from .serializers import (
    EndOfMinutesSerializer,
    MinutesSerializer,
    PastPrioritySerializer,
    PriorityDetailSerializer,
    PrioritySerializer,
    RecalculationSerializer,
    RecalculationStartedSerializer,
)

OF_ALL_RUNS = {"history", "explain"}
RIGHTS = {
    None: Permission.VIEW_AREAS,
    "recalculate": Permission.RECALCULATE,
    "set_minutes": Permission.EDIT_PLANS,
    "end_minutes": Permission.EDIT_PLANS,
}


class PriorityViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Priorities in force, by area code."""

    serializer_class = PrioritySerializer
    filterset_class = PriorityFilter
    permission_classes = [HasPermission.of(RIGHTS)]
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z][0-9]{8}"
    queryset = PriorityScore.objects.none()

    def get_queryset(self):
        scores = PriorityScore.objects.with_explanation().defer(
            "area__geometry", "area__centroid", "area__population_centroid"
        )
        return scores if self.action in OF_ALL_RUNS else scores.current().most_urgent_first()

    def _area(self) -> Area:
        return get_object_or_404(Area.objects.current().defer("geometry"), code=self.kwargs["code"].upper())

    def _score(self) -> PriorityScore:
        score = self.get_queryset().current().filter(area=self._area()).first()
        if score is None:
            raise exceptions.NotFound("This area has no score yet.")
        return score

    def _overrides(self):
        return VisitMinutesOverride.objects.for_organisation(request_organisation(self.request)).with_people()

    def _override(self, area: Area) -> VisitMinutesOverride | None:
        return self._overrides().in_force().filter(area=area).first()

    @extend_schema(responses=PriorityDetailSerializer)
    def retrieve(self, request, code):
        score = self._score()
        context = self.get_serializer_context() | {"override": self._override(score.area)}
        return Response(PriorityDetailSerializer(score, context=context).data)

    @extend_schema(responses=PastPrioritySerializer(many=True))
    @action(detail=True, filterset_class=None)
    def history(self, request, code):
        """Scores of the area in all runs, the newest first, each with why its class is another than before."""
        scores = self.get_queryset().filter(area=self._area()).order_by("-run__finished_at")
        page = self.paginate_queryset(scores)
        # The last one of the page has been compared with one that stands on the next.
        before = scores.filter(run__finished_at__lt=page[-1].run.finished_at).first() if page else None
        changes = {change.after.pk: change for change in changes_over_time([*page, *([before] if before else [])])}
        context = self.get_serializer_context() | {"changes": changes}
        return self.get_paginated_response(PastPrioritySerializer(page, many=True, context=context).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("as", str, description="`text` for plain text instead of JSON", enum=["json", "text"]),
            OpenApiParameter("run", UUID, description="a score of that run instead of the one in force"),
        ],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "text/plain"): OpenApiTypes.STR},
    )
    @action(detail=True)
    def explain(self, request, code):
        """Why the area has its class: rule by rule, figure by figure, what would change it, and what changed it."""
        form = _one_of(request, "as", ("json", "text"))
        score = self._score_of_run(request.query_params["run"]) if "run" in request.query_params else self._score()
        origins = Origins.of([score], compare=True)
        extras = {"override": self._override(score.area), "change": change_before(score)}
        if form == "text":
            return HttpResponse(explanation_text(score, origins, **extras), content_type="text/plain; charset=utf-8")
        return Response(explanation_json(score, origins, **extras))

    def _score_of_run(self, run: str) -> PriorityScore:
        try:
            wanted = UUID(run)
        except ValueError:
            raise exceptions.ValidationError({"run": f"Give the id of a run; {run!r} is none."}) from None
        return get_object_or_404(self.get_queryset(), area=self._area(), run_id=wanted)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, filterset_class=None)
    def minutes(self, request, code):
        """Minutes that your organisation plans for visits in the area instead of those of the model, and planned."""
        area = self._area()
        overrides = self._overrides().filter(area=area)
        return Response({
            "in_force": override_json(overrides.in_force().first()),
            "ended": [override_json(each) for each in overrides.filter(ended_at__isnull=False)],
        })  # fmt: skip

    @extend_schema(request=MinutesSerializer, responses={201: OpenApiTypes.OBJECT})
    @minutes.mapping.post
    def set_minutes(self, request, code):
        """Plan other minutes from now on, with a reason."""
        wanted = MinutesSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        organisation = request_organisation(request)
        try:
            override = services.set_minutes(
                area=self._area(), organisation=organisation, by=request.user, **wanted.validated_data
            )
        except services.MinutesRefused as refusal:
            raise exceptions.ValidationError({refusal.field or "non_field_errors": str(refusal)}) from None
        return Response(override_json(override), status=status.HTTP_201_CREATED)

    @extend_schema(request=EndOfMinutesSerializer, responses=OpenApiTypes.OBJECT)
    @minutes.mapping.delete
    def end_minutes(self, request, code):
        """Plan with the minutes of the model again."""
        wanted = EndOfMinutesSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        override = self._override(self._area())
        if override is None:
            raise exceptions.NotFound("Your organisation has set no minutes of its own for this area.")
        ended = services.end_minutes(override=override, by=request.user, **wanted.validated_data)
        return Response(override_json(ended))

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


def _one_of(request, name: str, known: tuple[str, ...]) -> str:
    """A parameter that may take one of a few words, the first where it is not given."""
    found = request.query_params.get(name, known[0])
    if found not in known:
        raise exceptions.ValidationError({name: f"Expected {' or '.join(known)}; found {found!r}."})
    return found

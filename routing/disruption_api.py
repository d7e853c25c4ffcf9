"""REST: what happened to a published plan, the change proposed for it, and whether it is used."""

from uuid import UUID

from django.core.exceptions import ValidationError as ServiceError
from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from . import services
from .api_plans import Choice
from .models import Disruption, RoutePlan, Skill, StaffMember, Visit
from .visit_files import MINUTES

Kind = Disruption.Kind
CONFLICT = OpenApiResponse(description="Not in that state, or the plan has changed since.")
PARENT = OpenApiParameter("plan_pk", OpenApiTypes.UUID, OpenApiParameter.PATH)


class DisruptionConflict(APIException):
    """What was asked does not fit the state of the plan, or of what happened."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "Conflict."
    default_code = "conflict"


class JobOfDisruption(serializers.Serializer):
    """How the search goes."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    progress = serializers.IntegerField(help_text="Percent.")
    message = serializers.CharField()


class DisruptionSerializer(serializers.ModelSerializer):
    """`answer`: `alternatives` with people, visits moved, visits left out, figures and the whole plan; seconds of the
    plan's day.
    """

    staff = serializers.CharField(source="staff.reference", allow_null=True, default=None)
    visit = serializers.CharField(source="visit.reference", allow_null=True, default=None)
    job = JobOfDisruption(read_only=True, allow_null=True)

    class Meta:
        model = Disruption
        fields = [
            *("id", "plan", "kind", "at", "staff", "visit", "minutes", "state", "based_on", "note"),
            *("made_at", "settled_at", "job", "answer"),
        ]


class NewVisitSerializer(serializers.Serializer):
    """An urgent visit: a place in England, by postcode or by area."""

    postcode = serializers.CharField(max_length=10, required=False, default="", allow_blank=True)
    area_code = serializers.CharField(max_length=9, required=False, default="", allow_blank=True)
    minutes = serializers.IntegerField(min_value=MINUTES[0], max_value=MINUTES[1])
    tier = serializers.IntegerField(min_value=1, max_value=4, required=False, default=None, allow_null=True)
    skills = serializers.ListField(child=serializers.SlugField(), required=False, default=list, max_length=20)
    window = serializers.ListField(
        child=serializers.DateTimeField(), min_length=2, max_length=2, required=False, default=None, allow_null=True
    )

    def to_internal_value(self, data):
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else ()
        if unknown:
            raise ValidationError({name: ["Not known. A place is a postcode or an area code."] for name in unknown})
        return super().to_internal_value(data)


class NewDisruptionSerializer(serializers.Serializer):
    """`staff` for sick and late, `visit` (references) for overrun, no_access and an open urgent visit; `new_visit` for
    one that is not known yet.
    """

    kind = Choice(choices=Kind.choices)
    at = serializers.DateTimeField(help_text="Of the plan's day.")
    staff = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    visit = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    minutes = serializers.IntegerField(required=False, default=None, allow_null=True)
    new_visit = NewVisitSerializer(required=False, default=None, allow_null=True)

    def said(self, plan) -> dict:
        """What `report_disruption` takes. ValidationError for references that are not the organisation's."""
        data = dict(self.validated_data)
        data["staff"] = self._found("staff", StaffMember, plan, team=plan.team)
        data["visit"] = self._found("visit", Visit, plan, team=plan.team, day=plan.day)
        if data["new_visit"] is not None:
            data["new_visit"] = _new_visit(data["new_visit"], plan)
        return data

    def _found(self, name, model, plan, **within):
        reference = self.validated_data[name]
        if not reference:
            return None
        found = model.objects.for_organisation(plan.organisation).filter(reference=reference, **within).first()
        if found is None:
            raise ValidationError({name: [f"{reference} is not known."]})
        return found


def _new_visit(data, plan) -> services.NewVisit:
    skills = {skill.code: skill for skill in Skill.objects.for_organisation(plan.organisation)}
    unknown = sorted(set(data["skills"]) - set(skills))
    if unknown:
        raise ValidationError({"new_visit": {"skills": [f"Unknown: {', '.join(unknown)}."]}})
    return services.NewVisit(
        minutes=data["minutes"],
        postcode=data["postcode"],
        area_code=data["area_code"],
        tier=data["tier"],
        skills=tuple(skills[code] for code in data["skills"]),
        window=data["window"] and tuple(data["window"]),
    )


class UseSerializer(serializers.Serializer):
    alternative = Choice(choices=["few", "best"], default="few")
    absent = serializers.BooleanField(default=False, help_text="Put whoever is sick down as absent for the day.")


@extend_schema(parameters=[PARENT])
class DisruptionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What happened to one published plan."""

    permission_classes = [
        HasPermission.of(
            {
                None: Permission.VIEW_PLANS,
                "create": Permission.EDIT_PLANS,
                "apply": Permission.EDIT_PLANS,
                "discard": Permission.EDIT_PLANS,
                "again": Permission.EDIT_PLANS,
            }
        )
    ]
    queryset = Disruption.objects.none()
    serializer_class = DisruptionSerializer
    filter_backends = []

    def get_queryset(self):
        found = Disruption.objects.for_organisation(request_organisation(self.request)).filter(plan=self._plan_id())
        services.settle_interrupted_disruptions(disruptions=found)
        return found.select_related("plan__team", "plan__organisation", "staff", "visit", "job")

    def _plan_id(self) -> UUID:
        return UUID(self.kwargs["plan_pk"])

    def _plan(self) -> RoutePlan:
        plans = RoutePlan.objects.for_organisation(request_organisation(self.request)).with_team()
        return get_object_or_404(plans, pk=self._plan_id())

    def list(self, request, *args, **kwargs):
        self._plan()
        return super().list(request, *args, **kwargs)

    @extend_schema(request=NewDisruptionSerializer, responses={202: DisruptionSerializer, 409: CONFLICT})
    def create(self, request, plan_pk=None):
        """Say what happened. The change is worked out in the background: ask again to see it."""
        plan = self._plan()
        asked = NewDisruptionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = self._done(services.report_disruption, plan=plan, **asked.said(plan))
        return self._answer(found, status.HTTP_202_ACCEPTED)

    @extend_schema(request=UseSerializer, responses={200: DisruptionSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def apply(self, request, plan_pk=None, pk=None):
        """Use the change: the plan is mended, and people whose round changes are told."""
        found = self.get_object()
        asked = UseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        self._done(services.apply_disruption, disruption=found, **asked.validated_data)
        return self._answer(found)

    @extend_schema(request=None, responses={200: DisruptionSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def discard(self, request, plan_pk=None, pk=None):
        """Leave the plan as it is."""
        found = self.get_object()
        self._done(services.discard_disruption, disruption=found)
        return self._answer(found)

    @extend_schema(request=None, responses={202: DisruptionSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def again(self, request, plan_pk=None, pk=None):
        """Work it out again for the plan as it is now."""
        found = self.get_object()
        self._done(services.work_out_again, disruption=found)
        return self._answer(found, status.HTTP_202_ACCEPTED)

    def _done(self, service, **values):
        try:
            with transaction.atomic():
                return service(by=self.request.user, **values)
        except services.PlanStateError as error:
            raise DisruptionConflict(error.messages[0]) from error
        except ServiceError as error:
            told = error.message_dict if hasattr(error, "error_dict") else {"detail": error.messages}
            raise ValidationError(told) from error

    def _answer(self, found, code=status.HTTP_200_OK) -> Response:
        return Response(DisruptionSerializer(self.get_queryset().get(pk=found.pk)).data, status=code)


def register(router):
    """Adds the disruptions of a plan to the API root."""
    uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    router.register(
        rf"route-plans/(?P<plan_pk>{uuid})/disruptions", DisruptionViewSet, basename="route-plan-disruption"
    )

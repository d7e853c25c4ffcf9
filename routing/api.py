"""REST: route plans and the stops of a person's day. The same permissions and services as the pages."""

from django.db import transaction
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from . import equity_api, services
from .models import RouteAssignment, RoutePlan, RouteStop, Team


class Conflict(APIException):
    """What was asked does not fit the state of the plan."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "Conflict."
    default_code = "conflict"


class JobSummary(serializers.Serializer):
    """How the optimisation goes."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    progress = serializers.IntegerField(help_text="Percent.")
    message = serializers.CharField()


class RoutePlanListSerializer(serializers.ModelSerializer):
    team_name = serializers.CharField(source="team.name", read_only=True)
    visit_count = serializers.IntegerField(read_only=True)
    unserved_count = serializers.IntegerField(read_only=True)
    tier_one_unserved = serializers.IntegerField(read_only=True)

    class Meta:
        model = RoutePlan
        fields = [
            *("id", "name", "day", "team", "team_name", "state", "created_at", "optimised_at", "approved_at"),
            *("visit_count", "unserved_count", "tier_one_unserved"),
        ]


class AssignmentSerializer(serializers.ModelSerializer):
    staff = serializers.CharField(source="staff.reference")
    staff_name = serializers.CharField(source="staff.display_name")

    class Meta:
        model = RouteAssignment
        fields = [
            *("id", "staff", "staff_name", "departs_at", "returns_at"),
            *("travel_seconds", "travel_metres", "service_seconds"),
        ]


class UnservedSerializer(serializers.Serializer):
    visit = serializers.CharField(source="visit.reference")
    tier = serializers.IntegerField(source="visit.tier")
    reason = serializers.CharField()
    detail = serializers.CharField()


class RoutePlanSerializer(RoutePlanListSerializer):
    job = JobSummary(read_only=True, allow_null=True)
    assignments = AssignmentSerializer(many=True, read_only=True)
    unserved = UnservedSerializer(many=True, read_only=True)

    class Meta(RoutePlanListSerializer.Meta):
        fields = [
            *RoutePlanListSerializer.Meta.fields,
            *("seconds_allowed", "engine", "outcome_note", "is_travel_estimated", "travel", "cost", "equity", "trace"),
            *("intake", "decision_reason", "job", "assignments", "unserved"),
        ]


class NewPlanSerializer(serializers.Serializer):
    """A draft with visits from priorities."""

    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.none())
    day = serializers.DateField()
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    count = serializers.IntegerField(min_value=1, max_value=services.MAX_VISITS, help_text="How many visits at most.")
    seconds = serializers.IntegerField(min_value=1, max_value=600, default=30, help_text="Time to search.")

    def __init__(self, *args, organisation=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.for_organisation(organisation)

    def validate_day(self, day):
        services.check_day(day)
        return day


class StopSerializer(serializers.ModelSerializer):
    """`visit` is null for the break."""

    visit = serializers.CharField(source="visit.reference", allow_null=True, default=None)
    tier = serializers.IntegerField(source="visit.tier", allow_null=True, default=None)
    area = serializers.CharField(source="visit.area.code", allow_null=True, default=None)
    longitude = serializers.FloatField(source="visit.point.x", allow_null=True, default=None)
    latitude = serializers.FloatField(source="visit.point.y", allow_null=True, default=None)

    class Meta:
        model = RouteStop
        fields = [
            *("sequence", "visit", "tier", "area", "longitude", "latitude"),
            *("arrives_at", "starts_at", "leaves_at", "travel_seconds", "travel_metres", "is_travel_estimated"),
        ]


class RoutePlanFilter(filters.FilterSet):
    class Meta:
        model = RoutePlan
        fields = {"state": ["exact"], "day": ["exact", "gte", "lte"], "team": ["exact"]}


class RoutePlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Visit plans of the organisation."""

    permission_classes = [
        HasPermission.of(
            {
                None: Permission.VIEW_PLANS,
                "create": Permission.EDIT_PLANS,
                "optimize": Permission.OPTIMISE_PLANS,
                "approve": Permission.APPROVE_PLANS,
                "reject": Permission.APPROVE_PLANS,
            }
        )
    ]
    filterset_class = RoutePlanFilter
    queryset = RoutePlan.objects.none()

    def get_queryset(self):
        plans = RoutePlan.objects.for_organisation(request_organisation(self.request))
        if self.action != "list":
            services.settle_interrupted_plans(plans=plans.filter(pk=self.kwargs.get("pk")))
            plans = plans.prefetch_related("assignments__staff", "unserved__visit")
        return plans.with_team().with_counts()

    def get_serializer_class(self):
        return RoutePlanListSerializer if self.action == "list" else RoutePlanSerializer

    @extend_schema(request=NewPlanSerializer, responses={201: RoutePlanSerializer})
    def create(self, request):
        asked = NewPlanSerializer(data=request.data, organisation=request_organisation(request))
        asked.is_valid(raise_exception=True)
        plan = services.plan_from_priorities(by=request.user, **asked.validated_data)
        return self._answer(plan, status.HTTP_201_CREATED)

    @extend_schema(
        request=None, responses={202: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")}
    )
    @action(detail=True, methods=["post"])
    def optimize(self, request, pk=None):
        """Queue the optimisation; ask the plan again to see how its job goes."""
        plan = self._changed(services.optimise_plan)
        return self._answer(plan, status.HTTP_202_ACCEPTED)

    @extend_schema(
        request=inline_serializer("Approval", {"reason": serializers.CharField(required=False)}),
        responses={200: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")},
    )
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        """Approve the proposal. A reason is needed while tier-1 visits are unserved."""
        return self._answer(self._changed(services.approve_plan, reason=self._reason()))

    @extend_schema(
        request=inline_serializer("Rejection", {"reason": serializers.CharField()}),
        responses={200: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")},
    )
    @action(detail=True, methods=["post"])
    def reject(self, request, pk=None):
        """Reject the proposal, with a reason."""
        return self._answer(self._changed(services.reject_plan, reason=self._reason()))

    def _reason(self) -> str:
        reason = self.request.data.get("reason", "")
        if not isinstance(reason, str):
            raise ValidationError({"reason": ["A text is expected."]})
        try:
            return serializers.CharField(allow_blank=True, max_length=services.MOST_OF_A_REASON).run_validation(reason)
        except ValidationError as error:
            raise ValidationError({"reason": error.detail}) from None

    def _changed(self, service, **values) -> RoutePlan:
        plan = self.get_object()
        try:
            with transaction.atomic():
                return service(plan=plan, by=self.request.user, **values)
        except services.ReasonNeeded as error:
            raise ValidationError({"reason": error.messages}) from error
        except services.PlanStateError as error:
            raise Conflict(error.messages[0]) from error

    def _answer(self, plan, code=status.HTTP_200_OK) -> Response:
        self.kwargs["pk"] = plan.pk
        return Response(RoutePlanSerializer(self.get_queryset().get(pk=plan.pk)).data, status=code)


class AssignmentViewSet(viewsets.GenericViewSet):
    """One person's day in a plan."""

    permission_classes = [HasPermission.of(Permission.VIEW_PLANS)]
    queryset = RouteAssignment.objects.none()
    serializer_class = StopSerializer
    pagination_class = None
    filter_backends = []

    def get_queryset(self):
        return RouteAssignment.objects.for_organisation(request_organisation(self.request)).select_related("plan")

    @extend_schema(responses=StopSerializer(many=True))
    @action(detail=True, methods=["get"])
    def stops(self, request, pk=None):
        """Stops in order, the break among them."""
        stops = self.get_object().stops.select_related("visit__area").defer("visit__area__geometry")
        return Response(StopSerializer(stops, many=True).data)


def register(router):
    """Adds this app's routes to the API root."""
    router.register("route-plans", RoutePlanViewSet, basename="route-plan")
    router.register("assignments", AssignmentViewSet, basename="assignment")
    equity_api.register(router)

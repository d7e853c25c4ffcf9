"""REST: route plans and the stops of a person's day. The same permissions and services as the pages."""

from django.db import transaction
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from accounts import preconditions
from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from . import disruption_api, equity_api, services
from .api_plans import Choice
from .models import PlanState, RouteAssignment, RoutePlan, RouteStop, Team, UnservedVisit


class Conflict(APIException):
    """What was asked does not fit the state of the plan."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "Conflict."
    default_code = "conflict"


IF_MATCH = preconditions.if_match()


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
    decision = serializers.CharField(help_text="deferred, handed_over, not_needed or other; blank: none was needed.")
    decision_reason = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    deferred_to = serializers.DateField(allow_null=True)


class TypedText(serializers.CharField):
    """A text; a number is none, though it could be written as one."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            raise ValidationError("A text is expected.")
        return super().to_internal_value(data)


class VisitDecisionSerializer(serializers.Serializer):
    """What an approver decides about one visit left out, or about all of them (without `visit`)."""

    decision = Choice(choices=UnservedVisit.Decision.choices)
    reason = TypedText(max_length=services.MOST_OF_A_DECISION)
    deferred_to = serializers.DateField(required=False, allow_null=True, default=None)

    def deferral(self, data) -> services.Deferral:
        return services.Deferral(data["decision"], data["reason"], data["deferred_to"])


class NamedDecisionSerializer(VisitDecisionSerializer):
    visit = serializers.CharField(max_length=40, help_text="Reference of a visit that the plan leaves out.")


class ApprovalSerializer(serializers.Serializer):
    """`reason` alone holds for every visit left out that needs a decision; so does `for_all`."""

    reason = TypedText(required=False, allow_blank=True, default="", max_length=services.MOST_OF_A_REASON)
    decisions = NamedDecisionSerializer(many=True, required=False, default=list)
    for_all = VisitDecisionSerializer(required=False, default=None, allow_null=True)

    def validate_decisions(self, decisions):
        names = [each["visit"] for each in decisions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValidationError(f"{', '.join(twice)}: decided more than once.")
        return decisions

    @property
    def values(self) -> dict:
        """As `services.approve_plan` takes them."""
        data, tell = self.validated_data, VisitDecisionSerializer().deferral
        return {
            "reason": data["reason"],
            "decisions": {each["visit"]: tell(each) for each in data["decisions"]},
            "for_all": data["for_all"] and tell(data["for_all"]),
        }


class RoutePlanSerializer(RoutePlanListSerializer):
    job = JobSummary(read_only=True, allow_null=True)
    assignments = AssignmentSerializer(many=True, read_only=True)
    unserved = UnservedSerializer(many=True, read_only=True)

    class Meta(RoutePlanListSerializer.Meta):
        fields = [
            *RoutePlanListSerializer.Meta.fields,
            *("seconds_allowed", "engine", "outcome_note", "is_travel_estimated", "travel", "cost", "equity", "trace"),
            *("intake", "decision_reason", "job", "assignments", "unserved"),
            *("version", "scenario_of", "published_at", "started_at", "closed_at", "returned_reason"),
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
    """Visit plans of the organisation. What changes one takes `If-Match` with the ETag of the plan as it was seen."""

    permission_classes = [
        HasPermission.of(
            {
                None: Permission.VIEW_PLANS,
                "create": Permission.EDIT_PLANS,
                "optimize": Permission.OPTIMISE_PLANS,
                "approve": Permission.APPROVE_PLANS,
                "reject": Permission.APPROVE_PLANS,
                "reopen": Permission.APPROVE_PLANS,
                "publish": Permission.PUBLISH_PLANS,
                "withdraw": Permission.PUBLISH_PLANS,
                "close": Permission.PUBLISH_PLANS,
            }
        )
    ]
    filterset_class = RoutePlanFilter
    queryset = RoutePlan.objects.none()

    def get_queryset(self):
        plans = RoutePlan.objects.for_organisation(request_organisation(self.request))
        if self.action != "list":
            services.settle_interrupted_plans(plans=plans.filter(pk=self.kwargs.get("pk")))
            return plans.prefetch_related("assignments__staff", "unserved__visit").with_team().with_counts()
        return plans.listed().with_counts()

    def get_serializer_class(self):
        return RoutePlanListSerializer if self.action == "list" else RoutePlanSerializer

    def retrieve(self, request, *args, **kwargs):
        return self._with_etag(super().retrieve(request, *args, **kwargs))

    @extend_schema(request=NewPlanSerializer, responses={201: RoutePlanSerializer})
    def create(self, request):
        asked = NewPlanSerializer(data=request.data, organisation=request_organisation(request))
        asked.is_valid(raise_exception=True)
        plan = services.plan_from_priorities(by=request.user, **asked.validated_data)
        return self._answer(plan, status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[IF_MATCH],
        request=None,
        responses={202: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")},
    )
    @action(detail=True, methods=["post"])
    def optimize(self, request, pk=None):
        """Queue the optimisation; ask the plan again to see how its job goes."""
        plan = self._changed(services.optimise_plan)
        return self._answer(plan, status.HTTP_202_ACCEPTED)

    @extend_schema(
        parameters=[IF_MATCH],
        request=ApprovalSerializer,
        responses={
            200: RoutePlanSerializer,
            409: OpenApiResponse(description="Not in that state, or it does not hold."),
        },
    )
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        """Approve the proposal. A decision is needed on every tier-1 or overdue visit that it leaves out."""
        asked = ApprovalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return self._answer(self._changed(services.approve_plan, **asked.values))

    @extend_schema(
        parameters=[IF_MATCH],
        request=inline_serializer("Rejection", {"reason": serializers.CharField()}),
        responses={200: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")},
    )
    @action(detail=True, methods=["post"])
    def reject(self, request, pk=None):
        """Reject the proposal, with a reason."""
        return self._answer(self._changed(services.reject_plan, reason=self._reason()))

    @extend_schema(
        parameters=[IF_MATCH],
        request=None,
        responses={
            200: RoutePlanSerializer,
            409: OpenApiResponse(description="Not in that state, or it does not hold."),
        },
    )
    @action(detail=True, methods=["post"])
    def publish(self, request, pk=None):
        """Publish an approved plan: field staff see their rounds."""
        return self._answer(self._changed(services.publish_plan))

    @extend_schema(
        parameters=[IF_MATCH],
        request=inline_serializer("Withdrawal", {"reason": serializers.CharField()}),
        responses={200: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")},
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        """Take a publication back before anybody has set off, with a reason."""
        return self._answer(self._changed(services.withdraw_publication, reason=self._reason()))

    @extend_schema(
        parameters=[IF_MATCH],
        request=inline_serializer("Reopening", {"reason": serializers.CharField()}),
        responses={200: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")},
    )
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None):
        """Take an approval back, with a reason: the plan is a proposal again."""
        return self._answer(self._changed(services.reopen_plan, reason=self._reason()))

    @extend_schema(
        parameters=[IF_MATCH],
        request=None,
        responses={200: RoutePlanSerializer, 409: OpenApiResponse(description="Not in that state.")},
    )
    @action(detail=True, methods=["post"])
    def close(self, request, pk=None):
        """Close a published plan: what was not done is open again."""
        return self._answer(self._changed(services.close_plan))

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
                self._check_if_match(plan)
                return service(plan=plan, by=self.request.user, **values)
        except services.ReasonNeeded as error:
            raise ValidationError({"reason": error.messages}) from error
        except services.PlanStateError as error:
            raise Conflict(" ".join(error.messages)) from error

    def _check_if_match(self, plan):
        if preconditions.is_conditional(self.request):
            # Whoever changes a plan holds it.
            services.locked(plan)
            preconditions.check(self.request, _what_counts(self._told(plan)))

    def _told(self, plan) -> dict:
        return RoutePlanSerializer(self.get_queryset().get(pk=plan.pk)).data

    def _answer(self, plan, code=status.HTTP_200_OK) -> Response:
        self.kwargs["pk"] = plan.pk
        return self._with_etag(Response(self._told(plan), status=code))

    def _with_etag(self, response) -> Response:
        response["ETag"] = preconditions.etag_of(_what_counts(response.data))
        return response


def _what_counts(told) -> dict:
    """What makes a plan another one. The job of a search that is over settles by itself, a moment after its plan."""
    return told if told["state"] == PlanState.OPTIMISING else {**told, "job": None}


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
    disruption_api.register(router)
    equity_api.register(router)

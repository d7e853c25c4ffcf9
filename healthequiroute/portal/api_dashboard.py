"""Figures of a patch and a period, heat map and inequality in the API: `/api/v1/dashboard/`, `/api/v1/inequality/`."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.access import HasPermission, allowed, request_organisation
from accounts.permissions import Permission

from .dashboard import Span, WholeWeeks, dashboard, heat_map
from .dashboard.answers import coverage_answer, heat_answer, summary_answer
from .dashboard.heatmap import HeatBy
from .inequality_answers import inequality_answer
from .inequality_reading import URGENT, inequality_of, measured_by
from .query import PriorityQuery
from .selection import Selection

PATCH = OpenApiParameter("patch", str, description="Short name of a patch of your organisation, or `all`.")
WEEKS = [
    PATCH,
    OpenApiParameter("period", enum=[span.value for span in Span], description="Left out: four-weeks."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="A day of the last week. Left out: this week."),
]
FILTERS = [
    PATCH,
    OpenApiParameter("priority", int, many=True, description="0 routine to 3 urgent; several may be named."),
    OpenApiParameter("core20", bool, description="1: only the most deprived fifth of areas."),
    OpenApiParameter("authority", str, many=True, description="Codes of local authorities."),
    OpenApiParameter("range", str, many=True, description="Bounds of a figure, e.g. `imd_score:40:`."),
]


class CountSerializer(serializers.Serializer):
    """A number of visits under the small-number rule."""

    count = serializers.IntegerField(allow_null=True, help_text="0 or a multiple of 5; null: not told.")
    suppressed = serializers.CharField(allow_null=True, help_text="`small_number_rule`, or null.")


class PeriodSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[span.value for span in Span])
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class VisitsSerializer(serializers.Serializer):
    due = CountSerializer()
    planned = CountSerializer()
    done = CountSerializer(allow_null=True, help_text="Over closed plans; null before any is closed.")
    left_out = CountSerializer()
    plans = serializers.IntegerField()
    closed_plans = serializers.IntegerField()
    days_waited_core20 = serializers.FloatField(allow_null=True)
    days_waited_elsewhere = serializers.FloatField(allow_null=True)


class WeekSerializer(serializers.Serializer):
    first_day = serializers.DateField()
    due = CountSerializer()
    planned = CountSerializer()


class SummarySerializer(serializers.Serializer):
    place = serializers.CharField()
    patch = serializers.CharField(allow_null=True)
    period = PeriodSerializer()
    areas = serializers.DictField(help_text="Areas by class, Core20, moved since the calculation before.")
    freshness = serializers.DictField()
    visits = VisitsSerializer(allow_null=True, help_text="Null without the right to see plans, and without a team.")
    visits_before = VisitsSerializer(allow_null=True, help_text="The same over as many weeks before.")
    urgent_areas_not_reached = serializers.IntegerField(allow_null=True)
    weeks = WeekSerializer(many=True)


class CoverageGroupSerializer(serializers.Serializer):
    areas = serializers.IntegerField()
    areas_reached = serializers.IntegerField()
    visits_due = CountSerializer()
    visits_planned = CountSerializer()
    share_planned = serializers.FloatField(allow_null=True)


class CoverageSerializer(serializers.Serializer):
    place = serializers.CharField()
    period = PeriodSerializer()
    core20 = CoverageGroupSerializer()
    elsewhere = CoverageGroupSerializer()
    gap = serializers.FloatField(allow_null=True, help_text="Share planned in Core20 less that elsewhere.")


class HeatRowSerializer(serializers.Serializer):
    key = serializers.CharField(allow_null=True)
    label = serializers.CharField()
    areas = serializers.DictField(child=serializers.IntegerField(), help_text="Areas by class, `0` to `3`.")
    unscored = serializers.IntegerField()
    total = serializers.IntegerField()


class HeatMapSerializer(serializers.Serializer):
    by = serializers.ChoiceField(choices=[by.value for by in HeatBy])
    rows = HeatRowSerializer(many=True)
    left_out = serializers.IntegerField()


HIDDEN = {"count": None, "suppressed": "small_number_rule"}
TEN, FORTY = {"count": 10, "suppressed": None}, {"count": 40, "suppressed": None}
COVERAGE_EXAMPLE = {
    "place": "Aldermoor",
    "period": {"kind": "four-weeks", "first_day": "2026-10-26", "last_day": "2026-11-22"},
    "core20": {"areas": 240, "areas_reached": 31, "visits_due": FORTY, "visits_planned": FORTY, "share_planned": 1.0},
    "elsewhere": {"areas": 960, "areas_reached": 9, "visits_due": TEN, "visits_planned": HIDDEN, "share_planned": None},
    "gap": None,
}
HEAT_EXAMPLE = {
    "by": "decile",
    "rows": [{"key": "1", "label": "1 most deprived", "areas": {"0": 0, "1": 3, "2": 40, "3": 77}, "unscored": 0,
              "total": 120}],
    "left_out": 0,
}  # fmt: skip


class DashboardViewSet(viewsets.ViewSet):
    """The figures of a patch and of whole weeks. Numbers of visits stand under the small-number rule."""

    permission_classes = [
        HasPermission.of({"equity_coverage": Permission.VIEW_PLANS, None: Permission.VIEW_AREAS}),
    ]

    @extend_schema(parameters=WEEKS, responses=SummarySerializer)
    @action(detail=False)
    def summary(self, request):
        """Areas, visits and data with what they were before; as on the page Figures."""
        return Response(summary_answer(_dashboard(request)))

    @extend_schema(
        parameters=WEEKS,
        responses=CoverageSerializer,
        examples=[OpenApiExample("Four weeks", COVERAGE_EXAMPLE, response_only=True)],
    )
    @action(detail=False, url_path="equity-coverage", url_name="equity-coverage")
    def equity_coverage(self, request):
        """How far the most deprived fifth of areas is reached, against the rest of the patch."""
        return Response(coverage_answer(_dashboard(request)))

    @extend_schema(
        parameters=[
            *FILTERS,
            OpenApiParameter("by", enum=[by.value for by in HeatBy], description="Left out: decile."),
        ],
        responses=HeatMapSerializer,
        examples=[OpenApiExample("By deprivation", HEAT_EXAMPLE, response_only=True)],
    )
    @action(detail=False, url_path="priority-heatmap", url_name="priority-heatmap")
    def priority_heatmap(self, request):
        """How many areas have which class, by deprivation decile or local authority."""
        by = request.query_params.get("by") or HeatBy.DECILE
        if by not in HeatBy.__members__.values():
            raise exceptions.ValidationError({"by": ["Choose decile or authority."]})
        return Response(heat_answer(heat_map(_selection(request), HeatBy(by))))


class InequalityViewSet(viewsets.ViewSet):
    """How unequal a figure is along deprivation, over the areas that pass the filters."""

    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]

    @extend_schema(
        parameters=[
            *FILTERS,
            OpenApiParameter(
                "indicator", str, description=f"Code of a rate, score or number; left out: `{URGENT}`, residents of "
                "urgent areas in per cent."
            ),
        ],
        responses={200: OpenApiTypes.OBJECT},
        examples=[OpenApiExample("Slope", {"indicator": "urgent", "unit": "%", "areas": 1200, "missing": 0,
            "slope": {"most": 41.2, "least": -3.1, "sii": -44.3, "low": -47.9, "high": -40.7, "rii": None,
                      "rii_low": None, "rii_high": None}}, response_only=True)],
    )  # fmt: skip
    def list(self, request):
        """Mean by fifth with intervals, slope and relative index of inequality, concentration curve and index."""
        code = request.query_params.get("indicator") or URGENT
        measured = measured_by(code)
        if measured is None:
            raise exceptions.ValidationError({"indicator": [f"“{code[:60]}” is no figure that has a mean."]})
        return Response(inequality_answer(inequality_of(_selection(request), measured)))


def _selection(request) -> Selection:
    query = PriorityQuery.from_querydict(request.query_params)
    if query.problems:
        raise exceptions.ValidationError({"query": list(query.problems)})
    return Selection(query, request_organisation(request))


def _dashboard(request):
    organisation = request_organisation(request)
    period = request.query_params.get("period") or Span.FOUR_WEEKS
    if period not in Span.__members__.values():
        raise exceptions.ValidationError({"period": ["Choose week, four-weeks or quarter."]})
    weeks = WholeWeeks.from_querydict(request.query_params)
    if (day := request.query_params.get("to", "")) and not weeks.first_day.isoformat() <= day <= str(weeks.last_day):
        raise exceptions.ValidationError({"to": ["Enter a day that exists, such as 2026-11-23."]})
    selection = Selection(PriorityQuery(patch=_selection(request).query.patch), organisation)
    return dashboard(selection, weeks, with_visits=allowed(request.user, Permission.VIEW_PLANS, organisation))


def register(router) -> None:
    """Add the routes of this module to the API's router."""
    router.register("dashboard", DashboardViewSet, basename="dashboard-api")
    router.register("inequality", InequalityViewSet, basename="inequality")

"""Forecasts in the API: what is expected of published activity, and the models behind it, at `/api/v1/ml/`."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.access import HasPermission
from accounts.permissions import Permission
from insights.forecast_answers import forecast_json, performance_json
from insights.models import HORIZON, ForecastModel, SeriesForecast
from insights.places import KINDS
from lsoa.models import Area


class ForecastQuestionSerializer(serializers.Serializer):
    """Which series. Give `place` (the code of a board, trust ...) or `area` (an LSOA: its board is meant)."""

    service = serializers.CharField(max_length=60, help_text="measure, e.g. `emergency_admissions`")
    place = serializers.CharField(max_length=20, required=False, help_text="code of the organisation")
    area = serializers.RegexField("^[EWew]01[0-9]{6}$", required=False, help_text="code of an LSOA")
    kind = serializers.ChoiceField(KINDS, required=False, help_text="needed where two kinds have one code")
    breakdown = serializers.CharField(max_length=100, required=False, default="", help_text="as published; empty: all")
    horizon = serializers.IntegerField(min_value=1, max_value=HORIZON, required=False, default=HORIZON)

    def validate(self, attrs):
        if ("place" in attrs) == ("area" in attrs):
            raise serializers.ValidationError({"place": "Give either place or area."})
        return attrs


class ObservedMonthSerializer(serializers.Serializer):
    month = serializers.DateField()
    value = serializers.FloatField(allow_null=True)
    missing_reason = serializers.CharField(allow_null=True)


class ExpectedMonthSerializer(serializers.Serializer):
    month = serializers.DateField()
    mean = serializers.FloatField()
    lower_80 = serializers.FloatField()
    upper_80 = serializers.FloatField()
    lower_90 = serializers.FloatField()
    upper_90 = serializers.FloatField()


class ExpectedTotalSerializer(ExpectedMonthSerializer):
    """All months of the whole horizon together; its intervals are narrower than the sum of theirs."""

    month = None
    months = serializers.IntegerField()


class ForecastPlaceSerializer(serializers.Serializer):
    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()


class ForecastSourceSerializer(serializers.Serializer):
    title = serializers.CharField()
    publisher = serializers.CharField()
    release = serializers.CharField()
    licence = serializers.CharField()
    is_synthetic = serializers.BooleanField()


class MemberSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="theta, ratio, seasonal_naive or mean_of_year")
    weight = serializers.FloatField()


class ForecastModelSerializer(serializers.ModelSerializer):
    """A model in use: how the series of one measure and kind of organisation are forecast."""

    made_at = serializers.DateTimeField(source="run.made_at")
    data_until = serializers.DateField(source="run.data_until")
    engine_version = serializers.CharField(source="run.engine_version")
    reason = serializers.CharField(help_text="why it is in use or not: first, lower_error, not_lower, kept or replaced")
    members = serializers.SerializerMethodField(help_text="the heaviest first; weights are 1 together")

    class Meta:
        model = ForecastModel
        fields = [
            "id", "measure", "organisation_kind", "interval", "stage", "reason", "members", "series_count", "origins",
            "mase", "mase_naive", "coverage_80", "coverage_90", "made_at", "data_until", "engine_version",
        ]  # fmt: skip

    @extend_schema_field(MemberSerializer(many=True))
    def get_members(self, model) -> list[dict]:
        weights = sorted(model.members.items(), key=lambda item: -item[1])
        return [{"name": name, "weight": weight} for name, weight in weights]


class ForecastSerializer(serializers.Serializer):
    """What is expected of one series: an estimate, with how sure it is."""

    service = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    breakdown = serializers.CharField()
    place = ForecastPlaceSerializer()
    is_estimate = serializers.BooleanField(help_text="always true: no figure of a coming month is known")
    data_until = serializers.DateField(help_text="first day of the last observed month")
    observed = ObservedMonthSerializer(many=True, help_text="the last two years, as published")
    expected = ExpectedMonthSerializer(many=True)
    total = ExpectedTotalSerializer(help_text="of the whole horizon of the run, whatever horizon was asked for")
    year_change = serializers.FloatField(allow_null=True, help_text="total / the same months a year before - 1")
    seasonal = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="January to December, 1 is an ordinary month"
    )
    mase = serializers.FloatField(allow_null=True, help_text="of this series; below 1 beats last year's month")
    flags = serializers.ListField(child=serializers.CharField())
    model = ForecastModelSerializer()
    sources = ForecastSourceSerializer(many=True)


class ErrorByMonthSerializer(serializers.Serializer):
    months_ahead = serializers.IntegerField()
    error = serializers.FloatField(help_text="mean absolute error / mean level")
    seasonal_naive = serializers.FloatField(help_text="the same of last year's month")


class IntervalCoverageSerializer(serializers.Serializer):
    promised = serializers.FloatField()
    measured = serializers.FloatField(allow_null=True)


class PerformanceSerializer(serializers.Serializer):
    """Measured on held-out origins: months that neither settings, weights nor intervals had seen."""

    model = ForecastModelSerializer()
    by_month_ahead = ErrorByMonthSerializer(many=True)
    coverage = IntervalCoverageSerializer(many=True)
    comparison = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="mean absolute scaled errors that decided"
    )
    rivals = ForecastModelSerializer(many=True, help_text="what was compared with it in the same run")
    earlier = ForecastModelSerializer(many=True, help_text="models in use before, the newest first")


class PredictionViewSet(viewsets.GenericViewSet):
    """What is expected of published activity in the coming months."""

    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]
    serializer_class = ForecastSerializer
    queryset = SeriesForecast.objects.none()
    pagination_class = None

    @extend_schema(parameters=[ForecastQuestionSerializer], responses=ForecastSerializer, filters=False)
    @action(detail=False)
    def forecast(self, request):
        """The forecast of one series: its last two years, the next months with intervals, the model and the sources."""
        wanted = ForecastQuestionSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        question = wanted.validated_data
        found = list(self._forecasts(question)[:2])
        if not found:
            raise exceptions.NotFound("There is no forecast of this service for this place.")
        if len(found) == 2:
            raise exceptions.ValidationError({"kind": "Two kinds of organisation have this code: name one."})
        return Response(ForecastSerializer(forecast_json(found[0], question["horizon"])).data)

    def _forecasts(self, question):
        code, kind = question.get("place"), question.get("kind")
        if "area" in question:
            code = get_object_or_404(Area.objects.current().only("icb_code"), code=question["area"].upper()).icb_code
            kind = "icb"
        rows = SeriesForecast.objects.current().of_measure(question["service"], question["breakdown"]).with_names()
        rows = rows.filter(series__organisation_code=code)
        return rows.filter(series__organisation_kind=kind) if kind else rows


class ForecastModelViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Models of the forecasts that are in force, by measure."""

    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]
    serializer_class = ForecastModelSerializer
    lookup_value_regex = "[0-9a-fA-F-]{36}"
    queryset = ForecastModel.objects.none()

    def get_queryset(self):
        models = ForecastModel.objects
        return models.select_related("run") if self.action == "performance" else models.current()

    @extend_schema(responses=PerformanceSerializer)
    @action(detail=True)
    def performance(self, request, pk):
        """How far off a model was on months it had not seen, against last year's month and its rivals."""
        return Response(PerformanceSerializer(performance_json(self.get_object())).data)


def register(router) -> None:
    """Add this app's routes to the API root."""
    router.register("ml/predictions", PredictionViewSet, basename="api-prediction")
    router.register("ml/models", ForecastModelViewSet, basename="api-forecast-model")

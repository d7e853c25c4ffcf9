"""Indicators, their values, series of activity, and published figures of places."""

from django.contrib import admin

from accounts.read_only_admin import ReadOnlyAdmin
from lsoa.models import ActivitySeries, ActivityValue, Area, Dataset, Indicator, IndicatorValue, PlaceFigure

from .large import DatasetFilter, LargeAdmin


class GivingFilter(DatasetFilter):
    """Datasets that give indicators."""

    only = {"quality__indicators__isnull": False}


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    """Organisations' own indicators are theirs: they are not listed here."""

    list_display = ["code", "name", "theme", "unit", "kind", "polarity", "source"]
    list_filter = ["theme", "kind", "polarity"]
    search_fields = ["code", "name"]

    def get_queryset(self, request):
        return super().get_queryset(request).public()


class PublicIndicatorFilter(admin.SimpleListFilter):
    title, parameter_name = "indicator", "indicator"

    def lookups(self, request, model_admin):
        return list(Indicator.objects.public().order_by("name").values_list("pk", "name"))

    def queryset(self, request, queryset):
        return queryset.filter(indicator=self.value()) if self.value() else queryset


@admin.register(IndicatorValue)
class IndicatorValueAdmin(LargeAdmin):
    list_display = ["area", "indicator", "dataset", "period", "value", "missing_reason", "method", "line"]
    list_filter = [PublicIndicatorFilter, GivingFilter]
    search_fields = ["area__code"]
    search_help_text = "The code of an area"
    # A foreign key that may be null would be joined in a way that reads everything.
    list_select_related = ["area", "indicator", "dataset"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(indicator__organisation=None)
        return rows.defer("area__geometry", "area__population_centroid", "dataset__quality")

    def get_search_results(self, request, queryset, search_term):
        """By area code. Values are found by dataset, indicator and area together, which is what their index holds."""
        if not search_term:
            return queryset, False
        areas = list(Area.objects.filter(code=search_term.strip().upper()).order_by().values_list("pk", flat=True))
        datasets = list(Dataset.objects.public().order_by().values_list("pk", flat=True))
        indicators = list(Indicator.objects.public().order_by().values_list("pk", flat=True))
        return queryset.filter(area__in=areas, dataset__in=datasets, indicator__in=indicators), False


@admin.register(ActivitySeries)
class ActivitySeriesAdmin(LargeAdmin):
    list_display = ["name", "measure", "organisation_kind", "organisation_code", "organisation_name", "interval"]
    list_filter = ["organisation_kind", "interval", "measure"]
    search_fields = ["name", "organisation_code__iexact", "organisation_name"]


@admin.register(ActivityValue)
class ActivityValueAdmin(LargeAdmin):
    list_display = ["series", "period", "value", "missing_reason", "is_estimate", "dataset", "line"]
    list_filter = ["is_estimate"]
    list_select_related = ["series", "dataset"]
    raw_id_fields = ["series", "dataset"]
    search_fields = ["series__organisation_code__iexact"]
    ordering = ["-pk"]


@admin.register(PlaceFigure)
class PlaceFigureAdmin(LargeAdmin):
    list_display = ["name", "place_kind", "place_code", "place_name", "period", "value", "missing_reason"]
    list_filter = ["place_kind"]
    search_fields = ["place_code__iexact", "indicator__iexact"]
    ordering = ["-pk"]

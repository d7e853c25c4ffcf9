"""Indicators, series of activity, and published figures of places.

Figures of areas themselves have pages of their own (a dataset, a figure with its lineage): the admin takes no table
whose key has several columns.
"""

from django.contrib import admin

from accounts.read_only_admin import ReadOnlyAdmin
from lsoa.models import ActivitySeries, ActivityValue, Indicator, PlaceFigure

from .large import LargeAdmin


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    """Organisations' own indicators are theirs: they are not listed here."""

    list_display = ["code", "name", "theme", "unit", "kind", "polarity", "source"]
    list_filter = ["theme", "kind", "polarity"]
    search_fields = ["code", "name"]

    def get_queryset(self, request):
        return super().get_queryset(request).public()


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

"""Runs and their scores: looked at here, written by services."""

from django.contrib import admin

from accounts.read_only_admin import ReadOnlyAdmin
from priorities.models import PriorityScore, ScoreRun


@admin.register(ScoreRun)
class ScoreRunAdmin(ReadOnlyAdmin):
    list_display = [
        "started_at",
        "model_version",
        "patch",
        "area_count",
        "provisional_count",
        "changed_count",
        "seconds",
    ]
    list_filter = ["model_version"]
    list_select_related = ["model_version", "patch"]
    date_hierarchy = "started_at"


@admin.register(PriorityScore)
class PriorityScoreAdmin(ReadOnlyAdmin):
    list_display = ["area", "priority", "is_provisional", "visit_minutes", "is_current", "run"]
    list_filter = ["is_current", "priority", "is_provisional"]
    list_select_related = ["area", "run__model_version"]
    search_fields = ["area__code", "area__name"]
    # Counting every score of every run would cost more than the page is worth.
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("area__geometry")

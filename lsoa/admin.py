"""What is loaded, for platform administrators: read, rehearse and take back. Figures are never edited by hand."""

from django.contrib import admin, messages
from django.utils.html import format_html_join

from accounts.read_only_admin import ReadOnlyAdmin

from . import services
from .loading.report import report_lines
from .models import (
    Area,
    AreaChange,
    Dataset,
    Indicator,
    IndicatorValue,
    LoadReject,
    Patch,
    Postcode,
    Practice,
    TileSet,
)


class RejectInline(admin.TabularInline):
    model = LoadReject
    fields = readonly_fields = ["line", "code", "reason"]
    can_delete = False
    extra = 0
    max_num = 0
    show_change_link = False
    verbose_name_plural = "Rejected rows (the first 200)"

    def get_queryset(self, request):
        # A slice cannot be filtered by the formset, so the first ones are named by key.
        rejects = super().get_queryset(request)
        dataset = request.resolver_match.kwargs.get("object_id")
        first = list(rejects.filter(dataset=dataset).order_by("line").values_list("pk", flat=True)[:200])
        return rejects.filter(pk__in=first)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    list_display = ["title", "release", "extent", "state", "standing", "rows_loaded", "rows_rejected", "loaded_at"]
    list_filter = ["state", "standing", "is_provisional", "publication"]
    search_fields = ["title", "publication", "file_name"]
    date_hierarchy = "loaded_at"
    list_select_related = ["loaded_by"]
    fields = [
        "title", "publisher", "publication", "release", "extent", "licence", "vintage", "standing", "is_provisional",
        "method", "state", "file_name", "file_sha256", "loaded_at", "loaded_by", "quality_report",
    ]  # fmt: skip
    readonly_fields = ["quality_report"]
    inlines = [RejectInline]
    actions = ["roll_back"]

    @admin.display(description="Quality report")
    def quality_report(self, dataset):
        return format_html_join("", "<div>{}</div>", ((line,) for line in report_lines(dataset.quality)))

    @admin.action(description="Take out of force (the release before comes back)", permissions=["view"])
    def roll_back(self, request, queryset):
        for dataset in queryset:
            try:
                before = services.roll_back(dataset=dataset, by=request.user)
            except services.RollbackImpossible as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                again = f"{before} is in force again." if before else "Nothing takes its place."
                self.message_user(request, f"{dataset} is out of force. {again}", messages.SUCCESS)


@admin.register(Area)
class AreaAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "vintage", "local_authority_name", "icb_name", "is_synthetic"]
    list_filter = ["vintage", "is_synthetic"]
    search_fields = ["code__iexact", "search_text"]
    # The outline is looked at on the map; as text it would be a page of numbers.
    exclude = ["geometry", "centroid", "population_centroid", "search_text"]
    show_full_result_count = False


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "unit", "polarity", "source"]
    list_filter = ["polarity"]
    search_fields = ["code", "name"]


@admin.register(IndicatorValue)
class IndicatorValueAdmin(ReadOnlyAdmin):
    list_display = ["area", "indicator", "period", "value", "missing_reason", "method"]
    list_filter = ["indicator", "missing_reason"]
    search_fields = ["area__code__exact"]
    list_select_related = ["area", "indicator"]
    show_full_result_count = False
    list_per_page = 50


@admin.register(Patch)
class PatchAdmin(ReadOnlyAdmin):
    list_display = ["name", "organisation", "area_count"]
    list_filter = ["organisation"]
    search_fields = ["name", "slug"]
    list_select_related = ["organisation"]
    exclude = ["areas"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_area_count()

    @admin.display(description="Areas", ordering="area_count")
    def area_count(self, patch):
        return patch.area_count


@admin.register(Practice)
class PracticeAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "postcode", "area_code", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name", "postcode"]
    exclude = ["point"]


@admin.register(Postcode)
class PostcodeAdmin(ReadOnlyAdmin):
    list_display = ["postcode", "area_code", "is_residential"]
    search_fields = ["postcode", "area_code"]
    exclude = ["point"]
    show_full_result_count = False


@admin.register(AreaChange)
class AreaChangeAdmin(ReadOnlyAdmin):
    list_display = ["code_2011", "code_2021", "kind", "weight"]
    list_filter = ["kind"]
    search_fields = ["code_2011", "code_2021"]


@admin.register(LoadReject)
class LoadRejectAdmin(ReadOnlyAdmin):
    list_display = ["dataset", "line", "code", "reason"]
    search_fields = ["code", "reason"]
    list_select_related = ["dataset"]


@admin.register(TileSet)
class TileSetAdmin(ReadOnlyAdmin):
    list_display = ["vintage", "version", "area_count", "is_current", "built_at", "seconds"]

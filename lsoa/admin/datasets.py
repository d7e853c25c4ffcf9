"""Datasets, what was rejected, and files handed in."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.read_only_admin import ReadOnlyAdmin
from lsoa import services
from lsoa.loading.report import report_lines
from lsoa.models import Dataset, LoadReject, Upload

from .large import LargeAdmin, RejectingDatasetFilter


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
    """Organisations' own datasets are theirs: they are not listed here."""

    list_display = [
        "title", "release", "extent", "state", "is_pinned", "standing", "rows_loaded", "rows_rejected", "loaded_at",
    ]  # fmt: skip
    list_filter = ["state", "standing", "is_pinned", "is_provisional", "vintage", "publisher", "publication"]
    search_fields = ["title", "publication", "file_name"]
    date_hierarchy = "loaded_at"
    list_select_related = ["loaded_by"]
    list_per_page = 50
    fields = [
        "page", "title", "publisher", "publication", "release", "extent", "licence", "vintage", "standing",
        "is_provisional", "is_pinned", "method", "state", "file_name", "file_sha256", "loaded_at", "loaded_by",
        "quality_report",
    ]  # fmt: skip
    readonly_fields = ["page", "quality_report"]
    inlines = [RejectInline]
    actions = ["roll_back"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).public()
        return rows if "object_id" in request.resolver_match.kwargs else rows.defer("quality")

    @admin.display(description="Page")
    def page(self, dataset):
        return format_html('<a href="{}">With releases, lineage and figures</a>', reverse("dataset", args=[dataset.pk]))

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


@admin.register(LoadReject)
class LoadRejectAdmin(LargeAdmin):
    list_display = ["dataset", "line", "code", "reason"]
    list_filter = [RejectingDatasetFilter]
    search_fields = ["code__startswith", "reason"]
    list_select_related = ["dataset"]
    ordering = ["pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(dataset__organisation=None).defer("dataset__quality")


@admin.register(Upload)
class UploadAdmin(LargeAdmin):
    """Imports by page; what a load does in the background is its job, in the list of jobs."""

    list_display = ["__str__", "state", "size", "job", "created_by", "created_at"]
    list_filter = ["state"]
    list_select_related = ["job", "created_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).of_platform()

"""Alerts, checks and live feeds."""

from django.contrib import admin, messages

from accounts.read_only_admin import ReadOnlyAdmin
from lsoa import services
from lsoa.models import CheckRun, Feed, FeedReading, QualityAlert

from .large import LargeAdmin


@admin.register(QualityAlert)
class QualityAlertAdmin(LargeAdmin):
    """Alerts about organisations' own figures are theirs: they are not listed here."""

    list_display = ["message", "severity", "check_code", "raised_at", "seen_at", "resolved_at", "acknowledged_by"]
    list_filter = ["severity", "check_code", ("resolved_at", admin.EmptyFieldListFilter)]
    search_fields = ["message", "subject"]
    list_select_related = ["acknowledged_by"]
    actions = ["acknowledge"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(organisation=None)

    @admin.action(description="Take note", permissions=["view"])
    def acknowledge(self, request, queryset):
        for alert in queryset:
            services.acknowledge_alert(alert=alert, by=request.user)
        self.message_user(request, "You have taken note.", messages.SUCCESS)


@admin.register(CheckRun)
class CheckRunAdmin(ReadOnlyAdmin):
    list_display = ["check_code", "ran_at", "seconds", "findings"]


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin):
    list_display = ["name", "subject", "provider", "is_enabled", "succeeded_at", "failures", "last_error"]
    list_filter = ["subject", "provider", "is_enabled"]
    search_fields = ["name"]
    # Options may hold what only the feed's own page may show.
    exclude = ["options"]


@admin.register(FeedReading)
class FeedReadingAdmin(LargeAdmin):
    list_display = ["feed", "observed_at", "measure", "place_name", "value", "unit", "fetched_at"]
    list_filter = ["feed"]
    list_select_related = ["feed"]
    ordering = ["-pk"]

"""Django admin: versions of the model with their publication by two people; runs and scores to look at."""

from django.contrib import admin, messages

from accounts.read_only_admin import ReadOnlyAdmin
from priorities import services
from priorities.computed_thresholds import ThresholdsNotComputable
from priorities.models import ModelVersion, PriorityScore, ScoreRun


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = ["name", "number", "state", "proposed_by", "published_by", "published_at", "outdated_at"]
    list_filter = ["state", "name"]
    list_select_related = ["proposed_by", "published_by"]
    actions = ["compute_thresholds", "propose", "return_to_draft", "publish", "recalculate"]

    def has_view_or_change_permission(self, request, obj=None):
        return request.user.is_staff

    def _apply(self, request, versions, service, done):
        for version in versions:
            try:
                service(version=version, by=request.user)
            except (services.PublicationRefused, services.NothingToScore, ThresholdsNotComputable) as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, f"{version}: {done}.", messages.SUCCESS)

    @admin.action(description="Compute thresholds from the loaded data", permissions=["view"])
    def compute_thresholds(self, request, versions):
        self._apply(request, versions, services.compute_thresholds, "thresholds computed")

    @admin.action(description="Propose for publication", permissions=["view"])
    def propose(self, request, versions):
        self._apply(request, versions, services.propose_version, "proposed; another administrator can publish it")

    @admin.action(description="Return to draft", permissions=["view"])
    def return_to_draft(self, request, versions):
        self._apply(request, versions, services.return_version, "returned to draft")

    @admin.action(description="Publish (proposed by somebody else)", permissions=["view"])
    def publish(self, request, versions):
        self._apply(request, versions, services.publish_version, "published")

    @admin.action(description="Recalculate all areas with this version", permissions=["view"])
    def recalculate(self, request, versions):
        self._apply(request, versions, services.start_score_run, "recalculation queued")


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

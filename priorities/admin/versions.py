"""The list of versions of the model, and the addresses of their pages.

Django's own change form is not used: what a version holds is no list of fields, and every change of it goes through a
service. The pages are in `version_pages`, `part_pages`, `step_pages` and `moves_pages`.
"""

from django.contrib import admin
from django.urls import path

from accounts.read_only_admin import ReadOnlyAdmin
from priorities.models import ModelVersion

from . import import_page, moves_pages, part_pages, step_pages, version_pages


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """Versions that may come into force; scenarios of organisations are theirs and not listed here."""

    list_display = [
        "named",
        "title",
        "state",
        "proposed_by",
        "published_by",
        "published_at",
        "is_up_to_date",
    ]
    list_filter = ["state", "name"]
    list_select_related = ["proposed_by", "published_by"]
    search_fields = ["name", "title"]
    change_list_template = "admin/priorities/version_list.html"

    def get_queryset(self, request):
        return super().get_queryset(request).national()

    @admin.display(description="Version", ordering="number")
    def named(self, version):
        return str(version)

    @admin.display(description="Up to date", boolean=True)
    def is_up_to_date(self, version):
        return version.outdated_at is None

    def has_view_permission(self, request, obj=None):
        return request.user.is_staff

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return version_pages.overview(request, object_id)

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"priorities_modelversion_{name}")

        own = [
            page("import/", import_page.import_version, "import"),
            page("<uuid:pk>/table/<int:index>/", part_pages.table, "table"),
            page("<uuid:pk>/input/<int:index>/", part_pages.threshold, "input"),
            page("<uuid:pk>/minutes/", part_pages.minutes, "minutes"),
            page("<uuid:pk>/differences/", version_pages.differences_page, "differences"),
            page("<uuid:pk>/moves/", moves_pages.moves, "moves"),
            page("<uuid:pk>/areas/", moves_pages.areas, "areas"),
            page("<uuid:pk>/export/", version_pages.export, "export"),
            page("<uuid:pk>/thresholds/", step_pages.proposed_thresholds, "thresholds"),
            page("<uuid:pk>/step/<slug:name>/", step_pages.step, "step"),
        ]
        # First: Django's own address of a change form would answer everything below a version.
        return own + super().get_urls()

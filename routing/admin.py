"""Django admin of visit planning. Plans, visits and their decisions are read here and changed in the portal."""

from django.contrib.gis import admin

from accounts.read_only_admin import ReadOnlyAdmin

from .models import Depot, RouteAssignment, RoutePlan, RouteStop, Shift, Skill, StaffMember, Team, UnservedVisit, Visit


@admin.register(Skill)
class SkillAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "organisation"]
    list_filter = ["organisation"]


@admin.register(Depot)
class DepotAdmin(ReadOnlyAdmin):
    list_display = ["name", "organisation"]
    list_filter = ["organisation"]


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ["name", "organisation", "patch"]
    list_filter = ["organisation"]


@admin.register(StaffMember)
class StaffMemberAdmin(ReadOnlyAdmin):
    list_display = ["display_name", "reference", "team", "base", "max_visits", "is_active"]
    list_filter = ["is_active", "team"]
    search_fields = ["display_name", "reference"]


@admin.register(Shift)
class ShiftAdmin(ReadOnlyAdmin):
    list_display = ["staff", "day", "starts_at", "ends_at", "break_minutes"]
    date_hierarchy = "day"
    list_select_related = ["staff"]


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ["reference", "day", "team", "tier", "minutes", "state", "source"]
    list_filter = ["tier", "state", "source"]
    date_hierarchy = "day"
    list_select_related = ["team"]
    raw_id_fields = ["area"]


@admin.register(RoutePlan)
class RoutePlanAdmin(ReadOnlyAdmin):
    list_display = ["name", "day", "team", "state", "approved_by"]
    list_filter = ["state"]
    date_hierarchy = "day"
    list_select_related = ["team", "approved_by"]


@admin.register(RouteAssignment)
class RouteAssignmentAdmin(ReadOnlyAdmin):
    list_display = ["staff", "plan", "departs_at", "returns_at", "travel_seconds"]
    list_select_related = ["staff", "plan"]


@admin.register(RouteStop)
class RouteStopAdmin(ReadOnlyAdmin):
    list_display = ["assignment", "sequence", "visit", "arrives_at", "starts_at", "leaves_at"]
    list_select_related = ["assignment__staff", "assignment__plan", "visit"]


@admin.register(UnservedVisit)
class UnservedVisitAdmin(ReadOnlyAdmin):
    list_display = ["plan", "visit", "reason", "detail"]
    list_filter = ["reason"]
    list_select_related = ["plan", "visit"]

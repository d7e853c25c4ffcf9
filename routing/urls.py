"""Addresses of visit planning."""

from django.urls import path

from .views import plans, teams

urlpatterns = [
    path("plans/", plans.plan_list, name="plans"),
    path("plans/new/", plans.plan_create, name="plan-create"),
    path("plans/<uuid:plan_id>/", plans.plan_detail, name="plan"),
    path("plans/<uuid:plan_id>/progress/", plans.plan_progress, name="plan-progress"),
    path("plans/<uuid:plan_id>/optimise/", plans.plan_optimise, name="plan-optimise"),
    path("plans/<uuid:plan_id>/stop/", plans.plan_stop, name="plan-stop"),
    path("plans/<uuid:plan_id>/decision/", plans.plan_decide, name="plan-decide"),
    path("plans/<uuid:plan_id>/routes.geojson", plans.plan_routes, name="plan-routes"),
    path("plans/<uuid:plan_id>/run-sheets/", plans.run_sheets, name="plan-run-sheets"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/new/", teams.team_create, name="team-create"),
    path("teams/<uuid:team_id>/", teams.team_detail, name="team"),
    path("teams/<uuid:team_id>/staff/", teams.staff_add, name="staff-add"),
    path("teams/<uuid:team_id>/shifts/", teams.shifts_add, name="shifts-add"),
    path("teams/<uuid:team_id>/bases/", teams.base_add, name="base-add"),
    path("teams/<uuid:team_id>/skills/", teams.skill_add, name="skill-add"),
    path("teams/<uuid:team_id>/shifts/<int:shift_id>/remove/", teams.shift_remove, name="shift-remove"),
]

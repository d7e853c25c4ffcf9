"""Addresses of visit planning."""

from django.urls import path

from .views import actual, equity, mileage, outputs, plans, rounds, teams

urlpatterns = [
    path("plans/", plans.plan_list, name="plans"),
    path("plans/new/", plans.plan_create, name="plan-create"),
    path("plans/<uuid:plan_id>/", plans.plan_detail, name="plan"),
    path("plans/<uuid:plan_id>/progress/", plans.plan_progress, name="plan-progress"),
    path("plans/<uuid:plan_id>/optimise/", plans.plan_optimise, name="plan-optimise"),
    path("plans/<uuid:plan_id>/stop/", plans.plan_stop, name="plan-stop"),
    path("plans/<uuid:plan_id>/decision/", plans.plan_decide, name="plan-decide"),
    path("plans/<uuid:plan_id>/routes.geojson", outputs.routes_geojson, name="plan-routes"),
    path("plans/<uuid:plan_id>/run-sheets/", outputs.run_sheets, name="plan-run-sheets"),
    path("plans/<uuid:plan_id>/run-sheets/<uuid:staff_id>/", outputs.run_sheet, name="plan-run-sheet"),
    path(
        "plans/<uuid:plan_id>/rounds/<uuid:staff_id>/calendar.ics", outputs.round_calendar, name="plan-round-calendar"
    ),
    path("plans/<uuid:plan_id>/rounds/<uuid:staff_id>/route.gpx", outputs.round_gpx, name="plan-round-gpx"),
    path("plans/<uuid:plan_id>/stops.csv", outputs.stops_csv, name="plan-stops-csv"),
    path("plans/<uuid:plan_id>/problem.json", outputs.problem, name="plan-problem"),
    path("plans/<uuid:plan_id>/solution.json", outputs.solution, name="plan-solution"),
    path("plans/<uuid:plan_id>/timeline.svg", outputs.timeline_svg, name="plan-timeline"),
    path("equity/", equity.equity, name="equity"),
    path("equity/figures.csv", equity.equity_download, name="equity-csv"),
    path("plans/<uuid:plan_id>/actual/", actual.plan_actual, name="plan-actual"),
    path("plans/<uuid:plan_id>/actual.csv", actual.plan_actual_csv, name="plan-actual-csv"),
    path("plans/alerts/<int:alert_id>/noted/", actual.round_alert_noted, name="round-alert-noted"),
    path("round/", rounds.my_round, name="my-round"),
    path("round/worker.js", rounds.round_worker, name="round-worker"),
    path("round/<uuid:plan_id>/", rounds.my_round_of_plan, name="my-round-of-plan"),
    path("round/<uuid:plan_id>/map/", rounds.my_round_map, name="my-round-map"),
    path("round/<uuid:plan_id>/record/", rounds.round_record, name="round-record"),
    path("round/<uuid:plan_id>/events/", rounds.round_events, name="round-events"),
    path("mileage/", mileage.mileage, name="mileage"),
    path("mileage.csv", mileage.mileage_csv, name="mileage-csv"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/new/", teams.team_create, name="team-create"),
    path("teams/<uuid:team_id>/", teams.team_detail, name="team"),
    path("teams/<uuid:team_id>/staff/", teams.staff_add, name="staff-add"),
    path("teams/<uuid:team_id>/shifts/", teams.shifts_add, name="shifts-add"),
    path("teams/<uuid:team_id>/bases/", teams.base_add, name="base-add"),
    path("teams/<uuid:team_id>/skills/", teams.skill_add, name="skill-add"),
    path("teams/<uuid:team_id>/shifts/<int:shift_id>/remove/", teams.shift_remove, name="shift-remove"),
]

"""Addresses of the portal's own pages."""

from django.urls import path

from .views import about, area, explore, exports, home, priorities, scenarios, search

urlpatterns = [
    path("", home.home, name="home"),
    path("explore/", explore.explore, name="explore"),
    path("explore/theme.bin", explore.theme, name="theme"),
    path("explore/area-panel/", explore.area_panel, name="area-panel"),
    path("explore/area-label/", explore.area_label, name="area-label"),
    path("explore/download/", exports.export_form, name="export-form"),
    path("explore/download/file", exports.export_areas, name="export-areas"),
    path("areas/<str:code>/", area.area, name="area"),
    path("areas/<str:code>/priority/", priorities.area_priority, name="area-priority"),
    path("areas/<str:code>/priority/sheet/", priorities.area_sheet, name="area-priority-sheet"),
    path("areas/<str:code>/priority/minutes/", priorities.area_minutes, name="area-minutes"),
    path("areas/<str:code>/priority/minutes/end/", priorities.end_area_minutes, name="area-minutes-end"),
    path("priorities/runs/", priorities.runs, name="score-runs"),
    path("priorities/compare/", priorities.compare, name="compare-runs"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/new/", scenarios.add, name="scenario-add"),
    path("scenarios/<uuid:pk>/", scenarios.scenario, name="scenario"),
    path("scenarios/<uuid:pk>/effect/", scenarios.effect, name="scenario-effect"),
    path("scenarios/<uuid:pk>/moves.bin", scenarios.moves, name="scenario-moves"),
    path("scenarios/<uuid:pk>/areas/", scenarios.areas, name="scenario-areas"),
    path("scenarios/<uuid:pk>/area/", scenarios.area_panel, name="scenario-area"),
    path("scenarios/<uuid:pk>/thresholds/", scenarios.thresholds, name="scenario-thresholds"),
    path("scenarios/<uuid:pk>/hand-over/", scenarios.hand_over, name="scenario-hand-over"),
    path("scenarios/<uuid:pk>/delete/", scenarios.delete, name="scenario-delete"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.search_suggestions, name="search-suggestions"),
    path("about-data/", about.about_data, name="about-data"),
    path("accessibility/", about.accessibility, name="accessibility"),
]

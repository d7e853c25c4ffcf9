"""Addresses of the portal's own pages."""

from django.urls import path

from .views import about, area, explore, exports, home, search

urlpatterns = [
    path("", home.home, name="home"),
    path("explore/", explore.explore, name="explore"),
    path("explore/theme.bin", explore.theme, name="theme"),
    path("explore/area-panel/", explore.area_panel, name="area-panel"),
    path("explore/area-label/", explore.area_label, name="area-label"),
    path("explore/download/", exports.export_form, name="export-form"),
    path("explore/download/file", exports.export_areas, name="export-areas"),
    path("areas/<str:code>/", area.area, name="area"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.search_suggestions, name="search-suggestions"),
    path("about-data/", about.about_data, name="about-data"),
    path("accessibility/", about.accessibility, name="accessibility"),
]

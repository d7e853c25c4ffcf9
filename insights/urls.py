"""Addresses of Insights and Ask."""

from django.urls import include, path

urlpatterns = [
    path("insights/", include("insights.outlook_urls")),
    path("insights/demand/", include("insights.demand_urls")),
    path("ask/", include("insights.ask_urls")),
]

"""Addresses of demand and capacity of teams."""

from django.urls import path

from .views import demand

urlpatterns = [
    path("", demand.demand, name="demand"),
    path("<uuid:team_id>/", demand.demand_team, name="demand-team"),
]

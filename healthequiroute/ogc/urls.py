"""Addresses as the standard names them: without a stroke at the end."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.LandingView.as_view(), name="ogc-landing"),
    path("conformance", views.ConformanceView.as_view(), name="ogc-conformance"),
    path("api", views.ApiView.as_view(), name="ogc-api"),
    path("collections", views.CollectionsView.as_view(), name="ogc-collections"),
    path("collections/<slug:collection>", views.CollectionView.as_view(), name="ogc-collection"),
    path("collections/<slug:collection>/queryables", views.QueryablesView.as_view(), name="ogc-queryables"),
    path("collections/<slug:collection>/schema", views.SchemaView.as_view(), name="ogc-schema"),
    path("collections/<slug:collection>/items", views.ItemsView.as_view(), name="ogc-items"),
    path("collections/<slug:collection>/items/<str:feature>", views.ItemView.as_view(), name="ogc-item"),
]

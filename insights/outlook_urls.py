"""Addresses of the outlook of published activity, and of the models behind it."""

from django.urls import path

from .views import models, outlook

urlpatterns = [
    path("", outlook.overview, name="insights"),
    path("outlook/<uuid:pk>/", outlook.series, name="outlook"),
    path("models/", models.models, name="insights-models"),
    path("models/make/", models.make, name="forecasts-make"),
    path("models/<uuid:pk>/", models.model, name="insights-model"),
]

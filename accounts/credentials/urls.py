"""Pages about API keys, below /api-keys/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.api_keys, name="api-keys"),
    path("add/", views.add, name="api-key-add"),
    path("<uuid:pk>/", views.api_key, name="api-key"),
    path("<uuid:pk>/rotate/", views.rotate, name="api-key-rotate"),
    path("<uuid:pk>/revoke/", views.revoke, name="api-key-revoke"),
]

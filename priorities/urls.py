"""Addresses of this app: pages about methods. Pages about areas are put together by the portal."""

from django.urls import path

from .views import methods

urlpatterns = [
    path("methods/priorities/", methods.priorities, name="methods-priorities"),
    path("methods/priorities/validate/", methods.validate, name="methods-priorities-validate"),
]

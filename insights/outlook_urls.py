"""Addresses of the outlook of published activity, and of the models behind it."""

from django.urls import path

urlpatterns: list[path] = []

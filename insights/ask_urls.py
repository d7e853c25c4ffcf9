"""Addresses of questions and answers."""

from django.urls import path

urlpatterns: list[path] = []

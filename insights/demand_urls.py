"""Addresses of demand and capacity of teams."""

from django.urls import path

urlpatterns: list[path] = []

"""Addresses of what helps people with the portal itself: their settings, help, glossary, feedback."""

from django.urls import path

from .views import feedback, preferences

urlpatterns = [
    path("me/preferences/", preferences.preferences, name="preferences"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/list/", feedback.feedback_page, name="feedback-list"),
    path("feedback/<uuid:pk>/answer/", feedback.answer, name="feedback-answer"),
    path("feedback/<uuid:pk>/close/", feedback.close, name="feedback-close"),
]

"""Addresses of what helps people with the portal itself: their settings, help, glossary, feedback."""

from django.urls import path

from .views import about, feedback, help, preferences

urlpatterns = [
    path("me/preferences/", preferences.preferences, name="preferences"),
    path("about-data/panel/", about.about_data_panel, name="about-data-panel"),
    path("help/", help.help_index, name="help"),
    path("help/<slug:slug>/", help.help_topic, name="help-topic"),
    path("glossary/", help.glossary, name="glossary"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/list/", feedback.feedback_page, name="feedback-list"),
    path("feedback/<uuid:pk>/answer/", feedback.answer, name="feedback-answer"),
    path("feedback/<uuid:pk>/close/", feedback.close, name="feedback-close"),
]

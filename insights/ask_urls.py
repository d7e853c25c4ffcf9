"""Addresses of questions and answers."""

from django.urls import path

from .views import ask, ask_beside

urlpatterns = [
    path("", ask.ask, name="ask"),
    path("beside/", ask_beside.beside, name="ask-beside"),
    path("answers/<uuid:pk>/", ask.answer, name="ask-answer"),
    path("answers/<uuid:pk>/rate/", ask.rate, name="ask-rate"),
    path("<uuid:pk>/", ask.conversation, name="ask-conversation"),
    path("<uuid:pk>/change/", ask.change, name="ask-change"),
    path("<uuid:pk>/delete/", ask.delete, name="ask-delete"),
    path("<uuid:pk>/text/", ask.text, name="ask-text"),
]

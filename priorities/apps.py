from django.apps import AppConfig


class PrioritiesConfig(AppConfig):
    """DEX priorities: models, score runs, explanations."""

    name = "priorities"

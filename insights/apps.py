from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Forecasts, narration and the assistant."""

    name = "insights"

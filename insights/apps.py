from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Forecasts, demand and capacity, and the assistant."""

    name = "insights"

    def ready(self):
        from accounts.jobs import register_kind
        from insights import audit_words, undoing
        from insights.services.forecasts import FORECAST_KIND

        # Also listens to what is loaded.
        from insights.tasks import forecast_in_background

        audit_words.describe()
        undoing.register()
        register_kind(FORECAST_KIND, forecast_in_background)

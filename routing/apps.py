from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """Teams, visits and visit plans."""

    name = "routing"
    verbose_name = "Visit planning"

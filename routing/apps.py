from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """Teams, visits and visit plans."""

    name = "routing"
    verbose_name = "Visit planning"

    def ready(self):
        from accounts import jobs

        from . import checks, tasks  # noqa: F401
        from .services import JOB_KIND

        jobs.register_kind(JOB_KIND, tasks.optimise)

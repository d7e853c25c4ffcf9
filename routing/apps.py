from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """Teams, visits and visit plans."""

    name = "routing"
    verbose_name = "Visit planning"

    def ready(self):
        from accounts import jobs

        from . import checks, tasks  # noqa: F401
        from .services import JOB_KIND, PRICE_KIND, REPLAN_KIND, WEEK_KIND

        jobs.register_kind(JOB_KIND, tasks.optimise)
        jobs.register_kind(PRICE_KIND, tasks.price)
        jobs.register_kind(WEEK_KIND, tasks.optimise_week)
        jobs.register_kind(REPLAN_KIND, tasks.replan)

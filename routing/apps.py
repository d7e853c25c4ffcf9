from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """Teams, visits and visit plans."""

    name = "routing"
    verbose_name = "Visit planning"

    def ready(self):
        from accounts import jobs

        from . import audit_words, checks, notice_kinds, readings, tasks, trail_subjects, undoing  # noqa: F401
        from .services import JOB_KIND, PRICE_KIND, REPLAN_KIND, WEEK_KIND, WEEK_PRICE_KIND

        audit_words.describe()
        readings.declare()
        notice_kinds.register()
        undoing.register()
        trail_subjects.register()
        jobs.register_kind(JOB_KIND, tasks.optimise)
        jobs.register_kind(PRICE_KIND, tasks.price)
        jobs.register_kind(WEEK_KIND, tasks.optimise_week)
        jobs.register_kind(WEEK_PRICE_KIND, tasks.price_week)
        jobs.register_kind(REPLAN_KIND, tasks.replan)
        # Registers the steps of setting an organisation up that lie in planning.
        from . import setup_steps  # noqa: F401

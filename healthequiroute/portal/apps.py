from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages that combine the apps, and what people keep about them."""

    name = "healthequiroute.portal"
    verbose_name = "Portal"

    def ready(self):
        from accounts.people.preferences import register_landing_pages

        from . import audit_words, lists
        from .feedback import notices as feedback_notices
        from .help import offered
        from .landing import landing_pages
        from .reports import making  # noqa: F401
        from .saved_views import leaving, undoing

        audit_words.describe()
        feedback_notices.register()
        offered.register()
        lists.register()
        register_landing_pages(landing_pages())
        leaving.register()
        undoing.register()

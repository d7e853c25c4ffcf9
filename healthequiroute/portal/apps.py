from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages that combine the apps, and what people keep about them."""

    name = "healthequiroute.portal"
    verbose_name = "Portal"

    def ready(self):
        from . import audit_words
        from .saved_views import leaving, undoing

        audit_words.describe()
        leaving.register()
        undoing.register()

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    """People, organisations, roles, the audit trail and long-running jobs."""

    name = "accounts"
    verbose_name = "People, organisations and audit"

    def ready(self):
        from . import checks, signals  # noqa: F401
        from .credentials import openapi  # noqa: F401
        from .credentials import signals as credential_signals  # noqa: F401
        from .database_roles import grant_application_rights
        from .notices import events as notices_events
        from .notices import kinds as notices_kinds
        from .privacy import checks as privacy_checks  # noqa: F401
        from .sessions import signals as session_signals  # noqa: F401
        from .trail import account_readings, context

        notices_kinds.register_own()
        notices_events.register_own()
        autodiscover_modules("personal_data")
        account_readings.declare()
        connection_created.connect(context.listen, dispatch_uid="accounts.trail.context")
        post_migrate.connect(grant_application_rights, dispatch_uid="accounts.grant_application_rights")

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """People, organisations, roles, the audit trail and long-running jobs."""

    name = "accounts"
    verbose_name = "People, organisations and audit"

    def ready(self):
        from . import checks, signals  # noqa: F401
        from .database_roles import grant_application_rights

        post_migrate.connect(grant_application_rights, dispatch_uid="accounts.grant_application_rights")

"""Rights of the application's database role, granted by the owner after every migration."""

from django.conf import settings
from django.db import connections
from psycopg import sql

# Tables into which the application may only insert.
APPEND_ONLY_TABLES = ["accounts_auditevent"]


def grant_application_rights(sender, using, **kwargs):
    """post_migrate handler: rows of every table for the application role, schema changes for nobody but the owner.

    Idempotent. Runs once per migrate (for the accounts app); does nothing when not connected as the owner.
    """
    connection = connections[using]
    role, owner = settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] != owner or sender.name != "accounts":
            return
        app = sql.Identifier(role)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            # Covers tables that later apps create in the same run.
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(app))
        for table in APPEND_ONLY_TABLES:
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), app))

"""Rights of the application's database role, granted by the owner after every migration."""

from django.conf import settings
from django.db import connections
from psycopg import sql

# Tables into which the application may only insert.
APPEND_ONLY_TABLES = ["accounts_auditevent"]
# Written by migrations alone; the application reads it to tell whether any are pending.
READ_ONLY_TABLES = ["django_migrations"]

# What the owner owns: PostGIS's own tables belong to the superuser and are readable by everybody.
OWNED_RELATIONS = """
SELECT relation.relname, relation.relkind
FROM pg_class AS relation
JOIN pg_roles AS owner ON owner.oid = relation.relowner
WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind IN ('r', 'p', 'v', 'm', 'S')
  AND owner.rolname = current_user
ORDER BY relation.relname
"""


def grant_application_rights(sender, using, **kwargs):
    """post_migrate handler: rows of every table for the application role, schema changes for nobody but the owner.

    Idempotent. Runs once per migrate (for the accounts app); does nothing when not connected as the owner.
    """
    connection = connections[using]
    if sender.name != "accounts" or connection.vendor != "postgresql":
        return
    role = sql.Identifier(settings.DATABASE_APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] != settings.DATABASE_OWNER_ROLE:
            return
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(OWNED_RELATIONS)
        for name, kind in cursor.fetchall():
            grant = sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(_rights(name, kind)), sql.Identifier(name), role)
            cursor.execute(grant)
        for name in (*APPEND_ONLY_TABLES, *READ_ONLY_TABLES):
            kept = _rights(name, "r").split(", ")
            refused = [right for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE") if right not in kept]
            revoke = sql.SQL("REVOKE {} ON {} FROM {}")
            cursor.execute(revoke.format(sql.SQL(", ".join(refused)), sql.Identifier(name), role))


def _rights(name: str, kind: str) -> str:
    """`kind` is pg_class.relkind: r table, p partitioned table, v view, m materialised view, S sequence."""
    if kind == "S":
        return "USAGE, SELECT"
    if name in READ_ONLY_TABLES or kind in ("v", "m"):
        return "SELECT"
    return "SELECT, INSERT" if name in APPEND_ONLY_TABLES else "SELECT, INSERT, UPDATE, DELETE"

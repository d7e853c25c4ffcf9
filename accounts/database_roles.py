"""Rights of the application's database role, granted by the owner after every migration."""

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

# Tables into which the application may only insert; those of row history come on top (`_append_only_tables`).
APPEND_ONLY_TABLES = ["accounts_auditevent", "accounts_auditcheck"]
# Written by migrations alone; the application reads the first to tell whether any are pending.
READ_ONLY_TABLES = ["django_migrations", "pghistory_context"]
# Reached through the trail only: who may insert into the whole may not address a part.
PARTITIONS_OF_THE_TRAIL = "accounts_auditevent_p"

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
        owned = dict(cursor.fetchall())
        for name, kind in owned.items():
            if name.startswith(PARTITIONS_OF_THE_TRAIL):
                cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(name), role))
                continue
            grant = sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(_rights(name, kind)), sql.Identifier(name), role)
            cursor.execute(grant)
        for name in owned.keys() & {*_append_only_tables(), *READ_ONLY_TABLES}:
            kept = _rights(name, "r").split(", ")
            refused = [right for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE") if right not in kept]
            revoke = sql.SQL("REVOKE {} ON {} FROM {}")
            cursor.execute(revoke.format(sql.SQL(", ".join(refused)), sql.Identifier(name), role))
        harden_history(cursor)


def _append_only_tables() -> list[str]:
    from pghistory.models import Event

    history = [model._meta.db_table for model in apps.get_models() if issubclass(model, Event) and model._meta.managed]
    return APPEND_ONLY_TABLES + history


# pgtrigger lets any session switch triggers off by a setting; row history has no such switch.
NEVER_IGNORE = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""
# A temporary table of the same name must not catch what belongs to the history.
TRIGGER_FUNCTIONS = """
SELECT function.proname FROM pg_proc AS function JOIN pg_roles AS owner ON owner.oid = function.proowner
WHERE function.pronamespace = 'public'::regnamespace AND function.proname LIKE 'pgtrigger\\_%%'
  AND owner.rolname = current_user AND function.proconfig IS NULL
"""


def harden_history(cursor) -> None:
    """Close what the installed triggers of row history leave open. As the owner, after every migration."""
    cursor.execute("SELECT to_regproc('public._pgtrigger_should_ignore') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return
    cursor.execute(NEVER_IGNORE)
    cursor.execute(TRIGGER_FUNCTIONS)
    for (name,) in cursor.fetchall():
        path = sql.SQL("ALTER FUNCTION public.{}() SET search_path = pg_catalog, public, pg_temp")
        cursor.execute(path.format(sql.Identifier(name)))


def _rights(name: str, kind: str) -> str:
    """`kind` is pg_class.relkind: r table, p partitioned table, v view, m materialised view, S sequence."""
    if kind == "S":
        return "USAGE, SELECT"
    if name in READ_ONLY_TABLES or kind in ("v", "m"):
        return "SELECT"
    return "SELECT, INSERT" if name in _append_only_tables() else "SELECT, INSERT, UPDATE, DELETE"

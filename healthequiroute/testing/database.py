"""The test database: made by the owner of the tables, used by tests with the application's few rights.

    owner       creates the database from the template and migrates it
    application runs every test, as in production: a statement it has no right to fails the test
    owner       empties the tables after tests with real transactions, and serves `owner_connection`

Tests with `transaction=True` commit, so their rows must go afterwards. Django would TRUNCATE as the connected
role; here that role may not, and the audit trail refuses TRUNCATE to everybody. So the owner switches the
triggers off, truncates, and puts back the rows that migrations had made (kept in the schema `pristine`).
"""

from contextlib import contextmanager

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

# Filled by migrate itself; Django caches their ids, so they stay.
KEPT = ["django_migrations", "django_content_type", "auth_permission"]

OUR_TABLES = """
SELECT relation.relname FROM pg_class AS relation JOIN pg_roles AS owner ON owner.oid = relation.relowner
WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind IN ('r', 'p')
  AND owner.rolname = current_user AND relation.relname <> ALL (%s)
ORDER BY relation.relname
"""


def connect_as(role: str) -> None:
    """Close the default connection; whoever connects next, in any thread, is `role`."""
    connections["default"].close()
    # DatabaseWrapper shares this dictionary between threads.
    connections.settings["default"]["USER"] = role
    connections["default"].settings_dict["USER"] = role


@contextmanager
def owner_cursor():
    """A cursor of the owner on a connection of its own (autocommit)."""
    connection = connections["default"].copy()
    connection.settings_dict = {**connection.settings_dict, "USER": settings.DATABASE_OWNER_ROLE}
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def remember_pristine_rows() -> None:
    """Copy what migrations wrote into the schema `pristine`, once per test run."""
    with owner_cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS pristine CASCADE")
        cursor.execute("CREATE SCHEMA pristine")
        for table in _our_tables(cursor):
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM public.{})").format(name))
            if cursor.fetchone()[0]:
                cursor.execute(sql.SQL("CREATE TABLE pristine.{} AS TABLE public.{}").format(name, name))


def restore_pristine_rows() -> None:
    """Empty every table of ours and put the migrations' rows back. Fails after 10 s when a test left a lock."""
    with owner_cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        # Foreign keys are deferred to the end of this transaction, so the order of the tables does not matter.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        switch_audit_triggers(cursor, on=False)
        tables = [sql.SQL("public.{}").format(sql.Identifier(name)) for name in _our_tables(cursor)]
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'pristine'")
        for (table,) in cursor.fetchall():
            _copy_back(cursor, table)
        switch_audit_triggers(cursor, on=True)
        cursor.execute("COMMIT")


def switch_audit_triggers(cursor, *, on: bool) -> None:
    """Only an owner can do this, and only by changing the table; also used to prove that tampering is noticed."""
    for statement in _trigger_statements(cursor, on):
        cursor.execute(statement)


# The trail with its partitions, and the tables that refuse TRUNCATE: those of row history.
GUARDED = """
SELECT relation.oid::regclass::text, array_agg(guard.tgname::text ORDER BY guard.tgname)
FROM pg_class AS relation JOIN pg_trigger AS guard ON guard.tgrelid = relation.oid AND NOT guard.tgisinternal
WHERE relation.relnamespace = 'public'::regnamespace
  AND (guard.tgname LIKE 'audit\\_event\\_%%' OR guard.tgname LIKE 'pgtrigger\\_append\\_only\\_%%'
       OR guard.tgname LIKE 'pgtrigger\\_no\\_truncate\\_%%')
GROUP BY relation.oid
"""


def _trigger_statements(cursor, on):
    cursor.execute(GUARDED)
    for table, triggers in cursor.fetchall():
        for trigger in triggers:
            how = "ENABLE ALWAYS" if trigger.startswith("audit_") else "ENABLE"
            yield f"ALTER TABLE ONLY {table} {how if on else 'DISABLE'} TRIGGER {trigger}"


def flush_as_owner() -> None:
    """Make tests with real transactions clean up through the owner (see the module's text)."""

    def _fixture_teardown(self):
        restore_pristine_rows()
        ContentType.objects.clear_cache()

    TransactionTestCase._fixture_teardown = _fixture_teardown


def _our_tables(cursor) -> list[str]:
    cursor.execute(OUR_TABLES, [KEPT])
    return [name for (name,) in cursor.fetchall()]


def _copy_back(cursor, table: str) -> None:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = format('public.%%I', %s::text)::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall())
    name = sql.Identifier(table)
    statement = sql.SQL("INSERT INTO public.{} ({}) SELECT {} FROM pristine.{}")
    cursor.execute(statement.format(name, columns, columns, name))

"""Every door by which the application's role might get at the trail, tried with that role."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import AuditEvent

SYSTEM = audit.SystemActor("test:writer")
PART = "accounts_auditevent_p0000"
DOORS = {
    "drop the table": "DROP TABLE accounts_auditevent",
    "drop a partition": f"DROP TABLE {PART}",
    "detach a partition": f"ALTER TABLE accounts_auditevent DETACH PARTITION {PART}",
    "add a column": "ALTER TABLE accounts_auditevent ADD COLUMN x int",
    "rename the table": "ALTER TABLE accounts_auditevent RENAME TO gone",
    "another default": "ALTER TABLE accounts_auditevent ALTER COLUMN sequence SET DEFAULT 1",
    "switch a trigger off": "ALTER TABLE accounts_auditevent DISABLE TRIGGER audit_event_chain",
    "switch all triggers off": "ALTER TABLE accounts_auditevent DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER audit_event_chain ON accounts_auditevent",
    "a trigger of one's own": "CREATE TRIGGER t BEFORE INSERT ON accounts_auditevent"
    " EXECUTE FUNCTION audit_event_refuse()",
    "a rule": "CREATE RULE r AS ON INSERT TO accounts_auditevent DO INSTEAD NOTHING",
    "a policy": "ALTER TABLE accounts_auditevent ENABLE ROW LEVEL SECURITY",
    "take the table": "ALTER TABLE accounts_auditevent OWNER TO CURRENT_USER",
    "take a function": "ALTER FUNCTION audit_event_chain() OWNER TO CURRENT_USER",
    "another function": "CREATE OR REPLACE FUNCTION audit_next_sequence() RETURNS bigint"
    " LANGUAGE sql AS 'SELECT 7::bigint'",
    "drop a function": "DROP FUNCTION audit_event_digest(accounts_auditevent, bytea)",
    "replica mode": "SET session_replication_role = replica",
    "become the owner": "SET ROLE her_owner",
    "take the owner's name": "SET SESSION AUTHORIZATION her_owner",
    "give oneself the right": "GRANT her_owner TO her_app",
    "a new table": "CREATE TABLE public.mine (id int)",
    "a new schema": "CREATE SCHEMA mine",
    "insert into a partition": f"INSERT INTO {PART} SELECT * FROM accounts_auditevent",
    "read a partition": f"SELECT * FROM {PART}",
    "update a partition": f"UPDATE {PART} SET action = 'x'",
    "empty a partition": f"TRUNCATE {PART}",
    "delete from a partition": f"DELETE FROM {PART}",
    "merge": "MERGE INTO accounts_auditevent t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "change on conflict": "INSERT INTO accounts_auditevent SELECT * FROM accounts_auditevent"
    " ON CONFLICT (sequence) DO UPDATE SET action = 'x'",
    "lock everybody out": "LOCK TABLE accounts_auditevent IN ACCESS EXCLUSIVE MODE",
    "the guard's function": "SELECT audit_guard('accounts_organisation')",
    "an endless number of partitions": "SELECT audit_make_partitions(1000000)",
    "write a file": "COPY accounts_auditevent TO '/tmp/trail'",
    "read a program": "COPY accounts_auditevent FROM PROGRAM 'true'",
    "an older check": "UPDATE accounts_auditcheck SET is_intact = true",
    "a check that is gone": "DELETE FROM accounts_auditcheck",
}


@pytest.mark.django_db
@pytest.mark.parametrize("statement", DOORS.values(), ids=DOORS)
def test_a_door_is_shut(statement):
    audit.record(action="test.happened", by=SYSTEM)
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db
def test_granting_gives_nothing():
    """PostgreSQL warns instead of failing where nothing may be granted."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (
            "GRANT UPDATE, DELETE, TRUNCATE ON accounts_auditevent TO CURRENT_USER",
            "GRANT ALL ON accounts_auditevent TO PUBLIC",
        ):
            try:
                with transaction.atomic():
                    cursor.execute(statement)
            except DatabaseError:
                continue
        cursor.execute("SELECT has_table_privilege('accounts_auditevent', 'UPDATE, DELETE, TRUNCATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_copy_goes_through_the_chain_like_everything_else():
    audit.record(action="test.happened", by=SYSTEM)
    columns = "actor_kind, actor_id, action, target_type, target_id, details, request_id"
    with connection.cursor() as cursor, cursor.copy(f"COPY accounts_auditevent ({columns}) FROM STDIN") as copy:
        for number in range(5):
            copy.write_row(("system", "copied", "test.copied", "", "", f'{{"n": {number}}}', ""))
    assert AuditEvent.objects.filter(action="test.copied").count() == 5
    assert audit.verify().intact


@pytest.mark.django_db
def test_many_rows_in_one_statement_are_chained_one_by_one():
    AuditEvent.objects.bulk_create(AuditEvent(actor_kind="system", actor_id="x", action="test.many") for _ in range(5))
    assert AuditEvent.objects.filter(action="test.many").count() == 5
    assert audit.verify().intact


@pytest.mark.django_db
def test_nothing_belongs_to_the_application():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = session_user)"
            " UNION SELECT proname FROM pg_proc"
            " WHERE proowner = (SELECT oid FROM pg_roles WHERE rolname = session_user)"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = session_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute(
            "SELECT bool_and(owner.rolname <> session_user AND (NOT prosecdef OR proconfig::text LIKE '%search_path%'))"
            " FROM pg_proc JOIN pg_roles AS owner ON owner.oid = proowner WHERE proname LIKE 'audit\\_%'"
        )
        assert cursor.fetchone() == (True,)

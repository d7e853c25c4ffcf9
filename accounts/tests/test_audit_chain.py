"""The trail in the database: chained, append-only, and tampering is found at the exact row."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import AuditEvent
from accounts.tests.factories import UserFactory

SYSTEM = audit.SystemActor("test:writer")


CHANGES = [
    "UPDATE accounts_auditevent SET action = 'x'",
    "DELETE FROM accounts_auditevent",
    "TRUNCATE accounts_auditevent",
]


def write(count=1):
    return [audit.record(action="test.happened", by=SYSTEM, details={"n": n}) for n in range(count)]


@pytest.mark.django_db
def test_each_event_continues_from_the_one_before():
    first, second = write(2)
    assert (second.sequence, bytes(second.previous_digest)) == (first.sequence + 1, bytes(first.digest))
    assert len(bytes(first.digest)) == 32
    assert second.occurred_at >= first.occurred_at


@pytest.mark.django_db(transaction=True)
def test_the_first_event_follows_zeros():
    (first,) = write()
    assert first.sequence == 1
    assert bytes(first.previous_digest) == bytes(32)


@pytest.mark.django_db
def test_what_a_writer_says_about_time_and_digest_is_ignored():
    event = AuditEvent.objects.create(
        actor_kind="system", actor_id="x", action="a", digest=b"forged", previous_digest=b"forged"
    )
    event.refresh_from_db()
    assert len(bytes(event.digest)) == 32
    assert audit.verify().intact


@pytest.mark.django_db
@pytest.mark.parametrize("number", [-5, 0, 999, 5_000_000])
def test_a_number_that_does_not_continue_the_trail_is_refused(number):
    write()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.create(sequence=number, actor_kind="system", actor_id="x", action="a")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.create(sequence=write()[0].sequence, actor_kind="system", actor_id="x", action="a")
    assert audit.verify().intact


@pytest.mark.django_db
def test_an_event_needs_an_actor():
    for nobody in (None, "", audit.SystemActor("")):
        with pytest.raises(audit.ActorMissing):
            audit.record(action="test.happened", by=nobody)


@pytest.mark.django_db
def test_the_trail_holds_a_pseudonym_instead_of_a_person():
    user = UserFactory()
    event = audit.record(action="test.happened", by=user)
    assert event.actor_kind == "user"
    assert event.actor_id == str(user.pseudonym.actor_id) != str(user.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_has_no_right_to_change_the_trail(statement):
    write()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("statement", CHANGES)
def test_even_the_owner_is_refused(owner_connection, statement):
    write()
    with pytest.raises(DatabaseError, match="append-only"):
        owner_connection.execute(statement)


TAMPERINGS = {
    "content": ("UPDATE accounts_auditevent SET action = 'other' WHERE sequence = 2", 2, "content"),
    "details": ("""UPDATE accounts_auditevent SET details = '{"n": 7}' WHERE sequence = 3""", 3, "content"),
    "removed": ("DELETE FROM accounts_auditevent WHERE sequence = 2", 3, "number"),
    "own digest": ("UPDATE accounts_auditevent SET digest = sha256('x') WHERE sequence = 2", 2, "content"),
    "recomputed": (
        "UPDATE accounts_auditevent e SET action = 'other' WHERE sequence = 2;"
        "UPDATE accounts_auditevent e SET digest = audit_event_digest(e, e.previous_digest) WHERE sequence = 2",
        3,
        "link",
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_found_at_the_first_row_that_does_not_hold(owner_connection, audit_triggers_off, tampering):
    statement, sequence, reason = tampering
    write(4)
    assert audit.verify().intact
    with audit_triggers_off():
        owner_connection.execute(statement)
    found = audit.verify()
    assert (found.intact, found.broken_sequence, found.reason) == (False, sequence, reason)


@pytest.mark.django_db
def test_a_temporary_table_cannot_stand_in_for_the_trail():
    write()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE accounts_auditevent (LIKE public.accounts_auditevent) ON COMMIT DROP")
        cursor.execute(
            "INSERT INTO public.accounts_auditevent"
            " (actor_kind, actor_id, action, target_type, target_id, details, request_id)"
            " VALUES ('system', 'x', 'y', '', '', '{}', '') RETURNING sequence"
        )
        assert cursor.fetchone()[0] > 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_queue_instead_of_forking_the_chain():
    writers, each = 8, 20
    together = threading.Barrier(writers)
    failures = []

    def work():
        try:
            together.wait(timeout=60)
            for _ in range(each):
                with transaction.atomic():
                    write(2)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    total = writers * each * 2
    assert list(AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, total + 1))
    found = audit.verify()
    assert (found.intact, found.events, len(found.head)) == (True, total, 64)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_event_leaves_no_gap():
    write()
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    write()
    assert list(AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_tests_run_with_the_rights_of_the_application(settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        assert cursor.fetchone()[0] == settings.DATABASE_APP_ROLE
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("CREATE TABLE public.not_mine (id int)")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("TRUNCATE accounts_organisation CASCADE")

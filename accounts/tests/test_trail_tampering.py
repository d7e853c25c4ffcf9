"""Each kind of tampering is found and named: as the owner of the tables, with triggers switched off."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts import audit
from accounts.models import AuditCheck, AuditEvent, Notification
from accounts.tests.factories import PlatformAdministratorFactory
from accounts.trail import keys, seals, tasks
from accounts.trail.findings import Kind
from accounts.trail.seal_checks import read_seals

SYSTEM = audit.SystemActor("test:writer")
# The digests of everything from an entry on, computed as the trail does.
RECOMPUTE = """
DO $$
DECLARE event record; before bytea;
BEGIN
    FOR event IN SELECT * FROM accounts_auditevent ORDER BY sequence LOOP
        before := coalesce((SELECT digest FROM accounts_auditevent WHERE sequence = event.sequence - 1),
                           decode(repeat('00', 32), 'hex'));
        UPDATE accounts_auditevent SET previous_digest = before WHERE sequence = event.sequence;
        UPDATE accounts_auditevent e SET digest = audit_event_digest(e, before) WHERE e.sequence = event.sequence;
    END LOOP;
END $$
"""
COPY_OF_ROW = """
INSERT INTO accounts_auditevent SELECT (jsonb_populate_record(e, '{"sequence": %s, "action": "forged.entry"}')).*
FROM accounts_auditevent e WHERE sequence = 1
"""


def write(count):
    return [audit.record(action="test.happened", by=SYSTEM, details={"n": n}) for n in range(count)]


@pytest.fixture
def sealing(settings, tmp_path):
    settings.AUDIT_SEAL_DIRECTORY = str(tmp_path / "seals")
    settings.AUDIT_SEAL_KEY = str(tmp_path / "key.pem")
    keys.make_key(tmp_path / "key.pem")
    return tmp_path / "seals"


def moved(step, from_sequence):
    order = "DESC" if step > 0 else "ASC"
    return (
        "DO $$ DECLARE n bigint; BEGIN FOR n IN SELECT sequence FROM accounts_auditevent"
        f" WHERE sequence >= {from_sequence} ORDER BY sequence {order} LOOP"
        f" UPDATE accounts_auditevent SET sequence = n + {step} WHERE sequence = n; END LOOP; END $$"
    )


SWAP = (
    "UPDATE accounts_auditevent SET sequence = 900 WHERE sequence = 3;"
    "UPDATE accounts_auditevent SET sequence = 3 WHERE sequence = 4;"
    "UPDATE accounts_auditevent SET sequence = 4 WHERE sequence = 900"
)
SWAP_CONTENTS = (
    "UPDATE accounts_auditevent a SET details = b.details, occurred_at = b.occurred_at FROM accounts_auditevent b"
    " WHERE (a.sequence, b.sequence) IN ((3, 4), (4, 3))"
)
TAMPERINGS = {
    "a changed entry": (["UPDATE accounts_auditevent SET action = 'x' WHERE sequence = 3"], Kind.CHANGED, 3, "entry 3"),
    "an entry changed with its digest": (
        [
            "UPDATE accounts_auditevent SET action = 'x' WHERE sequence = 3",
            "UPDATE accounts_auditevent e SET digest = audit_event_digest(e, e.previous_digest) WHERE sequence = 3",
        ],
        *(Kind.CHANGED, 4, "entry 3, which was changed"),
    ),
    "a deleted entry": (["DELETE FROM accounts_auditevent WHERE sequence = 3"], Kind.DELETED, 4, "Entry 3 was deleted"),
    "several deleted entries": (
        ["DELETE FROM accounts_auditevent WHERE sequence IN (3, 4)"],
        *(Kind.DELETED, 5, "2 entries from 3 to 4 were deleted"),
    ),
    "the first entry deleted": (["DELETE FROM accounts_auditevent WHERE sequence = 1"], Kind.DELETED, 2, "Entry 1"),
    "deleted and renumbered": (
        ["DELETE FROM accounts_auditevent WHERE sequence = 3", moved(-1, 4)],
        *(Kind.DELETED, 3, "entry 3 was deleted"),
    ),
    "an inserted entry": ([moved(1, 3), COPY_OF_ROW % 3], Kind.INSERTED, 3, "Entry 3 was inserted"),
    "two entries exchanged": ([SWAP], Kind.REORDERED, 3, "stood at 4"),
    "the contents of two entries exchanged": ([SWAP_CONTENTS], Kind.REORDERED, 3, "entries 3 and 4 were exchanged"),
}


@pytest.fixture
def begin_anew(owner_connection, audit_triggers_off):
    """Empties the trail, as only its owner can: cheaper than a test of its own for each tampering."""

    def empty(seal_folder=None):
        with audit_triggers_off():
            owner_connection.execute("TRUNCATE accounts_auditevent")
        for path in seal_folder.glob("*.jsonl") if seal_folder else []:
            path.unlink()

    return empty


def test_what_was_done_is_named_without_any_seal(owner_connection, audit_triggers_off, begin_anew):
    for name, (statements, kind, sequence, words) in TAMPERINGS.items():
        begin_anew()
        write(6)
        with audit_triggers_off():
            for statement in statements:
                owner_connection.execute(statement)
        found = audit.verify()
        assert (name, found.intact, found.kind, found.broken_sequence) == (name, False, kind, sequence)
        assert words in found.words


class TestSeals:
    def test_a_trail_that_holds_agrees_with_its_seals(self, transactional_db, sealing, capsys):
        write(3)
        call_command("seal_audit")
        line = json.loads(capsys.readouterr().out)
        assert (line["number"], line["sequence"]) == (1, 3)
        assert AuditEvent.objects.get(sequence=4).details["seal"] == seals.parse(json.dumps(line)).own_digest
        write(2)
        call_command("seal_audit")
        capsys.readouterr()
        call_command("verify_audit", "--full")
        assert "6 entries, unbroken. 2 seals, unbroken, agree." in capsys.readouterr().out.replace(
            "7 entries", "6 entries"
        )
        call_command("verify_audit")
        assert "those from 7 on were recomputed" in capsys.readouterr().out

    def test_auditors_need_the_public_key_only(self, transactional_db, sealing, tmp_path, settings, capsys):
        write(2)
        call_command("seal_audit")
        public = tmp_path / "key.pem.pub"
        settings.AUDIT_SEAL_KEY = ""
        call_command("verify_audit", "--full", "--seals", str(sealing), "--keys", str(public))
        assert "1 seals" in capsys.readouterr().out
        other = tmp_path / "other.pem"
        keys.make_key(other)
        with pytest.raises(CommandError, match="not among those we know") as refused:
            call_command("verify_audit", "--seals", str(sealing), "--keys", f"{other}.pub")
        assert refused.value.returncode == 1

    def test_an_end_that_was_cut_off(self, owner_connection, audit_triggers_off, begin_anew, sealing):
        for statement in ("DELETE FROM accounts_auditevent WHERE sequence >= 4", "TRUNCATE accounts_auditevent"):
            begin_anew(sealing)
            write(6)
            seals.seal_now()
            with audit_triggers_off():
                owner_connection.execute(statement)
            assert audit.verify().intact
            with pytest.raises(CommandError, match=r"\(truncated\): The trail was cut off"):
                call_command("verify_audit")

    def test_a_tail_that_was_written_anew(self, owner_connection, audit_triggers_off, sealing):
        write(3)
        seals.seal_now()
        write(3)
        seals.seal_now()
        with audit_triggers_off():
            owner_connection.execute("UPDATE accounts_auditevent SET action = 'harmless.thing' WHERE sequence = 6")
            owner_connection.execute(RECOMPUTE)
        assert audit.verify().intact
        with pytest.raises(CommandError, match=r"at entry 4 \(rewritten\): .* from entry 4 to 7: seal 2") as failure:
            call_command("verify_audit")
        assert failure.value.returncode == 1

    def test_a_seal_that_was_altered(self, transactional_db, sealing):
        write(3)
        seals.seal_now()
        (path,) = sealing.glob("*.jsonl")
        path.write_text(path.read_text().replace('"sequence":3', '"sequence":2'))
        with pytest.raises(CommandError, match=r"\(seal altered\): Seal 1 .* its signature is wrong"):
            call_command("verify_audit")

    def test_a_seal_that_is_missing(self, begin_anew, sealing):
        for gone in range(3):
            begin_anew(sealing)
            for _ in range(3):
                write(1)
                seals.seal_now()
            (path,) = sealing.glob("*.jsonl")
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join(line for number, line in enumerate(lines) if number != gone))
            with pytest.raises(CommandError, match=rf"\(seal missing\): Seal {gone + 1} is missing"):
                call_command("verify_audit")

    def test_a_seal_of_our_key_that_does_not_follow(self, transactional_db, sealing):
        write(1)
        seals.seal_now()
        (path,) = sealing.glob("*.jsonl")
        first = path.read_text()
        path.unlink()
        write(1)
        seals.seal_now()
        path.write_text(path.read_text() + first)
        with pytest.raises(CommandError, match="does not continue from the one before it"):
            call_command("verify_audit")

    def test_what_is_no_seal_and_what_cannot_be_read(self, transactional_db, sealing, settings, tmp_path):
        write(1)
        seals.seal_now()
        (path,) = sealing.glob("*.jsonl")
        path.write_text("nonsense\n")
        with pytest.raises(CommandError, match="line 1 of seals-.* is no seal"):
            call_command("verify_audit")
        with pytest.raises(CommandError, match="no folder") as refused:
            call_command("verify_audit", "--seals", str(tmp_path / "nowhere"))
        assert refused.value.returncode == 2
        path.unlink()
        settings.AUDIT_SEAL_KEY = str(tmp_path / "no-key")
        with pytest.raises(CommandError, match="should hold an Ed25519 private key"):
            call_command("seal_audit")

    def test_a_key_is_readable_for_its_owner_only_and_never_overwritten(self, tmp_path, db):
        path = tmp_path / "key.pem"
        call_command("seal_audit", "--make-key", str(path))
        assert path.stat().st_mode & 0o777 == 0o600
        with pytest.raises(CommandError, match="never overwritten"):
            call_command("seal_audit", "--make-key", str(path))


class TestSchedule:
    def test_the_worker_checks_then_seals(self, transactional_db, sealing):
        write(2)
        tasks.seal_and_check_audit_trail()
        assert len(read_seals(sealing)) == 1
        assert AuditCheck.objects.latest_one().is_intact

    def test_a_broken_trail_is_not_sealed_and_platform_administrators_hear_of_it(
        self, owner_connection, audit_triggers_off, sealing, client
    ):
        administrator = PlatformAdministratorFactory()
        write(4)
        with audit_triggers_off():
            owner_connection.execute("DELETE FROM accounts_auditevent WHERE sequence = 2")
        # Told once, however often it is found.
        for _ in range(2):
            tasks.seal_and_check_audit_trail()
        assert not sealing.exists() or not read_seals(sealing)
        (told,) = Notification.objects.for_user(administrator)
        assert "Entry 2 was deleted" in told.text
        answer = client.get("/health/ready")
        assert answer.json()["parts"]["audit"] == "broken"

    def test_a_full_check_finds_an_old_entry_that_the_hourly_one_passes_over(
        self, owner_connection, audit_triggers_off, sealing
    ):
        write(4)
        seals.seal_now()
        write(1)
        with audit_triggers_off():
            owner_connection.execute("UPDATE accounts_auditevent SET action = 'x' WHERE sequence = 2")
        tasks.seal_and_check_audit_trail()
        assert AuditCheck.objects.latest_one().is_intact
        tasks.check_whole_audit_trail()
        found = AuditCheck.objects.latest_one()
        assert (found.is_intact, found.kind, found.broken_sequence) == (False, Kind.CHANGED, 2)

    def test_a_full_check_may_be_shared_by_connections(self, transactional_db, monkeypatch):
        monkeypatch.setattr("accounts.trail.verification.STRETCH", 3)
        write(10)
        assert audit.verify(workers=2) == audit.verify()

"""Texts about people lie encrypted: which keys open them, that none lies plain, and how keys are changed."""

import re

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent, LegalHold, SubjectKey
from accounts.privacy import encryption, subject_keys
from accounts.privacy.encryption import Undecryptable, decrypt, encrypt
from accounts.privacy.fields import ERASED_TEXT
from accounts.tests.factories import OrganisationFactory, UserFactory

OLD, NEW = "old-secret-of-at-least-32-characters", "new-secret-of-at-least-32-characters"


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    subject_keys.forget()


def hold(**values):
    return LegalHold.objects.create(organisation=OrganisationFactory(), reason="Case 17 at court", **values)


def stored(row, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("text", ["", "short", "Łódź 😀 \\x00 'quotes'", "x" * 10_000])
def test_a_text_comes_back_and_never_looks_the_same(text):
    assert decrypt(encrypt(text)) == text
    assert encrypt(text) != encrypt(text)
    assert text == "" or text not in encrypt(text)


def test_the_first_key_encrypts_and_all_decrypt(settings):
    sealed = encrypt("secret")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(sealed) == "secret"
    assert encrypt("secret").split(":")[1] == encryption.current_key_id() != sealed.split(":")[1]
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(Undecryptable, match="not among"):
        decrypt(sealed)


def test_what_was_altered_or_copied_elsewhere_does_not_open():
    sealed = encrypt("secret", about="table.column")
    body = sealed.split(":")[2]
    flipped = body[:20] + ("A" if body[20] != "A" else "B") + body[21:]
    for text, about in ((sealed, "table.other"), (sealed.replace(body, flipped), "table.column"), ("secret", "")):
        with pytest.raises(Undecryptable):
            decrypt(text, about=about)


@pytest.mark.django_db
def test_the_column_holds_no_plain_text():
    row = hold()
    assert stored(row, "reason").startswith("her1:")
    assert "Case 17" not in stored(row, "reason")
    assert LegalHold.objects.get().reason == "Case 17 at court"


@pytest.mark.django_db
def test_encrypted_texts_cannot_be_searched():
    hold()
    with pytest.raises(FieldError, match="blank"):
        LegalHold.objects.filter(reason="Case 17 at court").exists()
    assert LegalHold.objects.exclude(reason="").exists()


@pytest.mark.django_db
def test_a_key_of_their_own_for_each_person_and_unreadable_once_it_is_destroyed():
    one, other = UserFactory(), UserFactory()
    sealed, others = subject_keys.encrypt_for(one, "secret"), subject_keys.encrypt_for(other, "secret")
    assert subject_keys.decrypt(sealed) == "secret"
    assert SubjectKey.objects.count() == 2
    assert subject_keys.destroy("accounts.user", one.pk)
    assert subject_keys.decrypt(sealed) is None
    assert subject_keys.decrypt(others) == "secret"
    with pytest.raises(subject_keys.SubjectErased):
        subject_keys.encrypt_for(one, "more")


@pytest.mark.django_db
def test_a_key_lies_wrapped_and_cannot_come_back():
    user = UserFactory()
    row = subject_keys.key_of(user)
    assert row.wrapped_key.startswith("her1:")
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectKey.objects.filter(pk=row.pk).update(wrapped_key="plain")
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectKey.objects.filter(pk=row.pk).update(wrapped_key="")


@pytest.mark.django_db
def test_keys_are_changed_in_small_steps_and_twice_does_no_harm(settings):
    rows = [hold() for _ in range(5)]
    user = UserFactory()
    sealed = subject_keys.encrypt_for(user, "secret")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_field_keys", batch=2, verbosity=0)
    for row in rows:
        assert stored(row, "reason").split(":")[1] == encryption.current_key_id()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    subject_keys.forget()
    assert {row.reason for row in LegalHold.objects.all()} == {"Case 17 at court"}
    assert subject_keys.decrypt(sealed) == "secret"
    event = AuditEvent.objects.filter(action="privacy.keys_rotated").first()
    assert event.details["texts"] == 5
    assert event.details["keys"] == 1
    before = stored(rows[0], "reason")
    call_command("rotate_field_keys", verbosity=0)
    assert stored(rows[0], "reason") == before


@pytest.mark.django_db
def test_a_text_that_no_key_opens_is_named_and_the_others_are_changed(settings, capsys):
    lost, kept = hold(), hold()
    settings.FIELD_ENCRYPTION_KEYS = ["another-secret-of-at-least-32-characters"]
    sealed = encrypt("gone", about=f"accounts_legalhold.reason.{lost.pk}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_legalhold SET reason = %s WHERE id = %s", [sealed, lost.pk])
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(SystemExit):
        call_command("rotate_field_keys", verbosity=0)
    assert re.search(rf"accounts_legalhold.reason.*{lost.pk}", capsys.readouterr().err)
    assert stored(kept, "reason").split(":")[1] == encryption.current_key_id()


@pytest.mark.django_db
def test_erased_reads_as_erased_in_a_field():
    from accounts.privacy.fields import EncryptedTextField

    field = EncryptedTextField(subject="self")
    field.set_attributes_from_name("note")
    field.model = UserFactory._meta.model
    user = UserFactory()
    sealed = field.seal("about them", user, user.pk)
    assert field.read(sealed, user.pk) == "about them"
    with pytest.raises(Undecryptable):
        field.read(sealed, UserFactory().pk)
    subject_keys.destroy("accounts.user", user.pk)
    assert field.read(sealed, user.pk) == ERASED_TEXT


@pytest.mark.django_db
def test_texts_of_many_people_are_read_with_few_questions(django_assert_max_num_queries):
    sealed = [subject_keys.encrypt_for(UserFactory(), f"text {number}") for number in range(20)]
    subject_keys.forget()
    with django_assert_max_num_queries(2):
        assert [subject_keys.decrypt(text) for text in sealed] == [f"text {number}" for number in range(20)]


@pytest.mark.django_db
def test_a_text_that_was_moved_to_another_row_is_refused():
    """Whoever may write the table can exchange what two rows hold, and is found out when somebody reads it."""
    one, other = hold(), hold()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_legalhold SET reason = CASE id WHEN %s THEN %s ELSE %s END WHERE id IN (%s, %s)",
            [one.pk, stored(other, "reason"), stored(one, "reason"), one.pk, other.pk],
        )
    for row in LegalHold.objects.filter(pk__in=[one.pk, other.pk]):
        with pytest.raises(Undecryptable, match="somewhere else"):
            row.reason  # noqa: B018
    one.refresh_from_db(fields=["placed_at"])
    assert one.reason == "Case 17 at court"


@pytest.mark.django_db
def test_texts_of_one_person_cannot_be_exchanged_among_their_rows(make_user):
    from accounts.models import PersonNote

    person = make_user()
    notes = [PersonNote.objects.create(person=person, text=text) for text in ("Before", "After")]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_personnote SET text = %s WHERE id = %s", [stored(notes[0], "text"), notes[1].pk]
        )
    assert PersonNote.objects.get(pk=notes[0].pk).text == "Before"
    with pytest.raises(Undecryptable):
        PersonNote.objects.get(pk=notes[1].pk).text  # noqa: B018


@pytest.mark.django_db
def test_rows_are_read_and_written_one_by_one():
    row = hold()
    with pytest.raises(FieldError, match="save the row"), transaction.atomic():
        LegalHold.objects.filter(pk=row.pk).update(reason="Another one")
    told = LegalHold.objects.values_list("reason", flat=True).get()
    assert "Case" not in str(told)
    made = LegalHold.objects.bulk_create(
        [LegalHold(organisation=row.organisation, reason=f"Case {number}") for number in (18, 19)]
    )
    assert {each.reason for each in LegalHold.objects.filter(pk__in=[each.pk for each in made])} == {
        "Case 18",
        "Case 19",
    }
    kept = LegalHold.objects.get(pk=row.pk)
    before = stored(row, "reason")
    kept.save()
    assert stored(row, "reason") == before
    kept.reason = "Case 20"
    kept.save()
    assert LegalHold.objects.get(pk=row.pk).reason == "Case 20"


@pytest.mark.django_db
def test_a_rotation_that_was_stopped_goes_on_and_the_check_counts_what_is_left(settings, monkeypatch, capsys):
    from django.core import checks

    from accounts.privacy import rotation

    rows = [hold() for _ in range(5)]
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    real, batches = rotation._reseal_some, []

    def stopped_in_the_second_batch(one, *rest):
        batches.append(one)
        if len([each for each in batches if each.table == "accounts_legalhold"]) == 2:
            raise KeyboardInterrupt
        return real(one, *rest)

    monkeypatch.setattr(rotation, "_reseal_some", stopped_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_field_keys", batch=2, verbosity=0)
    monkeypatch.undo()
    assert rotation.under_older_keys() == {"accounts_legalhold.reason": 3}
    found = checks.run_checks(tags=["privacy"], include_deployment_checks=True, databases=["default"])
    assert "3 texts" in str([each for each in found if each.id == "privacy.W001"])
    with pytest.raises(SystemExit) as counted:
        call_command("rotate_field_keys", check=True)
    assert counted.value.code == 1
    assert "accounts_legalhold.reason: 3" in capsys.readouterr().out
    call_command("rotate_field_keys", batch=2, verbosity=0)
    assert rotation.under_older_keys() == {}
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert {LegalHold.objects.get(pk=row.pk).reason for row in rows} == {"Case 17 at court"}

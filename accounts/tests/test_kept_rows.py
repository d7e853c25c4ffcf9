"""Rows are kept for as long as their tables are what they were, whoever writes and however it ends."""

import json
import threading
import uuid

import pytest
from django.db import connection, transaction

from accounts.kept_answers import kept_answer
from accounts.kept_rows import KeptRows, one_reading
from accounts.models import Membership, Organisation

from .factories import OrganisationFactory


class Names:
    """Reads the names of organisations and counts how often. `between` runs after reading."""

    def __init__(self, between=lambda: None):
        self.times, self.between = 0, between
        self.kept = KeptRows(lambda: (Organisation, Membership), self)

    def __call__(self) -> set[str]:
        self.times += 1
        found = set(Organisation.objects.values_list("name", flat=True))
        self.between()
        return found

    @property
    def now(self) -> set[str]:
        return self.kept.now().value


@pytest.mark.django_db
def test_they_are_read_once_and_anew_after_any_change(django_assert_num_queries):
    trust, names = OrganisationFactory(name="Trust"), Names()
    assert names.now == {"Trust"}
    with django_assert_num_queries(1):
        assert names.now == {"Trust"} and names.times == 1
    Organisation.objects.filter(pk=trust.pk).update(name="Other")
    assert names.now == {"Other"}
    # A row that says what it said is written anew all the same.
    Organisation.objects.filter(pk=trust.pk).update(name="Other")
    assert names.now == {"Other"} and names.times == 3
    second = OrganisationFactory(name="Second")
    assert names.now == {"Other", "Second"}
    second.delete()
    assert names.now == {"Other"}


@pytest.mark.django_db
def test_what_is_taken_back_is_not_kept():
    trust, names = OrganisationFactory(name="Trust"), Names()
    for name in ("Never", "Nor this"):
        with transaction.atomic():
            Organisation.objects.filter(pk=trust.pk).update(name=name)
            assert names.now == {name}
            transaction.set_rollback(True)
        assert names.now == {"Trust"}


@pytest.mark.django_db
def test_an_empty_table_is_a_state_of_its_own():
    names = Names()
    before = names.kept.version()
    assert names.now == set()
    OrganisationFactory(name="Trust")
    assert names.kept.version() != before and names.now == {"Trust"}
    Organisation.objects.all().delete()
    assert names.now == set()


@pytest.mark.django_db
def test_rows_written_while_others_are_read_are_not_kept():
    trust = OrganisationFactory(name="Trust")

    def rename():
        if names.times == 1:
            Organisation.objects.filter(pk=trust.pk).update(name="Other")

    names = Names(rename)
    assert names.now == {"Trust"}
    assert names.now == {"Other"}


@pytest.mark.django_db
def test_one_reading_asks_once(django_assert_num_queries):
    trust, names = OrganisationFactory(name="Trust"), Names()
    assert names.now == {"Trust"}
    with one_reading(), django_assert_num_queries(1):
        assert names.now == names.now == {"Trust"}
    Organisation.objects.filter(pk=trust.pk).update(name="Other")
    with one_reading():
        assert names.now == {"Other"}


@pytest.mark.django_db
def test_an_answer_that_is_kept_asks_for_them_itself():
    trust, names, name = OrganisationFactory(name="Trust"), Names(), ("names", str(uuid.uuid4()))

    def answer():
        return json.loads(kept_answer(name, lambda: {"names": json.dumps(sorted(names.now))})["names"])

    with one_reading():
        assert names.now == {"Trust"} and answer() == ["Trust"] == answer()
    Organisation.objects.filter(pk=trust.pk).update(name="Other")
    assert answer() == ["Other"]


@pytest.mark.django_db(transaction=True)
def test_another_process_is_seen_when_it_has_written():
    trust, names = OrganisationFactory(name="Trust"), Names()
    assert names.now == {"Trust"}
    written, seen = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            Organisation.objects.filter(pk=trust.pk).update(name="Other")
            written.set()
            assert seen.wait(30)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(30)
    assert names.now == {"Trust"} and names.times == 1
    seen.set()
    writer.join()
    assert names.now == {"Other"}

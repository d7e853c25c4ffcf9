"""An answer is kept for as long as what it was read from says the same, and not a moment longer."""

import json
import threading
import uuid

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from accounts.kept_answers import aside, kept_answer
from accounts.models import Organisation

from .factories import OrganisationFactory


class Work:
    """Tells the names of organisations and counts how often it is asked to. `between` runs between two readings."""

    def __init__(self, between=lambda: None):
        self.times, self.between = 0, between

    def __call__(self) -> dict[str, str]:
        self.times += 1
        names = sorted(Organisation.objects.values_list("name", flat=True))
        self.between()
        again = sorted(Organisation.objects.order_by("name").values_list("name", flat=True))
        return {"names": json.dumps(names), "again": json.dumps(again)}


def names(answer) -> list[str]:
    return json.loads(answer["names"])


@pytest.fixture
def trust():
    return OrganisationFactory(name="100% Trust")


@pytest.fixture
def name():
    """Of an answer that no other test asks for."""
    return ("names", str(uuid.uuid4()))


@pytest.mark.django_db
def test_it_is_worked_out_once_and_anew_after_any_change(name, trust):
    work = Work()
    first = kept_answer(name, work)
    assert "100% Trust" in names(first)
    assert kept_answer(name, work) == first and work.times == 1
    Organisation.objects.filter(pk=trust.pk).update(name="Another")
    assert "Another" in names(kept_answer(name, work)) and work.times == 2
    trust.delete()
    assert "Another" not in names(kept_answer(name, work)) and work.times == 3


@pytest.mark.django_db
def test_what_comes_back_is_told_as_it_was(name, trust):
    work = Work()
    first = kept_answer(name, work)
    Organisation.objects.filter(pk=trust.pk).update(name="Another")
    kept_answer(name, work)
    Organisation.objects.filter(pk=trust.pk).update(name="100% Trust")
    assert kept_answer(name, work) == first


@pytest.mark.django_db
def test_other_settings_have_answers_of_their_own(name, trust, settings):
    work = Work()
    kept_answer(name, work)
    settings.BASE_MAP_ATTRIBUTION = f"© {uuid.uuid4()}"
    kept_answer(name, work)
    assert work.times == 2


@pytest.mark.django_db
def test_the_name_keeps_answers_apart(name, trust):
    kept_answer((*name, "a"), lambda: {"text": Organisation.objects.get(pk=trust.pk).name})
    other = kept_answer((*name, "b"), lambda: {"text": Organisation.objects.get(pk=trust.pk).pk.hex})
    assert other == {"text": trust.pk.hex}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "between",
    [
        lambda: Organisation.objects.update(name="Written"),
        lambda: list(Organisation.objects.select_for_update()),
        lambda: [Organisation.objects.count() for _ in range(100)],
    ],
    ids=["writes", "locks", "asks too much"],
)
def test_such_work_is_done_and_not_kept(name, trust, between):
    work = Work(between)
    kept_answer(name, work)
    kept_answer(name, work)
    assert work.times == 2


@pytest.mark.django_db
def test_work_that_has_no_answer_yet_is_asked_again(name, trust):
    told = []

    def work():
        told.append(Organisation.objects.count())
        return {}

    assert kept_answer(name, work) == {} == kept_answer(name, work)
    assert len(told) == 2


@pytest.mark.django_db
def test_what_is_asked_aside_is_not_asked_again(name, trust, django_assert_num_queries):
    def work():
        with aside():
            slow = Organisation.objects.filter(name="100% Trust").count()
        return {"text": f"{slow} {Organisation.objects.get(pk=trust.pk).pk.hex}"}

    kept_answer(name, work)
    with django_assert_num_queries(1) as asked:
        assert kept_answer(name, work) == {"text": f"1 {trust.pk.hex}"}
    assert "100%" not in asked.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_nothing_of_it_can_be_read_where_it_is_kept(name, trust, settings):
    work = Work()
    kept_answer(name, work)
    kept = b"".join(cache._cache.values())
    assert b"her1:" in kept and b"Trust" not in kept and b"SELECT" not in kept
    settings.FIELD_ENCRYPTION_KEYS = ["another key of the fields, long enough to be one"]
    kept_answer(name, work)
    assert work.times == 2


def _elsewhere(change):
    """Make a change over another connection, and wait until it is there for everybody."""

    def run():
        try:
            change()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_change_in_the_middle_of_the_work_is_seen_whole_by_whoever_asks_next(name, trust):
    def change():
        _elsewhere(lambda: Organisation.objects.filter(pk=trust.pk).update(name="Meanwhile"))

    first = kept_answer(name, Work(between=change))
    assert first["names"] == first["again"] and "Meanwhile" not in names(first)
    assert "Meanwhile" in names(kept_answer(name, Work()))


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_an_answer_that_saw_two_states_is_not_kept(name, trust):
    def change():
        _elsewhere(lambda: Organisation.objects.filter(pk=trust.pk).update(name="Meanwhile"))

    with transaction.atomic():
        first = kept_answer(name, Work(between=change))
    assert "Meanwhile" not in names(first) and "Meanwhile" in json.loads(first["again"])
    last = Work()
    assert "Meanwhile" in names(kept_answer(name, last)) and last.times == 1

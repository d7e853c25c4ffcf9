"""Rows that are made once for several tests: each test finds what it asks for, as it was made, and nothing else."""

import pytest

from accounts.models import Organisation
from accounts.tests.factories import OrganisationFactory
from healthequiroute.testing.shared import shared


@pytest.fixture
@shared
def first(db):
    return OrganisationFactory(name="First")


@pytest.fixture
@shared
def second(first):
    return OrganisationFactory(name=f"After {first.name}"), first


def names():
    return set(Organisation.objects.values_list("name", flat=True))


# Whatever order they run in, and whichever of them run: what one did to rows and objects is nothing to the others.
@pytest.mark.parametrize("turn", range(3))
def test_what_a_test_changes_is_taken_back(first, turn):
    assert names() == {"First"} == {first.name}
    first.name = f"Changed {turn}"
    first.save()
    OrganisationFactory(name="Another")


@pytest.mark.parametrize("turn", range(2))
def test_what_others_are_made_of_is_there_once(second, first, turn):
    after, made_of = second
    assert names() == {"First", "After First"} == {first.name, after.name}
    assert made_of is first
    Organisation.objects.all().delete()


def test_what_is_not_asked_for_is_not_there(db):
    assert names() == set()


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_makes_its_own(second):
    assert names() == {"First", "After First"}


def test_and_leaves_nothing(db):
    assert names() == set()


def test_they_are_made_in_one_transaction_for_tests_that_follow_each_other(first, request):
    from healthequiroute.testing.shared import layers

    request.getfixturevalue("first")
    assert [layer.value.name for layer in layers.open] == ["First"]
    assert layers.open[0].value is not first

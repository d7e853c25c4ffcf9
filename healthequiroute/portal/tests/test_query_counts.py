"""The pages that are opened most ask the database a bounded number of questions, however many areas there are."""

import pytest
from django.urls import reverse

# Name, question of the address, most queries once the page has been opened before.
PAGES = [
    ("home", {}, 44),
    ("explore", {}, 31),
    ("explore", {"patch": "all", "theme": "imd_score", "sort": "-imd_score"}, 31),
    ("explore", {"core20": "1", "priority": "3"}, 31),
    ("theme", {"patch": "all"}, 11),
    ("map-in-view", {"box": "-9,49,3,56"}, 13),
    ("search-suggestions", {"q": "test"}, 9),
]


@pytest.mark.parametrize(("name", "question", "most"), PAGES)
def test_queries_are_bounded(analyst, city, patch, django_assert_max_num_queries, name, question, most):
    address = reverse(name)
    analyst.get(address, question)
    with django_assert_max_num_queries(most):
        analyst.get(address, question)


@pytest.mark.parametrize(("name", "most"), [("area", 19), ("area-priority", 13)])
def test_the_pages_of_an_area_are_bounded(analyst, city, patch, django_assert_max_num_queries, name, most):
    address = reverse(name, args=[city["worst"].code])
    analyst.get(address)
    with django_assert_max_num_queries(most):
        analyst.get(address)

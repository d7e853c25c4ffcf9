"""The pages that are opened most ask the database a bounded number of questions, however many areas there are."""

import pytest
from django.urls import reverse

# Name, question of the address, most queries once the page has been opened before.
PAGES = [
    ("home", {}, 45),
    ("explore", {}, 32),
    ("explore", {"patch": "all", "theme": "imd_score", "sort": "-imd_score"}, 32),
    ("explore", {"core20": "1", "priority": "3"}, 32),
    ("theme", {"patch": "all"}, 12),
    ("map-in-view", {"box": "-9,49,3,56"}, 14),
    ("search-suggestions", {"q": "test"}, 10),
]


@pytest.mark.parametrize(("name", "question", "most"), PAGES)
def test_queries_are_bounded(analyst, city, patch, django_assert_max_num_queries, name, question, most):
    address = reverse(name)
    analyst.get(address, question)
    with django_assert_max_num_queries(most):
        analyst.get(address, question)


@pytest.mark.parametrize(("name", "most"), [("area", 20), ("area-priority", 14)])
def test_the_pages_of_an_area_are_bounded(analyst, city, patch, django_assert_max_num_queries, name, most):
    address = reverse(name, args=[city["worst"].code])
    analyst.get(address)
    with django_assert_max_num_queries(most):
        analyst.get(address)

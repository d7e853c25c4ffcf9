"""The page that says how registers reach areas, and how well."""

import pytest
from django.urls import reverse

from lsoa.models import Dataset

from .factories import DatasetFactory

URL = "/data/methods/prevalence/"


def text_of(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def derived(release="2024-25", state=Dataset.State.CURRENT, **validation):
    found = {
        "period": release,
        "national": [{"register": "DM", "prevalence": 7.894, "difference": 0.00002}],
        "methods": [{"method": "distance_decay", "practices": 6000, "patients": 6e7, "share": 0.97}],
        "lists": {"release": "2026-07", "practices": 6119, "of": 6188, "patients_share": 0.99},
        "wards": None,
        "networks": [],
        "authorities": None,
        "core20": None,
        "outcomes": [],
        "rates": [],
        "errors": [],
        "missing": [],
    }
    return DatasetFactory(
        publication="qof-area-prevalence",
        release=release,
        state=state,
        quality={"validation": found | validation},
    )


@pytest.fixture
def read(client_as):
    return lambda query="": text_of(client_as("viewer").get(URL + query))


def test_before_anything_is_loaded_the_page_says_what_it_needs(read):
    text = read()
    assert "Quality and Outcomes Framework" in text and "LSOA boundaries of 2021" in text


def test_the_figures_are_those_of_the_dataset(read):
    entry = {"register": "DM", "places": 296, "correlation": 0.994, "difference": 0.0986, "mean_ours": 7.08}
    authorities = {
        "publication": "Prevalence by local authority",
        "our_period": "2020-21",
        "their_period": "2019-20",
        "registers": [
            entry | {"mean_theirs": 7.03, "same_list": True},
            entry | {"register": "AST", "mean_theirs": 6.6, "same_list": False},
        ],
    }
    derived(authorities=authorities, core20={"areas": 6751, "crude": 0.2746, "standardised": 0.0358, "sums": []})
    text = read()
    assert "1 of 1 registers are reproduced to 0.01 percentage points" in text
    assert "2020-21 against those of 2019-20: 1 year apart" in text
    assert "0.99" in text and "0.10" in text and "Counted against lists of other ages" in text
    assert "27.5%" in text and "3.6%" in text
    assert text.count('<div class="her-bars') == 1 and 'aria-label="Correlation of local authorities' in text
    assert "6,119 of 6,188 practices" in text


def test_what_is_missing_is_named_and_its_part_says_so(read):
    derived(missing=["Patients Registered at a GP Practice (by LSOA), NHS England"])
    text = read()
    assert "Patients Registered at a GP Practice (by LSOA), NHS England" in text
    assert "House of Commons Library's prevalences by local authority are not loaded" in text.replace("&#x27;", "'")
    assert "<svg class=" not in text.split("<main")[1].split("</main")[0]


def test_years_are_chosen_by_the_address(read):
    derived("2024-25")
    before = [{"register": "AF", "prevalence": 2.05, "difference": 0.0}]
    derived("2020-21", state=Dataset.State.SUPERSEDED, national=before)
    assert "Diabetes" in read() and "Atrial fibrillation" in read("?release=2020-21")
    assert "Diabetes" in read("?release=nonsense")


@pytest.mark.parametrize("role", ["viewer", "planner", "auditor"])
def test_everybody_who_may_see_areas_may_read_it(client_as, role):
    assert client_as(role).get(reverse("methods")).status_code == 200


def test_nobody_else_may(client, client_as, db):
    assert client.get(URL).status_code == 302
    assert client_as().get(URL).status_code == 403

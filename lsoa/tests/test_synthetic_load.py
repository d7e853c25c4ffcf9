"""The fictional city goes through the loader like a publication."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.audit import SystemActor
from lsoa.models import Area, AreaProfile, Dataset, IndicatorValue, Postcode, Practice, TileSet
from lsoa.services import load_paths

BY = SystemActor("test:synthetic")
SMALL = "synthetic:seed=5,areas=120"


@pytest.fixture
def loaded(db):
    return load_paths(paths=[SMALL], by=BY)[0]


def test_one_dataset_holds_areas_figures_practices_and_postcodes(loaded):
    assert loaded.state == "loaded"
    dataset = loaded.dataset
    assert (dataset.standing, dataset.rows_rejected) == (Dataset.Standing.SYNTHETIC, 0)
    assert Area.objects.filter(is_synthetic=True, dataset=dataset).count() == 120
    assert Area.objects.exclude(local_authority_code="").exclude(icb_code="").count() == 120
    assert Practice.objects.filter(point__isnull=False).count() == 18
    assert Postcode.objects.filter(is_residential=True).count() == 480
    assert AreaProfile.objects.count() == 120


def test_missing_figures_keep_their_reason(loaded):
    profile = AreaProfile.objects.filter(missing__has_key="gp_travel_minutes").get()
    assert profile.values["gp_travel_minutes"] is None
    assert profile.missing["gp_travel_minutes"] == "not_applicable"
    assert IndicatorValue.objects.filter(missing_reason="suppressed").exists()


def test_its_map_is_there_afterwards(loaded):
    assert TileSet.objects.current(2021).area_count == 120


def test_the_same_seed_again_is_a_no_op_that_says_so(loaded):
    out = StringIO()
    call_command("load_open_data", SMALL, stdout=out)
    assert "unchanged: already loaded" in out.getvalue()
    assert Dataset.objects.count() == 1


def test_another_seed_takes_its_place(loaded):
    again = load_paths(paths=["synthetic:seed=6,areas=120"], by=BY)[0]
    assert again.state == "loaded"
    assert Dataset.objects.in_force().get() == again.dataset


@pytest.mark.parametrize("spec", ["synthetic:seed=x", "synthetic:areas=7", "synthetic:sede=1"])
def test_impossible_options_are_refused_with_what_was_expected(db, spec):
    outcome = load_paths(paths=[spec], by=BY)[0]
    assert outcome.state == "refused"
    assert "expected seed=<0 or more>,areas=<100 to 40000>" in outcome.message
    assert not Dataset.objects.exists()

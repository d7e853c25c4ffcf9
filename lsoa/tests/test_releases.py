"""Releases side by side: which one is in force, who says so, and the same figures in another file."""

import pytest

from accounts.models import AuditEvent
from lsoa.models import Area, Dataset, IndicatorValue
from lsoa.services import ReleaseImpossible, put_in_force, unpin

from . import published
from .conftest import LOADER
from .published import CODES

CARE = dict.fromkeys(CODES, [900, 18])
CORRECTED = dict.fromkeys(CODES, [900, 9])


def share():
    return Area.objects.with_profile().get(code=CODES[0]).profile.values["unpaid_care_50h_share"]


@pytest.fixture
def two(boundaries, load, tmp_path):
    """(superseded, in force)"""
    first = load(published.nomis(tmp_path / "a.csv", "TS039", CARE)).dataset
    second = load(published.nomis(tmp_path / "b.csv", "TS039", CORRECTED)).dataset
    first.refresh_from_db()
    return first, second


def test_a_person_puts_an_earlier_release_in_force_and_newer_ones_stay_beside_it(two, load, tmp_path):
    first, second = two
    put_in_force(dataset=first, by=LOADER, reason="The correction is wrong for Testford")
    assert share() == 2.0
    second.refresh_from_db()
    assert second.state == Dataset.State.SUPERSEDED
    event = AuditEvent.objects.filter(action="dataset.put_in_force").get()
    assert event.details == {"reason": "The correction is wrong for Testford", "replaced": str(second.pk)}
    third = load(published.nomis(tmp_path / "c.csv", "TS039", dict.fromkeys(CODES, [900, 45])))
    assert third.state == "history"
    assert "was put in force by a person and stays" in third.message
    assert share() == 2.0


def test_when_the_pin_is_taken_away_the_newest_is_in_force_again(two):
    first, second = two
    put_in_force(dataset=first, by=LOADER, reason="to compare")
    assert unpin(dataset=first, by=LOADER, reason="compared") == second
    assert share() == 1.0
    assert AuditEvent.objects.filter(action="dataset.unpinned").get().details["in_force"] == str(second.pk)
    with pytest.raises(ReleaseImpossible, match="not put in force by a person"):
        unpin(dataset=first, by=LOADER)


def test_what_is_pinned_already_or_holds_no_figures_cannot_be_put_in_force(two, boundaries):
    put_in_force(dataset=two[0], by=LOADER, reason="to compare")
    with pytest.raises(ReleaseImpossible, match="in force already"):
        put_in_force(dataset=two[0], by=LOADER, reason="again")
    with pytest.raises(ReleaseImpossible, match="no indicator values alone"):
        put_in_force(dataset=boundaries.dataset, by=LOADER, reason="no")


def test_history_stays_history_when_its_file_comes_again(two, load, tmp_path):
    again = load(tmp_path / "a.csv")
    assert again.state == "unchanged"
    assert "superseded: history stays history, unless a person puts it in force" in again.message
    assert share() == 1.0


def test_the_same_figures_in_another_file_are_not_loaded_again(boundaries, load, tmp_path):
    load(published.nomis(tmp_path / "a.csv", "TS039", CARE))
    before = [Dataset.objects.count(), IndicatorValue.objects.count(), AuditEvent.objects.count()]
    spelled = {code: ["900.0", '"18"'.strip('"')] for code in reversed(CODES)}
    again = load(published.nomis(tmp_path / "resaved.csv", "TS039", spelled, bom=True, newline="\r\n"))
    assert (again.state, again.message) == ("unchanged", "the same figures as a.csv (in force)")
    assert [Dataset.objects.count(), IndicatorValue.objects.count(), AuditEvent.objects.count()] == before


def test_one_other_figure_makes_another_file(boundaries, load, tmp_path):
    load(published.nomis(tmp_path / "a.csv", "TS039", CARE))
    assert load(published.nomis(tmp_path / "b.csv", "TS039", {**CARE, CODES[0]: [900, 17]})).state == "loaded"


def test_an_organisations_own_dataset_stands_beside_open_data(boundaries, load, organisation, tmp_path):
    path = published.nomis(tmp_path / "a.csv", "TS039", CARE)
    load(path)
    refused = load(path, organisation=organisation)
    # Indicators of the catalogue are everybody's: an organisation's figures need codes of their own.
    assert refused.state == "refused" and "which belongs to somebody else" in refused.message
    assert Dataset.objects.filter(organisation=organisation).count() == 0

"""What everybody asks of all areas is worked out before, once for each state of the data."""

import gc

import pytest

from accounts.tests.factories import OrganisationFactory
from healthequiroute.portal import prepared
from healthequiroute.portal.query import PriorityQuery
from healthequiroute.portal.selection import Selection
from healthequiroute.portal.theme_values import values_version
from healthequiroute.serving.warming import settle, warm
from lsoa.similar import finding
from priorities.models import ScoreRun

pytestmark = pytest.mark.django_db


def counts(organisation, **asked):
    return Selection(PriorityQuery(**asked), organisation).class_counts()


def test_answers_of_all_areas_are_there_for_every_organisation(
    city, patch, organisation, django_assert_max_num_queries
):
    prepared.prepare_common_answers.call_local()
    for asker in (organisation, OrganisationFactory(), None):
        # The state of the data, and the asker's patches.
        with django_assert_max_num_queries(4):
            assert sum(row.areas for row in counts(asker, patch="all")) == 24


def test_they_are_prepared_once_and_anew_with_new_scores(city, monkeypatch):
    made = []
    monkeypatch.setattr(prepared, "prepare", lambda: made.append(1))
    prepared.prepare_common_answers.call_local()
    prepared.prepare_common_answers.call_local()
    assert len(made) == 1
    latest = ScoreRun.objects.latest_finished()
    latest.finished_at = latest.finished_at.replace(year=latest.finished_at.year + 1)
    latest.save(update_fields=["finished_at"])
    prepared.prepare_common_answers.call_local()
    assert len(made) == 2


def test_patches_and_visits_stay_their_organisations_own(city, patch, organisation):
    other = OrganisationFactory()

    def version(asker, **asked):
        query = PriorityQuery(**asked)
        return values_version(query, Selection(query, asker))

    assert sum(row.areas for row in counts(organisation, patch="testham")) == 4
    assert sum(row.areas for row in counts(other, patch="testham")) == 24, "no patch of that name: all areas"
    assert version(organisation, patch="all") == version(other, patch="all")
    assert version(organisation, patch="testham") != version(other, patch="testham")
    assert version(organisation, patch="all", theme="visits") != version(other, patch="all", theme="visits")


def test_a_process_that_is_warm_has_compared_the_areas(city):
    finding._tables.clear()
    warm()
    assert finding._tables


def test_what_a_warm_process_holds_is_left_out_of_searches_for_garbage():
    before = gc.get_threshold()
    try:
        settle()
        assert gc.get_freeze_count() > 100_000, "modules and templates alone are more"
        assert gc.get_threshold() > before
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)

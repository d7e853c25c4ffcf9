"""Questions about the months ahead."""

import pytest
from django.urls import reverse

from insights.assistant import Intent
from insights.assistant.verifying import is_proven
from insights.tests import factories as make
from lsoa.models import Area
from lsoa.services import rebuild_places

pytestmark = pytest.mark.django_db


def test_what_is_expected_is_told_with_its_interval_and_source(viewer, town, patch):
    Area.objects.filter(pk=town["worst"].pk).update(icb_code="E54000099", icb_name="NHS Testham ICB")
    model = make.make_model(run=make.make_run())
    series = make.make_series(organisation_kind="icb", organisation_code="E54000099", measure=model.measure)
    forecast = make.make_forecast(model=model, series=series)
    answer = viewer("What is the outlook for the months ahead?")
    assert answer.intent == Intent.OUTLOOK and is_proven(answer) and len(answer.table.rows) == len(forecast.mean)
    assert answer.links[0].href == reverse("outlook", args=[series.pk])
    assert "With a chance of 80%" in answer.paragraphs[0] and all(fact.source for fact in answer.facts)


def test_without_a_forecast_it_is_said(viewer, town, patch):
    assert "There is no forecast" in viewer("What is the outlook for referrals?").paragraphs[0]


def test_without_one_for_england_it_is_said_whose_there_are_and_these_can_be_asked_for(viewer, town, patch):
    Area.objects.filter(pk__in=[area.pk for area in town.values()]).update(
        icb_code="E54000099", icb_name="NHS Testham Integrated Care Board"
    )
    rebuild_places()
    model = make.make_model(run=make.make_run())
    series = make.make_series(organisation_kind="icb", organisation_code="E54000099", measure=model.measure)
    make.make_forecast(model=model, series=series)
    answer = viewer("What is the outlook for activity in England?")
    assert answer.intent == Intent.OUTLOOK and is_proven(answer) and answer.table is None
    assert "for England as a whole" in answer.paragraphs[0] and answer.links[0].href == reverse(
        "outlook", args=[series.pk]
    )
    asked = viewer(answer.suggestions[0])
    assert (
        asked.intent == Intent.OUTLOOK and asked.links[0].href == reverse("outlook", args=[series.pk]) and asked.table
    )

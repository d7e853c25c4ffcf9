"""Invented activity goes through the loader like a publication, and a month keeps its figure."""

from datetime import date

import numpy as np
import pytest

from accounts.audit import SystemActor
from accounts.demo import ODS_CODE
from lsoa.models import ActivitySeries, ActivityValue, Dataset
from lsoa.services import load_paths
from lsoa.sources.synthetic import activity

BY = SystemActor("test:synthetic-activity")


def load(options="until=2026-09"):
    return load_paths(paths=[f"synthetic-activity:{options}"], by=BY)[0]


def test_five_years_of_boards_and_trusts_are_loaded_and_said_to_be_synthetic(db):
    dataset = load().dataset
    assert (dataset.standing, dataset.release, dataset.rows_rejected) == (Dataset.Standing.SYNTHETIC, "2026-09", 0)
    assert "fictional" in dataset.title and "synthetic" in dataset.title
    assert ActivitySeries.objects.filter(organisation_kind="icb").count() == 8
    # Nobody is admitted from minor injury units.
    assert set(ActivitySeries.objects.filter(organisation_code=ODS_CODE).values_list("measure", flat=True)) == {
        "ae_attendances", "ae_attendances_over_4h",
    }  # fmt: skip
    values = ActivityValue.objects.filter(series__measure="ae_attendances", series__organisation_code=ODS_CODE)
    assert values.count() == activity.MONTHS == 60
    assert values.order_by("period").first().period == date(2021, 10, 1)
    assert values.order_by("period").last().period == date(2026, 9, 1)


def test_a_month_that_was_not_reported_is_blank_and_not_zero(db):
    load()
    blank = ActivityValue.objects.filter(value__isnull=True)
    assert set(blank.values_list("series__measure", "period", "missing_reason")) == {
        (measure, date(2025, 8, 1), "blank") for measure in ("ae_attendances_over_4h", "ae_waits_over_4h")
    }


def test_a_later_release_takes_its_place_and_repeats_what_was_published(db):
    load()
    assert load("until=2026-10").state == "loaded"
    assert Dataset.objects.in_force().get().release == "2026-10"
    assert load("until=2026-10").state == "unchanged"
    months = np.arange(2025 * 12, 2026 * 12)
    body = activity.BODIES[0]
    later = activity.figures(body, 0, 1, np.arange(2025 * 12, 2027 * 12))
    assert np.array_equal(activity.figures(body, 0, 1, months), later[:12])
    assert not np.array_equal(activity.figures(body, 0, 2, months), later[:12])


@pytest.mark.parametrize(
    ("day", "month"),
    [(date(2026, 11, 14), (2026, 9)), (date(2026, 11, 15), (2026, 10)), (date(2026, 1, 3), (2025, 11))],
)
def test_figures_come_out_in_the_middle_of_the_next_month(day, month):
    number = activity.newest_published(day)
    assert (number // 12, number % 12 + 1) == month


@pytest.mark.parametrize("options", ["until=2026-13", "until=next", "seed=-1", "months=3", "until=1999-01"])
def test_impossible_options_are_refused_with_what_was_expected(db, options):
    outcome = load(options)
    assert outcome.state == "refused" and "expected until=<a month from 2020-01 to 2099-12>" in outcome.message

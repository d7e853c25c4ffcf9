"""The published series and figures of places, in the database after a whole load."""

import datetime as dt

import pytest
from django.db.models import Count, Sum

from lsoa.models import ActivitySeries, ActivityValue, Dataset, PlaceFigure
from lsoa.sources.activity import periods

pytestmark = pytest.mark.usefixtures("england")
ENGLAND = "E92000001"


def values(publication, measure, **where):
    """Figures of one measure from the datasets of a publication that are in force."""
    return ActivityValue.objects.filter(
        dataset__publication=publication,
        dataset__state=Dataset.State.CURRENT,
        series__measure=measure,
        **{f"series__{name}": value for name, value in where.items()},
    )


def attendances(**where):
    return values("ae-monthly-england", "ae_attendances", breakdown="", **where)


def test_attendances_of_england_by_month():
    assert attendances(organisation_code=ENGLAND).count() == 158
    assert attendances().get(period=dt.date(2010, 8, 1)).value == 1_752_381
    assert attendances().get(period=dt.date(2023, 9, 1)).value == 2_165_741
    estimates = attendances().filter(is_estimate=True).order_by("period").values_list("period", flat=True)
    assert (len(estimates), estimates[0], estimates[54]) == (55, dt.date(2010, 11, 1), dt.date(2015, 5, 1))
    assert attendances().filter(note__contains=periods.TYPE3_NOTE).count() == 7
    loaded = Dataset.objects.in_force().get(publication="ae-monthly-england")
    assert loaded.standing == Dataset.Standing.OFFICIAL and loaded.rows_rejected == 0
    assert not any(count for what, count in loaded.quality["counts"].items() if "differs" in what)


def test_the_table_as_csv_says_the_same_as_the_workbook():
    files = Dataset.objects.filter(publication="ae-monthly-england")
    if files.count() == 1:
        # The loader knows by the content that the second form has nothing new.
        return
    figures = [
        list(
            ActivityValue.objects.filter(dataset=file)
            .order_by("series", "period")
            .values_list("series", "period", "value", "is_estimate", "note")
        )
        for file in files
    ]
    assert figures[0] == figures[1]


def test_every_commissioner_by_month_without_a_gap():
    loaded = Dataset.objects.in_force().get(publication="hospital-activity-series")
    assert (loaded.rows_read, loaded.rows_rejected) == (18_621, 0)
    assert (loaded.quality["counts"]["months"], loaded.quality["counts"]["months missing in between"]) == (93, 0)
    non_elective = values("hospital-activity-series", "non_elective_admissions")
    england = non_elective.filter(series__organisation_code=ENGLAND)
    assert england.count() == 93 and non_elective.count() == 18_621
    commissioners = non_elective.filter(series__organisation_kind="commissioner")
    sums = dict(commissioners.values_list("period").annotate(total=Sum("value")))
    assert all(sums[figure.period] == pytest.approx(figure.value) for figure in england)
    # Nobody commissions on both sides of April 2013, but national bodies.
    before = set(commissioners.filter(period=dt.date(2013, 3, 1)).values_list("series__organisation_code", flat=True))
    after = set(commissioners.filter(period=dt.date(2013, 4, 1)).values_list("series__organisation_code", flat=True))
    assert len(before) == 152 and len(before & after) <= 2


def test_the_months_as_published_agree_with_the_table_made_of_them():
    months = Dataset.objects.in_force().filter(publication="hospital-activity-month")
    assert sorted(months.values_list("release", flat=True)) == ["2012-04", "2015-04", "2019-12"]
    published = values("hospital-activity-month", "non_elective_admissions")
    assert published.count() == 153 + 211 + 193
    table = dict(
        values("hospital-activity-series", "non_elective_admissions")
        .filter(period__in=published.values("period"))
        .annotate(n=Count("id"))
        .values_list("series_id", "value")
        .filter(period=dt.date(2019, 12, 1))
    )
    december = published.filter(period=dt.date(2019, 12, 1))
    assert {figure.series_id: figure.value for figure in december} == table


def test_trusts_and_boards():
    trusts = Dataset.objects.in_force().get(publication="ae-by-trust")
    boards = Dataset.objects.in_force().get(publication="ae-by-icb")
    assert (trusts.rows_read, trusts.rows_rejected) == (7_895, 0) and trusts.quality["counts"]["months"] == 52
    assert (boards.rows_read, boards.rows_rejected) == (1_680, 0) and boards.quality["counts"]["months"] == 40
    over = values("ae-by-trust", "ae_attendances_over_4h")
    assert over.filter(missing_reason="not_applicable", note=periods.FIELD_TEST_NOTE).count() == 354
    assert over.exclude(missing_reason=None).count() == 354
    assert over.filter(missing_reason="not_applicable").latest("period").period <= dt.date(2023, 5, 1)
    assert ActivitySeries.objects.filter(organisation_kind="icb", measure="ae_attendances").count() == 42


def test_departments_of_providers():
    loaded = Dataset.objects.in_force().get(publication="ae-by-provider-department")
    assert (loaded.rows_read, loaded.rows_rejected, loaded.quality["counts"]["months"]) == (12_765, 0, 36)
    organisations = values("ae-by-provider-department", "ae_attendances").values("series__organisation_code")
    assert organisations.distinct().count() == 274


def test_weekly_deaths():
    loaded = Dataset.objects.in_force().get(publication="weekly-deaths")
    assert (loaded.rows_read, loaded.rows_rejected) == (18_803, 52)
    deaths = values("weekly-deaths", "weekly_deaths", breakdown="")
    assert deaths.filter(series__organisation_kind="country").count() == 535
    assert deaths.filter(series__organisation_kind="region").values("series").distinct().count() == 10
    assert deaths.get(period=dt.date(2010, 1, 8), series__organisation_kind="country").value == 12_968


def test_figures_of_places():
    counts = PlaceFigure.objects.filter(dataset__publication="fingertips", dataset__state=Dataset.State.CURRENT)
    found = dict(counts.values_list("indicator").annotate(n=Count("id")))
    assert found == {"247": 210, "91547": 17_627, "93553": 6_546, "93930": 7_610}
    assert counts.filter(missing_reason="suppressed").count() == 1
    msoas = PlaceFigure.objects.filter(dataset__publication="local-health-msoa")
    assert msoas.values("place_code").distinct().count() == 100 and msoas.count() == 1_900
    assert Dataset.objects.get(publication="local-health-msoa").vintage == 2011

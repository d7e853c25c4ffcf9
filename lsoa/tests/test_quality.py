"""Checks of the data as a whole: what each finds, and how its alerts live."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.audit import SystemActor
from accounts.models import AuditEvent, Notification
from lsoa.models import Area, AreaChange, CheckRun, Dataset, Feed, IndicatorValue, PracticeList, QualityAlert
from lsoa.quality import CHECKS
from lsoa.quality.comparison import compare
from lsoa.quality.rhythm import due_since, end_of_release
from lsoa.services import acknowledge_alert, refresh_profile, run_checks

from .factories import AreaFactory, DatasetFactory, IndicatorFactory, IndicatorValueFactory

TESTS = SystemActor("tests")


def found(code):
    return [finding.message for finding in CHECKS[code].find()]


def report(code="rate", **figures):
    return {"indicators": {code: {"values": 0, "missing": {}, "areas_without": 0} | figures}}


def test_every_check_says_what_it_expects(db):
    assert len(CHECKS) >= 12
    for check in CHECKS.values():
        assert check.title and check.explanation.endswith(".")
        assert list(check.find()) == []  # Nothing is wrong with nothing.


def test_areas_without_a_row_are_an_error(db):
    DatasetFactory(quality=report(values=980, areas_without=20))
    assert "20 of 1,000 areas have no row for rate" in found("coverage")[0]


def test_a_table_of_one_city_need_not_cover_the_nation(db):
    DatasetFactory(quality=report(values=10, areas_without=990), extent="Wigan")
    assert found("coverage") == []


def test_much_suppression_is_a_warning(db):
    DatasetFactory(quality=report(values=700, missing={"suppressed": 300}))
    assert "300 of 1,000 areas have no value" in found("coverage")[0]


def test_impossible_values_are_told_even_when_they_were_blanked(db):
    DatasetFactory(quality=report(values=9, missing={"out_of_range": 1}))
    assert "1 values of rate were impossible" in found("out-of-range")[0]


def test_values_in_force_outside_their_indicator_are_an_error(db):
    indicator = IndicatorFactory(code="share", name="A share", maximum=100.0)
    IndicatorValueFactory(indicator=indicator, value=120.0)
    refresh_profile()
    assert "expected anything to 100" in found("out-of-range")[0]


@pytest.fixture
def releases(db):
    """`releases(change)`: two releases over forty areas; `change(n)` is added to the figure n of the first."""

    def make(change, **fields):
        indicator = IndicatorFactory(code="rate", name="A rate", unit="%")
        before = DatasetFactory(publication="rates", release="2023", state="superseded", quality=report(values=40))
        after = DatasetFactory(publication="rates", release="2024", quality=report(values=40), **fields)
        for n, area in enumerate(AreaFactory.create_batch(40)):
            IndicatorValueFactory(area=area, indicator=indicator, dataset=before, value=float(n))
            IndicatorValueFactory(area=area, indicator=indicator, dataset=after, value=n + change(n))
        return indicator, before, after

    return make


def test_a_release_like_the_one_before_passes(releases):
    releases(lambda n: 0.1 * (n % 3))
    assert found("change") == []


def test_a_median_that_moves_far_is_told(releases):
    releases(lambda n: 15.0)
    assert "the median went from 19.5 (2023) to 34.5 (2024)" in found("change")[0]


def test_many_areas_that_jump_are_told(releases):
    indicator, before, after = releases(lambda n: 30.0 * (-1) ** n if n % 8 == 0 else 0.01 * (n % 2))
    assert "5 of 40 comparable areas jumped" in found("change")[0]
    comparison = compare(indicator, before, after)
    assert comparison.jumped == 5 and all(abs(jump.change) == 30 for jump in comparison.jumps)


def test_fictional_releases_are_not_held_against_real_ones(releases):
    releases(lambda n: 15.0, standing=Dataset.Standing.SYNTHETIC)
    assert found("change") == []


def test_split_areas_are_not_compared(db):
    indicator = IndicatorFactory(code="rate", name="A rate", unit="%")
    before = DatasetFactory(publication="a", release="2019", vintage=2011, quality=report(values=1))
    after = DatasetFactory(publication="b", release="2025", quality=report(values=1))
    old, new = AreaFactory(code="E01000009", vintage=2011), AreaFactory(code="E01000009")
    AreaChange.objects.create(code_2011=old.code, code_2021=new.code, kind="S", weight=0.5, dataset=after)
    IndicatorValueFactory(area=old, indicator=indicator, dataset=before)
    IndicatorValueFactory(area=new, indicator=indicator, dataset=after)
    assert compare(indicator, before, after) is None


def test_deciles_must_follow_from_ranks(db):
    rank, decile = IndicatorFactory(code="x_rank", unit="rank"), IndicatorFactory(code="x_decile", unit="decile")
    figures = {"indicators": {"x_rank": {"values": 40}, "x_decile": {"values": 40}}}
    dataset = DatasetFactory(quality=figures)
    for n, area in enumerate(AreaFactory.create_batch(40), 1):
        IndicatorValueFactory(area=area, indicator=rank, dataset=dataset, value=float(n))
        IndicatorValueFactory(area=area, indicator=decile, dataset=dataset, value=float((n - 1) // 4 + 1))
    assert found("deciles") == []
    IndicatorValue.objects.filter(indicator=decile, value=1).update(value=10)
    assert "in 4 areas x_decile does not follow" in found("deciles")[0]


def test_totals_of_two_tables_may_differ_by_disclosure_control_only(db):
    area, dataset = AreaFactory(), DatasetFactory()
    first = IndicatorFactory(code="households", unit="households")
    second = IndicatorFactory(code="households_total", unit="households")
    IndicatorValueFactory(area=area, indicator=first, dataset=dataset, value=600.0)
    other = IndicatorValueFactory(area=area, indicator=second, dataset=dataset, value=603.0)
    refresh_profile()
    assert found("totals") == []
    other.value = 700.0
    other.save()
    refresh_profile()
    assert f"in 1 areas, for instance {area.code}" in found("totals")[0]


def test_parts_make_up_their_whole(db):
    codes = ["imd_population_total", "imd_population_children", "imd_population_adults", "imd_population_older"]
    dataset = DatasetFactory(quality={"indicators": {code: {"values": 2} for code in codes}})
    good, bad = AreaFactory.create_batch(2)
    for code, here, there in zip(codes, (1500, 300, 800, 400), (1500, 300, 800, 200), strict=True):
        indicator = IndicatorFactory(code=code, unit="people")
        IndicatorValueFactory(area=good, indicator=indicator, dataset=dataset, value=float(here))
        IndicatorValueFactory(area=bad, indicator=indicator, dataset=dataset, value=float(there))
    assert f"in 1 areas ({bad.code} is one)" in found("sums")[0]


def test_lists_must_add_up(db):
    dataset = DatasetFactory()
    bands = [10.0] * 20
    PracticeList.objects.create(dataset=dataset, practice_code="A81001", patients=400, female=bands, male=bands)
    assert found("practice-lists") == []
    PracticeList.objects.create(dataset=dataset, practice_code="A81002", patients=500, female=bands, male=bands)
    assert "1 practices do not add up, for instance A81002" in found("practice-lists")[0]


def test_what_a_model_needs_must_be_there(db, monkeypatch):
    from lsoa.quality import check

    monkeypatch.setattr(check, "_needs", [lambda: {"imd_decile": "the model"}])
    assert found("needed") == []  # Without areas there is nothing to miss.
    AreaFactory()
    assert found("needed") == ["imd_decile is needed by the model, and no dataset in force gives it."]
    IndicatorValueFactory()
    refresh_profile()
    assert found("needed") == []


def test_derived_figures_lag_behind_their_input(db):
    source, made = DatasetFactory(), DatasetFactory(title="Derived")
    made.inputs.add(source)
    assert found("derived") == []
    source.state = Dataset.State.SUPERSEDED
    source.save()
    assert "Derived, 2021 was derived from" in found("derived")[0]


def test_a_quiet_feed_is_told(db):
    now = timezone.now()
    fields = {
        "subject": "ae_attendances",
        "provider": "http",
        "location": "https://example.org",
        "interval_seconds": 60,
    }
    Feed.objects.create(name="Fresh", succeeded_at=now, **fields)
    Feed.objects.create(name="Off", succeeded_at=now - timedelta(days=9), is_enabled=False, **fields)
    Feed.objects.create(name="Untried", **fields)
    Feed.objects.create(name="Quiet", succeeded_at=now - timedelta(hours=5), failures=3, **fields)
    assert found("feeds") == ["Quiet: no good answer for 5.0 hours; 3 failed attempts."]
    Feed.objects.filter(name="Quiet").update(failures=1)
    assert found("feeds") == ["Quiet: no good answer for 5.0 hours; 1 failed attempt."]


def test_rejected_rows_beyond_one_in_a_hundred(db):
    DatasetFactory(rows_read=1_000, rows_rejected=10)
    assert found("rejected-rows") == []
    DatasetFactory(rows_read=1_000, rows_rejected=11)
    assert "11 of 1,000 rows were rejected" in found("rejected-rows")[0]


@pytest.mark.parametrize(
    ("release", "last_day"),
    [
        ("2024-25", date(2025, 3, 31)),
        ("2026-07", date(2026, 7, 31)),
        ("2026-07-01", date(2026, 7, 1)),
        ("2021", date(2021, 12, 31)),
        ("1999-00", date(2000, 3, 31)),
        ("2026-13", None),
        ("August 2026", None),
    ],
)
def test_releases_end_on_a_day(release, last_day):
    assert end_of_release(release) == last_day


def test_a_yearly_publication_is_overdue_after_two_years():
    assert due_since("qof-prevalence", "2020-21", date(2026, 11, 21)) is not None
    assert due_since("qof-prevalence", "2024-25", date(2026, 11, 21)) is None
    assert due_since("census2021-ts007a", "2021", date(2050, 1, 1)) is None


def test_outlines_are_looked_at(db):
    areas = AreaFactory.create_batch(3)
    assert found("geometry") == found("overlaps") == found("holes") == []
    Area.objects.filter(pk=areas[1].pk).update(geometry=areas[0].geometry)
    assert "1 pairs of areas overlap" in found("overlaps")[0]


def test_a_hole_between_areas_is_found(db):
    """Eight squares around a ninth that is missing."""
    from django.contrib.gis.geos import MultiPolygon, Polygon

    for x in range(3):
        for y in range(3):
            if (x, y) != (1, 1):
                # Binary fractions: neighbours' edges are the very same numbers.
                west, south = -1 + x / 128, 51 + y / 128
                square = Polygon.from_bbox((west, south, west + 1 / 128, south + 1 / 128))
                AreaFactory(geometry=MultiPolygon(square, srid=4326))
    assert "1 holes between areas" in found("holes")[0]


def test_an_alert_is_raised_once_refreshed_and_resolved(db, platform_administrator):
    dataset = DatasetFactory(rows_read=100, rows_rejected=50)
    first = run_checks(by=TESTS)
    assert len(first.raised) == 1 and not first.has_errors
    assert Notification.objects.filter(user=platform_administrator).count() == 1
    again = run_checks(by=TESTS)
    assert (len(again.raised), again.refreshed) == (0, 1)
    assert Notification.objects.count() == 1
    dataset.rows_rejected = 0
    dataset.save()
    assert run_checks(by=TESTS).resolved == 1
    assert not QualityAlert.objects.open().exists()
    assert CheckRun.objects.count() == len(CHECKS)
    assert AuditEvent.objects.filter(action="quality.checked").count() == 3


def test_note_taken_of_an_alert_lapses_when_it_gets_worse(db, platform_administrator):
    dataset = DatasetFactory(rows_read=100, rows_rejected=50)
    run_checks(by=TESTS)
    alert = acknowledge_alert(alert=QualityAlert.objects.get(), by=platform_administrator)
    run_checks(by=TESTS)
    alert.refresh_from_db()
    assert alert.acknowledged_by == platform_administrator
    dataset.rows_rejected = 60
    dataset.save()
    run_checks(by=TESTS)
    alert.refresh_from_db()
    assert alert.acknowledged_at is None and "60 of 100" in alert.message


def test_running_some_checks_leaves_the_alerts_of_others(db):
    DatasetFactory(rows_read=100, rows_rejected=50)
    run_checks(by=TESTS)
    run_checks(by=TESTS, codes=["coverage"])
    assert QualityAlert.objects.open().count() == 1


def run_command(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("check_data", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_prints_findings_and_fails_on_errors(db):
    out, err = run_command()
    assert out == "" and "0 findings" in err
    DatasetFactory(rows_read=100, rows_rejected=50)
    assert run_command()[0].startswith("warning: rejected-rows: ")
    assert json.loads(run_command("--json", "--only", "rejected-rows")[0])[0]["details"] == {
        "rejected": 50,
        "read": 100,
    }
    DatasetFactory(quality=report(values=1, areas_without=99))
    with pytest.raises(CommandError) as failure:
        run_command()
    assert failure.value.returncode == 1
    assert "coverage: Coverage of areas." in run_command("--list")[0]


def text_of(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_shows_checks_alerts_and_datasets(db, client_as):
    client = client_as("viewer")
    assert "The checks have not run yet" in text_of(client.get("/data/quality/"))
    DatasetFactory(
        title="Some table", rows_read=100, rows_rejected=50, quality=report(values=90, missing={"suppressed": 10})
    )
    run_checks(by=TESTS)
    page = text_of(client.get("/data/quality/"))
    assert "0 errors and 1 warning open" in page and "50 of 100 rows were rejected" in page
    assert "Some table" in page and "90%" in page and "Nobody yet" in page
    assert all(check.title in page for check in CHECKS.values())
    assert "Check now" not in page


def test_platform_administrators_take_note_and_check_again(db, platform_client):
    DatasetFactory(rows_read=100, rows_rejected=50)
    assert "The checks run in the background" in text_of(platform_client.post("/data/quality/check/", follow=True))
    alert = QualityAlert.objects.get()
    platform_client.post(reverse("alert-acknowledge", args=[alert.pk]))
    page = text_of(platform_client.get("/data/quality/"))
    assert platform_client.user.get_full_name() in page and "Take note" not in page
    Dataset.objects.update(rows_rejected=0)
    run_checks(by=TESTS)
    assert "50 of 100" not in text_of(platform_client.get("/data/quality/"))
    assert "50 of 100" in text_of(platform_client.get("/data/quality/?resolved=1"))


def test_alerts_about_one_organisation_are_not_seen_by_others(db, client_as, organisation, other_organisation):
    DatasetFactory(rows_read=100, rows_rejected=50, organisation=organisation, title="Own figures of ours")
    run_checks(by=TESTS)
    assert "Own figures of ours" in text_of(client_as("viewer").get("/data/quality/"))
    other = text_of(client_as("viewer", organisation=other_organisation).get("/data/quality/"))
    assert "Own figures of ours" not in other


def test_a_load_asks_for_a_check_once(db, monkeypatch):
    from lsoa.quality import schedule
    from lsoa.signals import dataset_loaded

    asked = []
    monkeypatch.setattr(schedule.check_soon, "schedule", lambda **when: asked.append(when))
    for dataset in DatasetFactory.create_batch(3):
        dataset_loaded.send(sender=Dataset, dataset=dataset)
    assert asked == [{"delay": schedule.WAIT_SECONDS}]
    schedule.check_soon.call_local()
    assert CheckRun.objects.exists()


def test_the_page_unfolds_what_needs_a_look(client_as, db):
    complete = DatasetFactory(title="Complete figures", quality=report(values=10))
    gaps = DatasetFactory(title="Figures with gaps", quality=report(values=9, missing={"suppressed": 1}))
    CheckRun.objects.create(check_code="coverage", findings=2, seconds=0.1, ran_at=timezone.now())
    CheckRun.objects.create(check_code="deciles", findings=0, seconds=0.1, ran_at=timezone.now())
    for number in range(14):
        QualityAlert.objects.create(
            check_code="coverage",
            severity=QualityAlert.Severity.WARNING,
            subject=f"x{number}",
            message="Look",
            seen_at=timezone.now(),
        )
    page = client_as("viewer").get(reverse("data-quality")).context["page"]
    assert [row.dataset for row in page.glance_figures] == [gaps]
    assert [row.dataset for row in page.glance_complete] == [complete]
    assert (len(page.first_alerts), len(page.further_alerts)) == (12, 2)
    assert (len(page.checks_with_findings), len(page.checks_passed)) == (1, 1)
    assert len(page.checks_waiting) == len(CHECKS) - 2

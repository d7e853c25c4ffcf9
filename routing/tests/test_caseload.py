"""When people on a caseload are due: bank holidays, working days, review intervals, clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from routing.caseload import (
    EVERY_DAY,
    WEEKDAYS,
    Calendar,
    Due,
    History,
    bank_holidays,
    clinical_limit,
    due_again_at,
    due_date,
    easter,
    interval_days,
    is_bank_holiday,
    next_due,
)

PUBLISHED = {  # GOV.UK, UK bank holidays, England and Wales
    2020: ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"],
    2021: ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2022: ["01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"],
    2023: ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"],
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2012: ["01-02", "04-06", "04-09", "05-07", "06-04", "06-05", "08-27", "12-25", "12-26"],
    2002: ["01-01", "03-29", "04-01", "05-06", "06-03", "06-04", "08-26", "12-25", "12-26"],
    1999: ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28", "12-31"],
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_are_those_published(year):
    assert [f"{day:%m-%d}" for day in bank_holidays(year)] == PUBLISHED[year]


def test_every_year_has_eight_and_none_on_a_weekend():
    for year in range(2024, 2300):
        assert len(bank_holidays(year)) == 8
        assert all(day.weekday() < 5 for day in bank_holidays(year))
    assert bank_holidays(2027)[date(2027, 12, 28)] == "Boxing Day (substitute day)"
    with pytest.raises(ValueError, match="1978"):
        bank_holidays(1977)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(1818, "1818-03-22"), (1943, "1943-04-25"), (2000, "2000-04-23"), (2019, "2019-04-21"), (2038, "2038-04-25")],
)
def test_easter(year, sunday):
    assert easter(year) == date.fromisoformat(sunday)


def test_working_days():
    thursday_before_easter = date(2026, 4, 2)
    assert WEEKDAYS.is_working(thursday_before_easter)
    assert WEEKDAYS.on_or_after(date(2026, 4, 3)) == date(2026, 4, 7)
    assert WEEKDAYS.on_or_before(date(2026, 4, 6)) == thursday_before_easter
    assert WEEKDAYS.add(thursday_before_easter, 1) == date(2026, 4, 7)
    assert WEEKDAYS.add(date(2026, 4, 4), 0) == date(2026, 4, 7)
    assert list(WEEKDAYS.between(date(2026, 12, 24), date(2026, 12, 29))) == [date(2026, 12, 24), date(2026, 12, 29)]
    assert EVERY_DAY.is_working(date(2026, 12, 25))
    weekends = Calendar(frozenset({5, 6}))
    assert weekends.on_or_after(date(2026, 4, 7)) == date(2026, 4, 11)
    with pytest.raises(ValueError, match="forwards"):
        WEEKDAYS.add(thursday_before_easter, -1)
    with pytest.raises(ValueError, match="at least one"):
        Calendar(frozenset())


def test_intervals_follow_the_class():
    assert [interval_days(priority) for priority in range(4)] == [84, 42, 14, 2]
    assert interval_days(0, (12, 24)) == 1


def test_a_review_on_a_closed_day_is_brought_forward():
    assert due_date(date(2026, 3, 20), 14) == date(2026, 4, 2), "Good Friday"
    assert due_date(date(2026, 3, 23), 14) == date(2026, 4, 2), "Easter Monday, the weekend, Good Friday"
    assert due_date(date(2026, 11, 9), 14) == date(2026, 11, 23)


def test_frequent_visits_fall_on_any_day():
    assert due_date(date(2026, 12, 23), 2) == date(2026, 12, 25)
    assert due_date(date(2026, 4, 2), 2) == date(2026, 4, 4)


def test_where_no_working_day_lies_between_the_next_one_is_meant():
    rare = Calendar(frozenset({1}))  # Tuesdays
    assert due_date(date(2026, 11, 24), 7, rare) == date(2026, 12, 1)
    assert due_date(date(2026, 12, 23), 8, Calendar(frozenset({4}))) == date(2027, 1, 8), "Christmas and New Year"


def test_somebody_without_a_history_is_due_once_per_interval_on_a_cycle_of_their_own():
    for interval in (2, 7, 14, 42):
        for phase in range(0, interval, 3):
            days = [date(2026, 11, 2) + timedelta(days=number) for number in range(3 * interval)]
            due = {next_due(day, interval, phase).on for day in days}
            gaps = [(after - before).days for before, after in zip(sorted(due), sorted(due)[1:], strict=False)]
            assert all(interval - 5 <= gap <= interval + 5 for gap in gaps)
            assert all(next_due(day, interval, phase).on >= day for day in days)
            if interval >= 7:
                assert all(WEEKDAYS.is_working(day) for day in due)


def test_history_comes_before_the_cycle():
    day = date(2026, 11, 23)
    assert next_due(day, 14, 0, History(last_done=date(2026, 11, 16))).on == date(2026, 11, 30)
    overdue = next_due(day, 14, 0, History(last_done=date(2026, 11, 2)))
    assert overdue == Due(date(2026, 11, 16))
    assert (overdue.days_until(day), overdue.days_deferred(day)) == (0, 7)
    deferred = next_due(day, 14, 0, History(date(2026, 11, 2), date(2026, 11, 12)))
    assert deferred.on == date(2026, 11, 12)
    assert Due(date(2026, 11, 25)).days_until(day) == 2
    assert Due(date(2026, 11, 25)).days_deferred(day) == 0


def test_the_clinical_limit_is_a_day_on_which_somebody_comes():
    friday = date(2026, 11, 20)
    assert clinical_limit(friday, 3) == date(2026, 11, 21), "urgent: any day of the week"
    assert clinical_limit(friday, 2) == date(2026, 11, 23)
    assert clinical_limit(date(2026, 11, 19), 2) == friday, "the Sunday is brought forward"
    assert clinical_limit(date(2026, 4, 3), 2) == date(2026, 4, 3), "never before it is due"
    assert clinical_limit(friday, 0) == date(2026, 12, 18)


def test_reviews_keep_the_time_of_day_when_the_clocks_change():
    # The clocks go back on 25 October 2026 and forward on 29 March 2026, at 01:00 UTC.
    autumn = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)  # 09:00 BST
    assert due_again_at(autumn, 48) == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
    spring = datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
    assert due_again_at(spring, 48) == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    assert due_again_at(spring, 6) == datetime(2026, 3, 28, 15, 0, tzinfo=UTC)
    assert due_again_at(datetime(2026, 3, 28, 1, 30, tzinfo=UTC), 24) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    repeated = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second 01:30 of that night
    assert due_again_at(repeated, 24) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_bank_holidays_are_quick_to_ask_for():
    assert is_bank_holiday(date(2026, 12, 28))
    assert not is_bank_holiday(date(2026, 12, 26)), "the substitute day stands for it"

"""Words and scales of outlooks."""

from datetime import date

import pytest

from insights.months import month_after
from insights.presenters import words
from insights.presenters.outlook_chart import scale
from insights.published import total


@pytest.mark.parametrize(
    ("value", "text"),
    [(41_234, "41,200"), (873.4, "873"), (9.6, "10"), (0.3, "0"), (-4, "0"), (None, "no figure"), (1_998, "2,000")],
)
def test_an_estimate_has_no_more_digits_than_it_is_worth(value, text):
    assert words.estimate(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.031, "3.1% more than in"),
        (-0.02, "2.0% less than in"),
        (0.0, "about as many as in"),
        (0.0001, "about as many as in"),
        (0.62, "62% more than in"),
    ],
)
def test_a_change_is_told_with_its_direction(share, text):
    assert words.change_in_words(share) == text


def test_months_are_told_with_their_years():
    assert words.ahead(date(2026, 6, 1), 6) == "July to December 2026"
    assert words.ahead(date(2026, 9, 1), 6) == "October 2026 to March 2027"
    assert words.months_in_short(date(2026, 10, 1), date(2027, 3, 1)) == "Oct 2026 to Mar 2027"
    assert month_after(date(2026, 1, 1), -1) == date(2025, 12, 1) and month_after(date(2026, 12, 1)) == date(2027, 1, 1)


def test_names_keep_the_capitals_that_belong_to_them():
    assert words.in_sentence("A&E attendances") == "A&E attendances"
    assert words.in_sentence("GP referrals made") == "GP referrals made"
    assert words.in_sentence("Emergency admissions") == "emergency admissions"
    assert words.flag_names(["gaps", "level_shift"]) == "Months are missing, the level has shifted"


@pytest.mark.parametrize(
    ("high", "label"), [(104, "Sure"), (109, "Fairly sure"), (119, "Unsure"), (150, "Very unsure")]
)
def test_how_sure_follows_the_width_of_the_range(high, label):
    assert words.sureness(100, 200 - high, high).label.startswith(label)
    assert words.sureness(0, 0, 5).label == "Very unsure"


def test_a_scale_has_round_steps_and_holds_all_it_shows():
    for values in ([28_100.0, 41_900.0], [0.0, 3.0], [5.0, 5.0], [990.0, 1_010.0], [0.0, 0.0], [12.0, 900.0]):
        ticks = [value for value, _ in scale(values)]
        assert ticks[0] <= min(values) and ticks[-1] >= max(values) and 2 <= len(ticks) <= 8
        assert len({text for _, text in scale(values)}) == len(ticks)
    assert scale([12.0, 900.0])[0][0] == 0
    assert scale([28_100.0, 41_900.0])[0] == (27_500.0, "27,500")


def test_a_sum_that_lacks_a_month_is_no_sum():
    assert total([1.0, 2.0]) == 3.0 and total([1.0, None]) is None

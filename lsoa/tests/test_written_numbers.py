import pytest

from lsoa.written_numbers import decimal, percent, percentage, signed, signed_percent


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0, 1, "0.0"), (-0.04, 1, "0.0"), (-9.14, 1, "−9.1"), (1234.5, 1, "1,234.5"), (-12, 0, "−12")],
)
def test_negative_numbers_have_a_true_minus(value, decimals, text):
    assert decimal(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(12, 0, "+12"), (-3, 0, "−3"), (0, 0, "0"), (-0.4, 0, "0"), (0.126, 2, "+0.13"), (-1234, 0, "−1,234")],
)
def test_changes_have_a_sign(value, decimals, text):
    assert signed(value, decimals) == text


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0, 0, "0%"),
        (0.0, 1, "0%"),
        (0.0004, 1, "under 0.1%"),
        (0.004, 0, "under 1%"),
        (0.123, 0, "12%"),
        (0.1234, 1, "12.3%"),
        (1, 0, "100%"),
        (-0.091, 1, "−9.1%"),
        (-0.0004, 1, "0%"),
    ],
)
def test_nothing_is_written_one_way_and_something_never_as_nothing(share, decimals, text):
    assert percent(share, decimals) == text


def test_percentages_are_shares_of_a_hundred():
    assert percentage(45.6, 1) == percent(0.456, 1) == "45.6%"


@pytest.mark.parametrize(("share", "text"), [(0.091, "+9.1%"), (-0.091, "−9.1%"), (0, "0%")])
def test_relative_changes(share, text):
    assert signed_percent(share, 1) == text


@pytest.mark.parametrize("write", [decimal, signed, percent, percentage, signed_percent])
def test_no_figure_is_said(write):
    assert write(None) == "no figure"
    assert write(None, without="–") == "–"

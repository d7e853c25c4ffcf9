"""The analysis lives in the address: whatever a query says can be sent as a link and read back."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.portal.query import IndicatorRange, PriorityQuery

numbers = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-1000, 1000).map(float))
slugs = st.from_regex(r"\A[a-z][a-z0-9_-]{0,20}\Z")
codes = st.from_regex(r"\A[EWNS]\d{8}\Z")


@st.composite
def ranges(draw):
    low, high = draw(numbers), draw(numbers)
    if low is None and high is None:
        low = 0.0
    if low is not None and high is not None and low > high:
        low, high = high, low
    # Minus zero is the same bound.
    return IndicatorRange(draw(slugs), *(None if bound is None else bound + 0.0 for bound in (low, high)))


queries = st.builds(
    PriorityQuery,
    patch=st.one_of(st.just(""), slugs),
    priorities=st.sets(st.integers(0, 3)).map(lambda s: tuple(sorted(s))),
    core20=st.booleans(),
    authorities=st.sets(codes, max_size=4).map(lambda s: tuple(sorted(s))),
    ranges=st.lists(ranges(), max_size=3, unique_by=lambda r: r.code).map(
        lambda r: tuple(sorted(r, key=lambda item: item.code))
    ),
    text=st.text(max_size=60).map(lambda t: " ".join("".join(c if c.isprintable() else " " for c in t).split())),
    theme=slugs,
    sort=slugs.flatmap(lambda s: st.sampled_from([s, f"-{s}"])),
    page=st.integers(1, 10_000),
    view=st.sampled_from(["", "11/52.48/-1.90", "7/53/-1"]),
)


@given(queries)
def test_a_query_survives_the_address(query):
    assert PriorityQuery.from_querydict(QueryDict(query.to_querystring())) == query


@given(queries)
def test_an_address_has_one_form(query):
    again = PriorityQuery.from_querydict(QueryDict(query.to_querystring()))
    assert again.to_querystring() == query.to_querystring()


@given(st.text(max_size=300))
def test_no_address_is_too_strange_to_read(text):
    address = PriorityQuery.from_querydict(QueryDict(text)).to_querystring()
    assert read(address).to_querystring() == address


@given(
    st.dictionaries(
        st.sampled_from(["patch", "priority", "page", "range", "low", "high", "indicator", "map"]), st.text()
    )
)
def test_no_value_is_too_strange_to_read(values):
    data = QueryDict(mutable=True)
    data.update(values)
    address = PriorityQuery.from_querydict(data).to_querystring()
    assert read(address).to_querystring() == address


def read(text):
    return PriorityQuery.from_querydict(QueryDict(text))


def test_nothing_asked_is_an_empty_address():
    assert read("").to_querystring() == ""


def test_the_filter_form_adds_its_range_to_those_in_the_address():
    query = read("range=imd_score:40:&indicator=age75_share&low=5&high=9.5")
    assert [str(limits) for limits in query.ranges] == ["age75_share:5:9.5", "imd_score:40:"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("indicator=age75_share&low=abc", "“abc” is not a number."),
        ("indicator=age75_share&low=9&high=5", "The lowest value of the range is above the highest."),
        ("low=5", "Choose the indicator that the range is for."),
        ("range=nonsense", "“nonsense” is not an indicator range."),
        ("indicator=age75_share&low=nan", "“nan” is not a number."),
    ],
)
def test_a_range_that_makes_no_sense_is_left_out_and_named(text, problem):
    query = read(text)
    assert query.ranges == ()
    assert query.problems == (problem,)


def test_other_filters_start_on_the_first_page_again():
    assert read("page=7").changed(core20=True).page == 1
    assert read("page=7").changed(view="9/52/-1").page == 7


def test_order_and_page_do_not_change_the_colours_of_the_map():
    assert read("core20=1&sort=name&page=3&map=9/52/-1").for_theme() == "core20=1"

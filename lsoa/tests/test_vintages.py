"""Figures of 2011 areas on areas of 2021: the rules on arrays, the same in the database, and files of the wrong vintage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsoa.vintages import IN_PART, MISSING_TOLERATED, Changes, carry

# One unchanged, one in two parts, two in one, two redrawn as two.
EXAMPLE = Changes(
    code_2011=["U1", "S1", "S1", "M1", "M2", "X1", "X1", "X2"],
    code_2021=["U1", "S1a", "S1b", "M12", "M12", "X12", "X1b", "X12"],
    kind=list("USSMMXXX"),
    weight=[1, 1, 1, 0.25, 0.75, 0.4, 1, 0.6],
    share=[1, 0.3, 0.7, 1, 1, 0.5, 0.5, 1],
)
CODES = ["U1", "S1", "M1", "M2", "X1", "X2"]
VALUES = [10.0, 20.0, 40.0, 80.0, 100.0, 200.0]


def carried(kind="rate", values=VALUES, **options):
    out = carry(CODES, values, EXAMPLE, kind=kind, **options)
    return {code: value if reason == "" else reason for code, value, reason in zip(*rows(out), strict=True)}


def rows(out):
    return out.code, out.value, out.reason


@pytest.mark.parametrize("kind", ["rate", "score"])
def test_rates_and_scores_are_means_by_weight(kind):
    assert carried(kind) == pytest.approx({"M12": 70, "S1a": 20, "S1b": 20, "U1": 10, "X12": 160, "X1b": 100})


def test_counts_are_shared_out_and_added_up():
    found = carried("count")
    assert found == pytest.approx({"M12": 120, "S1a": 6, "S1b": 14, "U1": 10, "X12": 250, "X1b": 50})
    assert sum(found.values()) == pytest.approx(sum(VALUES))


@pytest.mark.parametrize("kind", ["rank", "decile"])
def test_ranks_and_deciles_stay_where_nothing_changed_and_are_unavailable_elsewhere(kind):
    found = carried(kind)
    assert found.pop("U1") == 10
    assert set(found.values()) == {"unavailable"} and len(found) == 5


def test_a_class_is_carried_where_the_parents_agree():
    found = carried("class", [1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    assert found == {"U1": 1, "S1a": 0, "S1b": 0, "M12": 1, "X1b": 0, "X12": "unavailable"}


def test_a_missing_parent_makes_the_figure_missing_for_its_reason():
    values = [np.nan, np.nan, 40.0, np.nan, 100.0, 200.0]
    reasons = ["blank", "suppressed", "", "suppressed", "", ""]
    for kind in ("rate", "count"):
        found = carried(kind, values, reasons=reasons)
        assert [found[code] for code in ("U1", "S1a", "M12")] == ["blank", "suppressed", "suppressed"]
        assert found["X12"] > 0


def test_a_small_missing_parent_is_passed_over_under_a_method_of_its_own():
    small = MISSING_TOLERATED
    changes = Changes(["A", "B"], ["C", "C"], ["M", "M"], [small, 1 - small], [1, 1])
    rate = carry(["A", "B"], [np.nan, 8.0], changes)
    assert (rate.value[0], rate.method[0], rate.reason[0]) == (pytest.approx(8), IN_PART, "")
    count = carry(["A", "B"], [np.nan, 8.0], changes, kind="count")
    assert (np.isnan(count.value[0]), count.reason[0]) == (True, "blank")
    larger = Changes(["A", "B"], ["C", "C"], ["M", "M"], [small + 0.01, 0.99 - small], [1, 1])
    assert np.isnan(carry(["A", "B"], [np.nan, 8.0], larger).value[0])


def test_areas_of_which_no_parent_is_listed_are_left_out():
    out = carry(["U1", "M1"], [1.0, 2.0], EXAMPLE)
    assert list(out.code) == ["M12", "U1"]
    assert list(out.reason) == ["unavailable", ""]


@pytest.mark.parametrize(
    ("codes", "kind", "words"),
    [(["U1", "U1"], "rate", "twice"), (["S1a"], "rate", "not of 2011"), (["U1"], "median", "unknown kind")],
)
def test_what_cannot_be_carried_is_refused(codes, kind, words):
    with pytest.raises(ValueError, match=words):
        carry(codes, np.ones(len(codes)), EXAMPLE, kind=kind)


@pytest.mark.parametrize(
    ("kind", "weight", "share", "words"),
    [("M", [0.5, 0.4], [1, 1], "weights of C"), ("Q", [0.5, 0.5], [1, 1], "unknown kinds"), ("M", [1], [1], "unequal")],
)
def test_changes_that_do_not_add_up_are_refused(kind, weight, share, words):
    with pytest.raises(ValueError, match=words):
        Changes(["A", "B"], ["C", "C"], [kind, kind], weight, share)


@st.composite
def nations(draw):
    """(changes, 2011 codes, values with gaps): clusters of every kind with random weights."""
    pairs, number = [], 0
    for kind in draw(st.lists(st.sampled_from("USMX"), min_size=1, max_size=8)):
        many = draw(st.integers(2, 4))
        parents = [f"E{number:03d}P{n}" for n in range(1 if kind in "US" else many)]
        children = [f"E{number:03d}C{n}" for n in range(1 if kind in "UM" else many)]
        number += 1
        people = {(p, c): draw(st.integers(1, 3000)) for p in parents for c in children}
        for (p, c), n in people.items():
            weight = n / sum(m for (_, other), m in people.items() if other == c)
            share = n / sum(m for (other, _), m in people.items() if other == p)
            pairs.append((p, c, kind, weight, share))
    codes = sorted({pair[0] for pair in pairs})
    figures = st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))
    values = draw(st.lists(figures, min_size=len(codes), max_size=len(codes)))
    return Changes(*zip(*pairs, strict=True)), codes, np.array(values)


def plainly(codes, values, changes, kind):
    """The rules word by word, one area at a time."""
    held, out = dict(zip(codes, values, strict=True)), {}
    pairs = list(zip(changes.code_2011, changes.code_2021, changes.kind, changes.weight, changes.share, strict=True))
    for child in sorted(set(changes.code_2021)):
        parents = [(held[p], letter, w, s) for p, c, letter, w, s in pairs if c == child]
        lost = sum(w for x, _, w, _ in parents if np.isnan(x))
        complete = not any(np.isnan(x) for x, *_ in parents)
        unchanged = parents[0][1] == "U"
        if kind == "count":
            out[child] = sum(s * x for x, _, _, s in parents) if complete else None
        elif kind in ("rank", "decile"):
            out[child] = parents[0][0] if unchanged and complete else None
        elif kind == "class":
            out[child] = parents[0][0] if complete and len({x for x, *_ in parents}) == 1 else None
        elif complete or lost <= MISSING_TOLERATED:
            out[child] = sum(w * x for x, _, w, _ in parents if not np.isnan(x)) / (1 - lost)
        else:
            out[child] = None
    return out


@settings(max_examples=150, deadline=None)
@given(nations(), st.sampled_from(["rate", "score", "count", "rank", "decile", "class"]))
def test_arrays_agree_with_the_rules_word_by_word(nation, kind):
    changes, codes, values = nation
    out, expected = carry(codes, values, changes, kind=kind), plainly(codes, values, changes, kind)
    assert list(out.code) == sorted(expected)
    for code, value, reason in zip(*rows(out), strict=True):
        if expected[code] is None:
            assert np.isnan(value) and reason in ("blank", "unavailable")
        else:
            assert value == pytest.approx(expected[code], rel=1e-9, abs=1e-6) and reason == ""


@settings(max_examples=100, deadline=None)
@given(nations(), st.floats(-1e6, 1e6))
def test_totals_of_counts_constants_and_unchanged_areas_are_kept(nation, constant):
    changes, codes, values = nation
    whole = np.nan_to_num(values)
    assert carry(codes, whole, changes, kind="count").value.sum() == pytest.approx(whole.sum(), rel=1e-9, abs=1e-3)
    same = carry(codes, np.full(len(codes), constant), changes).value
    assert same == pytest.approx(np.full(len(same), constant), rel=1e-9)
    held, out = dict(zip(codes, values, strict=True)), carry(codes, values, changes)
    after = dict(zip(out.code, out.value, strict=True))
    for old, new, kind in zip(changes.code_2011, changes.code_2021, changes.kind, strict=True):
        if kind == "U":
            assert np.array_equal([held[old]], [after[new]], equal_nan=True)


@settings(max_examples=100, deadline=None)
@given(nations())
def test_a_mean_lies_between_its_parents(nation):
    changes, codes, values = nation
    held = dict(zip(codes, values, strict=True))
    out = carry(codes, values, changes)
    for code, value in zip(out.code, out.value, strict=True):
        parents = np.array([held[p] for p, c in zip(changes.code_2011, changes.code_2021, strict=True) if c == code])
        if not np.isnan(value):
            assert np.nanmin(parents) - 1e-6 <= value <= np.nanmax(parents) + 1e-6

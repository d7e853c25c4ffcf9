"""Figures of 2011 areas on areas of 2021: the rules on arrays, and the same in the database."""

import numpy as np
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from lsoa.loading.carry_over import carry_over_pending, weigh_changes
from lsoa.models import Area, AreaChange, IndicatorValue
from lsoa.vintages import IN_PART, KINDS, MISSING_TOLERATED, Changes, carry

from . import published_geography as geography
from .conftest import LOADER, load_files, without_map
from .factories import DatasetFactory, IndicatorFactory

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
    pairs = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from("USMX"), min_size=1, max_size=8))):
        many = draw(st.integers(2, 4))
        parents = [f"E{number:03d}P{n}" for n in range(1 if kind in "US" else many)]
        children = [f"E{number:03d}C{n}" for n in range(1 if kind in "UM" else many)]
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


# The same in the database.


@pytest.fixture
@shared
def nation(db, tmp_path_factory):
    """The made-up nation's areas of both vintages, and how the one became the other."""
    folder = tmp_path_factory.mktemp("nation")
    with without_map():
        load_files(geography.geojson(folder / "new.geojson"), geography.geojson(folder / "old.geojson", 2011))
        load_files(geography.changes(folder / "changes.csv"))


@pytest.fixture
def dataset(nation):
    """A dataset on 2011 areas with one indicator of every kind, one figure missing."""
    dataset = DatasetFactory(vintage=2011, release="2019")
    for kind in KINDS:
        indicator = IndicatorFactory(code=f"a_{kind}", kind=kind, unit=kind)
        for n, code in enumerate(geography.AREAS_2011, 1):
            missing = kind == "count" and code == geography.M2
            IndicatorValue.objects.create(
                area=Area.objects.get(code=code, vintage=2011),
                indicator=indicator,
                dataset=dataset,
                period="2019",
                value=None if missing else float(n % 2 if kind == "class" else n * 10),
                missing_reason="suppressed" if missing else None,
                line=n + 1,
            )
    return dataset


def carry_over():
    return carry_over_pending(by=LOADER)


def stored(dataset, kind):
    rows = IndicatorValue.objects.filter(dataset=dataset, indicator__code=f"a_{kind}", area__vintage=2021)
    return {row.area.code: row for row in rows.select_related("area")}


def stored_changes():
    rows = AreaChange.objects.order_by("code_2021", "code_2011")
    return Changes(*zip(*rows.values_list("code_2011", "code_2021", "kind", "weight", "share"), strict=True))


def weights():
    rows = AreaChange.objects.values_list("code_2011", "code_2021", "weight", "share", "basis", "share_basis")
    return {(old, new): rest for old, new, *rest in rows}


def test_weights_are_made_of_surfaces_until_people_are_known(nation):
    weigh_changes()
    found = weights()
    assert found[geography.U, geography.U] == [1, 1, "only_parent", "only_child"]
    assert found[geography.S, geography.S_LEFT] == [1, pytest.approx(0.3, abs=1e-3), "only_parent", "overlap"]
    assert found[geography.M1, geography.M] == [pytest.approx(0.5, abs=1e-3), 1, "overlap", "only_child"]
    assert found[geography.X1, geography.X_LEFT] == [pytest.approx(0.8, abs=1e-3), 1, "overlap", "overlap"]
    assert found[geography.X2, geography.X_RIGHT] == [1, pytest.approx(0.75, abs=1e-3), "overlap", "overlap"]
    stored_changes()
    assert weigh_changes() == 0


PEOPLE = dict(zip(geography.AREAS_2011, [1000, 1500, 900, 600, 1000, 2000], strict=True))


def test_people_weigh_more_than_surfaces_as_soon_as_they_are_known(nation, dataset, load, tmp_path):
    carry_over()
    assert stored(dataset, "rate")[geography.M].value == pytest.approx(35, abs=0.1)
    load(geography.populations_2019(tmp_path / "file6.csv", PEOPLE))
    found = weights()
    assert found[geography.M1, geography.M] == [pytest.approx(0.6), 1, "population", "only_child"]
    # A quarter of 905 x 2,000 people: 500 of 1,500.
    assert found[geography.X2, geography.X_LEFT][0] == pytest.approx(1 / 3, abs=1e-3)
    assert found[geography.X2, geography.X_LEFT][2] == "overlap_population"
    assert stored(dataset, "rate")[geography.M].value == pytest.approx(0.6 * 30 + 0.4 * 40)


def test_parts_share_counts_by_the_people_of_the_census(nation, dataset):
    census = DatasetFactory(vintage=2021, release="2021")
    population = IndicatorFactory(code="population", unit="people", kind="count")
    for code, people in {geography.S_LEFT: 900, geography.S_RIGHT: 600}.items():
        area = Area.objects.get(code=code, vintage=2021)
        IndicatorValue.objects.create(area=area, indicator=population, dataset=census, period="2021", value=people)
    carry_over()
    assert weights()[geography.S, geography.S_LEFT] == [1, pytest.approx(0.6), "only_parent", "population"]
    found = stored(dataset, "count")
    assert (found[geography.S_LEFT].value, found[geography.S_RIGHT].value) == pytest.approx((12, 8))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stored_is_what_the_function_gives(dataset, kind):
    assert carry_over() == [dataset]
    rows = IndicatorValue.objects.filter(dataset=dataset, indicator__code=f"a_{kind}", area__vintage=2011)
    given = {row.area.code: row for row in rows.select_related("area")}
    expected = carry(
        list(given),
        [np.nan if row.value is None else row.value for row in given.values()],
        stored_changes(),
        kind=kind,
        reasons=[row.missing_reason or "" for row in given.values()],
    )
    found = stored(dataset, kind)
    assert sorted(found) == list(expected.code)
    for code, value, reason, method in zip(*rows_of(expected), strict=True):
        assert (found[code].missing_reason or "", found[code].method) == (reason, method)
        assert found[code].value == (None if reason else pytest.approx(value))
        assert (found[code].period, found[code].uncertainty) == ("2019", None)


def rows_of(out):
    return out.code, out.value, out.reason, out.method


def test_unchanged_areas_have_the_same_figure_from_the_same_line(dataset):
    carry_over()
    ranks = IndicatorValue.objects.filter(dataset=dataset, indicator__code="a_rank")
    before = ranks.get(area__code=geography.U, area__vintage=2011)
    after = stored(dataset, "rank")[geography.U]
    assert (after.value, after.line, after.method) == (before.value, before.line, "carried_unchanged")
    assert stored(dataset, "rank")[geography.M].missing_reason == "unavailable"
    assert stored(dataset, "count")[geography.M].missing_reason == "suppressed"


def test_carrying_again_does_nothing_until_something_has_changed(dataset):
    carry_over()
    before = set(IndicatorValue.objects.values_list("pk", flat=True))
    assert carry_over() == []
    assert set(IndicatorValue.objects.values_list("pk", flat=True)) == before
    dataset.refresh_from_db()
    assert dataset.quality["carried"]["methods"]["carried_unchanged"] == {"values": 6, "missing": 0}
    larger = MultiPolygon(Polygon.from_bbox((-1.9, 52.4, -1.8, 52.5)), srid=4326)
    Area.objects.filter(code=geography.M1, vintage=2011).update(geometry=larger)
    assert carry_over() == [dataset]
    assert IndicatorValue.objects.filter(area__vintage=2021).count() == 6 * len(KINDS)


def test_carrying_leaves_an_audit_event(dataset):
    carry_over()
    assert AuditEvent.objects.filter(action="dataset.carried_over", target_id=str(dataset.pk)).count() == 1


def test_datasets_that_were_taken_back_are_left_alone(dataset):
    dataset.state = "rolled_back"
    dataset.save()
    assert carry_over() == []


def test_areas_that_are_not_loaded_count_as_missing_parents(dataset):
    AreaChange.objects.filter(code_2011=geography.M2).update(code_2011="E01000999")
    carry_over()
    assert stored(dataset, "rate")[geography.M].missing_reason == "unavailable"


def test_a_dataset_of_2019_shows_on_the_areas_of_today(nation, load, tmp_path):
    figures = {code: (n * 100, 1) for n, code in enumerate(geography.AREAS_2011, 1)}
    outcome = load(geography.index_2019(tmp_path / "file1.csv", figures))
    assert (outcome.state, outcome.dataset.vintage) == ("loaded", 2011), outcome.message
    profiles = {area.code: area.profile for area in Area.objects.current().with_profile()}
    assert profiles[geography.U].values["imd_rank"] == 100
    assert profiles[geography.M].missing == {"imd_rank": "unavailable", "imd_decile": "unavailable"}

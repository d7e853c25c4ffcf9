"""What an adapter may yield, written by the loader: tables of their own, series, changes, values with their line."""

from datetime import date

import numpy as np
import pytest

from lsoa.loading.loader import load_material
from lsoa.models import ActivitySeries, ActivityValue, AreaChange, Dataset, IndicatorValue, PracticeRegister
from lsoa.sources.base import Release, Source, Stage
from lsoa.sources.material import FileMaterial
from lsoa.sources.rows import AreaChangeRows, RecordRows, SeriesRows, ValueRows

from .conftest import LOADER
from .published import CODES


class Yielding(Source):
    """An adapter that yields what a test gives it."""

    key, stage = "yielding", Stage.VALUES

    def __init__(self, *chunks, release="2021", vintage=2021):
        self.chunks, self._release, self._vintage = chunks, release, vintage

    def release(self, material):
        return Release(title="Chunks", publisher="A test", release=self._release, standing=1, vintage=self._vintage)

    def rows(self, material, context):
        yield from self.chunks


@pytest.fixture
def take(db, tmp_path):
    def load(*chunks, **options):
        path = tmp_path / f"{Dataset.objects.count()}-{np.random.default_rng().integers(1e12)}.csv"
        path.write_text(path.name)
        return load_material(material=FileMaterial(path), by=LOADER, source=Yielding(*chunks, **options))

    return load


def registers(patients, sizes, codes=None):
    count = len(patients)
    return RecordRows(
        model="PracticeRegister",
        line=list(range(2, 2 + count)),
        columns={
            "practice_code": codes or [f"A8100{n}" for n in range(count)],
            "register": ["DM"] * count,
            "list_type": ["17OV"] * count,
            "period": ["2024-25"] * count,
            "patients": np.array(patients, dtype=float),
            "list_size": np.array(sizes, dtype=float),
        },
        key=("practice_code", "register"),
    )


def test_rows_of_a_table_are_written_with_their_line_and_the_first_of_a_key_wins(take):
    outcome = take(registers([5, 6, 7], [100, 100, 100], ["A81001", "A81002", "A81001"]), vintage=None)
    assert (outcome.state, outcome.quality["rows_loaded"]) == ("loaded", 2)
    assert sorted(PracticeRegister.objects.values_list("practice_code", "patients", "line")) == [
        ("A81001", 5.0, 2), ("A81002", 6.0, 3),
    ]  # fmt: skip
    reject = outcome.dataset.rejects.get()
    assert (reject.line, reject.reason) == (4, "duplicate of line 2")


def test_a_row_that_breaks_a_rule_of_its_table_refuses_the_file_with_rule_and_line(take):
    outcome = take(registers([5, 120], [100, 100]), vintage=None)
    assert outcome.state == "refused"
    assert "'practice register within list'" in outcome.message and "in line 3" in outcome.message
    assert not PracticeRegister.objects.exists() and not Dataset.objects.exists()


def test_series_are_made_once_and_blank_is_not_zero(take):
    def attendances(value, reason=None):
        return SeriesRows(
            measure="ae_attendances", name="A&E attendances", unit="people", interval="month",
            organisation_kind="trust", line=[2, 3], organisation_code=["RXX", "RXX"],
            organisation_name=["A trust", "A trust"], period=[date(2024, 1, 1), date(2024, 2, 1)],
            value=np.array(value, dtype=float), reason=reason,
        )  # fmt: skip

    take(attendances([0, np.nan], ["", "suppressed"]), vintage=None)
    take(attendances([1, 2]), release="2022", vintage=None)
    series = ActivitySeries.objects.get()
    assert series.organisation_name == "A trust"
    first = ActivityValue.objects.filter(dataset__release="2021").order_by("period")
    assert list(first.values_list("value", "missing_reason", "line")) == [(0.0, None, 2), (None, "suppressed", 3)]
    assert ActivityValue.objects.count() == 4


def test_changes_get_equal_weights_until_better_ones_are_known(take):
    take(
        AreaChangeRows(
            line=[2, 3, 4, 5],
            code_2011=["E01000001", "E01000002", "E01000003", "E01000004"],
            code_2021=["E01000001", "E01033769", "E01033770", "E01033770"],
            kind=["U", "S", "M", "M"],
        ),
        vintage=None,
    )
    assert list(AreaChange.objects.order_by("code_2011").values_list("weight", flat=True)) == [1, 1, 0.5, 0.5]


def test_a_figure_keeps_its_line_method_and_uncertainty(boundaries, take):
    take(
        ValueRows(
            indicator="imd_decile", period="2025", line=[7, 0, 9], code=CODES, value=np.array([1, 2, np.nan]),
            method=["published", "share", "published"], uncertainty=np.array([0.5, np.nan, np.nan]),
            reason=["", "", "suppressed"],
        ),
    )  # fmt: skip
    rows = IndicatorValue.objects.order_by("area__code")
    assert list(rows.values_list("value", "missing_reason", "method", "uncertainty", "line")) == [
        (1.0, None, "published", 0.5, 7),
        (2.0, None, "share", None, None),
        (None, "suppressed", "published", None, 9),
    ]


def test_a_whole_nation_of_the_other_vintage_is_refused_by_its_exclusive_codes(boundaries, take):
    def figures(codes):
        lines = list(range(2, 2 + len(codes)))
        return ValueRows("imd_decile", "2019", lines, codes, np.ones(len(codes)))

    outcome = take(figures(["E01000901", "E01000999"]))
    assert outcome.state == "refused"
    assert "expected LSOA codes of 2021" in outcome.message and "--convert" in outcome.message
    outcome = take(figures(["E01000901", "E01035001"]), vintage=2011)
    assert outcome.state == "refused"
    assert "expected LSOA codes of 2011" in outcome.message and "1 that 2011 did not have" in outcome.message

"""The published files about practices: figures that the publishers state, in the database after a whole load."""

import pytest
from django.db.models import Count, Sum

from lsoa.models import (
    Dataset,
    PatientDistribution,
    PlaceFigure,
    Practice,
    PracticeList,
    PracticeNote,
    PracticeRegister,
    RegisterGroup,
)

pytestmark = pytest.mark.usefixtures("england")
# Per cent of the list that each register is a share of, over all practices.
NATIONAL = {
    "2020-21": {"DM": 7.11, "HYP": 13.93, "COPD": 1.93, "CHD": 3.05, "DEM": 0.71},
    "2024-25": {"DM": 7.89, "HYP": 15.23, "COPD": 1.89, "CHD": 2.98, "DEM": 0.78},
}
# Rows of the file, of which one has more patients on the register than on the list, and practices.
REGISTERS = {"2020-21": (137_991, 6_571), "2024-25": (129_948, 6_188)}


def dataset(publication, release=None):
    found = Dataset.objects.exclude(state=Dataset.State.ROLLED_BACK).filter(publication=publication)
    return found.get(release=release) if release else found.get()


def registers(year):
    return PracticeRegister.objects.filter(dataset__publication="qof-prevalence", period=year)


@pytest.mark.parametrize("year", sorted(NATIONAL))
def test_registers_give_the_national_prevalences(year):
    rows, practices = REGISTERS[year]
    loaded = dataset("qof-prevalence", year)
    assert (loaded.rows_read, loaded.rows_rejected) == (rows, 1)
    assert "more patients on the register than on the list" in loaded.rejects.get().reason
    assert registers(year).count() == rows - 1
    assert registers(year).aggregate(n=Count("practice_code", distinct=True))["n"] == practices
    for register, expected in NATIONAL[year].items():
        sums = registers(year).filter(register=register).aggregate(on=Sum("patients"), of=Sum("list_size"))
        assert 100 * sums["on"] / sums["of"] == pytest.approx(expected, abs=0.006), register


def test_lists_and_map_of_july_2026_hold_the_same_practices_and_patients():
    lists = PracticeList.objects.filter(dataset=dataset("gp-lists-quinary-age"))
    assert lists.aggregate(n=Count("id"), patients=Sum("patients")) == {"n": 6_139, "patients": 63_436_508}
    assert all(len(row.female) == len(row.male) == 20 for row in lists[:100])
    assert dataset("gp-practice-map", "2026-07").rows_loaded == 6_139
    mapped = Practice.objects.filter(known_as_of__name="2026-07-01")
    assert mapped.count() == 6_139 and mapped.filter(network_code="").count() == 52
    assert set(mapped.values_list("code", flat=True)) == set(lists.values_list("practice_code", flat=True))


def test_practices_that_the_map_no_longer_has_stay():
    current = Practice.objects.filter(known_as_of__name="2026-07-01").values("code")
    gone = set(registers("2024-25").exclude(practice_code__in=current).values_list("practice_code", flat=True))
    assert len(gone) == 69
    kept = Practice.objects.filter(code__in=gone)
    assert kept.count() == 69
    # Closed only where the directory says so, with the day.
    assert kept.filter(is_active=False).count() == 39


def test_the_directory_tells_general_practices_from_the_rest():
    directory = dataset("gp-practice-directory", "2026-02")
    assert directory.rows_read == 15_389
    assert directory.quality["counts"]["active general practices, Wales included"] == 6_599
    assert Practice.objects.general().active().count() == 6_221
    assert not Practice.objects.filter(code__regex="^W[0-9]{5}$").exists()
    assert not Practice.objects.general().filter(is_active=True, closed_on__isnull=False).exists()


def test_where_patients_live():
    modelled = dataset("gp-patients-by-lsoa")
    assert (modelled.standing, modelled.is_provisional) == (Dataset.Standing.ASSEMBLED, True)
    rows = PatientDistribution.objects.filter(dataset=modelled)
    assert rows.count() == 46_436 and rows.aggregate(n=Sum("patients"))["n"] == 1_550_130
    assert set(rows.values_list("place_kind", flat=True)) == {"lsoa2021"}
    shares = PatientDistribution.objects.filter(dataset__publication="bsol-gp-ward-shares")
    assert shares.aggregate(n=Count("holder_code", distinct=True))["n"] == 177
    networks = PatientDistribution.objects.filter(dataset__publication="sussex-lsoa-pcn-1").exclude(holder_code="OTHER")
    assert networks.aggregate(n=Count("id"), patients=Sum("patients")) == {"n": 990, "patients": 1_459_795}


def test_other_files_of_the_framework():
    assert RegisterGroup.objects.get(code="DM").name == "Diabetes mellitus"
    assert PracticeNote.objects.filter(subject=PracticeNote.Subject.VALIDATION).count() == 209
    authorities = PlaceFigure.objects.filter(dataset__publication="commons-lad-prevalence")
    assert authorities.aggregate(n=Count("place_code", distinct=True))["n"] == 314
    assert PlaceFigure.objects.filter(dataset__publication="fingertips-imd-gp").count() == 6_143


@pytest.mark.parametrize(
    "name", ["TEMPLATE-11-qof-YYYY-prac-ach-prev-pca-resp.xlsx", "TEMPLATE-12-qof-YYYY-prac-ach-prev-pca-ls.xlsx"]
)
def test_the_empty_templates_of_the_workbook_are_no_figures(name):
    assert not Dataset.objects.filter(file_name__endswith=name).exists()

"""Downloads hold what the page shows, and say where every figure comes from."""

import csv
import io
import json
import sqlite3
import subprocess

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from lsoa.exports import contents, tables
from lsoa.models import Dataset, Indicator, IndicatorValue
from lsoa.services import refresh_profile

FILE = reverse("export-areas")
API = "/api/v1/exports/areas/"


def body(response) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def table(response) -> tuple[list[str], list[dict]]:
    """(notes, rows) of a CSV."""
    lines = body(response).decode("utf-8-sig").splitlines()
    notes = [line[2:] for line in lines if line.startswith("# ")]
    return notes, list(csv.DictReader(lines[len(notes) :]))


def table_codes(page) -> list[str]:
    return [row.code for row in page.context["page"].table.rows]


@pytest.mark.parametrize(
    "query", ["", "?core20=1", "?priority=3&sort=name", "?sort=imd_decile", "?patch=all&sort=-name"]
)
def test_the_file_holds_the_areas_of_the_page_in_its_order(analyst, city, patch, query, monkeypatch):
    monkeypatch.setattr(contents, "AREAS_PER_BLOCK", 3)
    shown = table_codes(analyst.get(reverse("explore") + query))
    _, rows = table(analyst.get(FILE + query))
    assert [row["area_code"] for row in rows][: len(shown)] == shown and shown


def test_the_table_says_where_it_comes_from(analyst, city, patch):
    notes, rows = table(analyst.get(FILE + "?core20=1&indicator=imd_decile&indicator=bad_health_share"))
    dataset = Dataset.objects.get(pk=city["worst"].values.first().dataset_id)
    text = "\n".join(notes)
    assert f"Source: {dataset.title}, {dataset.release}. {dataset.publisher}. {dataset.licence}." in text
    assert "Filter: Patch: Testham" in notes and "Core20" in text and "Areas: 3" in notes
    assert list(rows[0])[-2:] == ["imd_decile", "bad_health_share"]
    worst = next(row for row in rows if row["area_code"] == city["worst"].code)
    assert (worst["priority"], worst["priority_class"], worst["imd_decile"]) == ("3", "Urgent", "1")


def test_a_missing_figure_carries_its_reason_and_never_a_zero(analyst, city, patch):
    gap = city["gap"]
    code = next(iter(gap.profile.missing))
    query = f"?indicator={code}&sort=name"
    signed = {row["area_code"]: row[code] for row in table(analyst.get(FILE + query))[1]}
    plain = {row["area_code"]: row[code] for row in table(analyst.get(FILE + query + "&notes=0"))[1]}
    assert signed[gap.code] in {"[x]", "[c]", "[z]", "[e]", "[w]"}
    assert plain[gap.code] == ""
    figures = table(analyst.get(FILE + query + "&kind=figures"))[1]
    row = next(row for row in figures if row["area_code"] == gap.code)
    assert row["value"] == "" and row["missing"] == gap.profile.missing[code]


def test_each_figure_has_unit_period_line_and_source(analyst, city, patch):
    area, indicator = city["worst"], Indicator.objects.get(code="imd_decile")
    value = IndicatorValue.objects.get(area=area, indicator=indicator)
    IndicatorValue.objects.filter(pk=value.pk).update(line=7, uncertainty=0.5)
    _, rows = table(analyst.get(FILE + "?kind=figures&indicator=imd_decile"))
    row = next(row for row in rows if row["area_code"] == area.code)
    assert float(row["value"]) == value.value
    assert (row["line"], row["uncertainty"], row["period"], row["unit"]) == ("7", "0.5", value.period, indicator.unit)
    assert (row["dataset"], row["licence"]) == (str(value.dataset_id), value.dataset.licence)


def test_figures_are_written_as_they_were_read(analyst, city, patch):
    indicator = Indicator.objects.get(code="bad_health_share")
    exact = 1 / 3
    IndicatorValue.objects.filter(area=city["quiet"], indicator=indicator).update(value=exact)
    refresh_profile()
    _, rows = table(analyst.get(FILE + "?indicator=bad_health_share"))
    assert float(next(row for row in rows if row["area_code"] == city["quiet"].code)["bad_health_share"]) == exact


def test_text_that_a_spreadsheet_would_run_stays_text(analyst, city, patch):
    city["quiet"].local_authority_name = '=HYPERLINK("x")'
    city["quiet"].save()
    _, rows = table(analyst.get(FILE))
    assert '\'=HYPERLINK("x")' in {row["local_authority_name"] for row in rows}
    assert tables.safe_cell(-1.5) == -1.5


def test_geojson_has_sources_filters_and_reasons(analyst, city, patch):
    response = analyst.get(FILE + "?kind=geojson&priority=3")
    assert response["Content-Type"] == "application/geo+json"
    document = json.loads(body(response))
    assert {feature["id"] for feature in document["features"]} == {city["worst"].code, city["gap"].code}
    assert document["metadata"]["sources"][0]["licence"] and len(document["metadata"]["filters"]) == 2
    gap = next(f for f in document["features"] if f["id"] == city["gap"].code)["properties"]
    assert all(gap[code] is None for code in gap["missing"]) and gap["missing"]


def test_a_geopackage_opens_in_gdal_with_its_notes(analyst, city, patch, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "AREAS_PER_BLOCK", 3)
    path = tmp_path / "areas.gpkg"
    path.write_bytes(body(analyst.get(FILE + "?kind=gpkg")))
    out = subprocess.run(["ogrinfo", "-so", str(path), "areas"], capture_output=True, text=True, check=True).stdout
    assert "Feature Count: 4" in out and "Multi Polygon" in out and "4326" in out
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT area_code, imd_decile, priority FROM areas").fetchall()
        licences = database.execute("SELECT DISTINCT licence FROM sources").fetchall()
        notes = [row[0] for row in database.execute("SELECT note FROM notes")]
    database.close()
    assert (city["worst"].code, 1.0, 3.0) in rows
    assert licences and "Filter: Patch: Testham" in notes


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?kind=docx", 404),
        ("?indicator=no_such", 404),
        ("?range=imd_decile:9:1", 400),
        ("?q=nowhere-at-all", 404),
    ],
)
def test_what_makes_no_sense_is_refused_rather_than_widened(analyst, city, patch, query, status):
    assert analyst.get(FILE + query).status_code == status


def test_file_names_say_place_filter_and_day(analyst, city, patch):
    name = analyst.get(FILE + "?core20=1&kind=gpkg")["Content-Disposition"]
    assert name.startswith('attachment; filename="areas-testham-filtered-20') and name.endswith('.gpkg"')


def test_a_download_is_audited_and_kept_by_no_cache(analyst, city, patch):
    response = analyst.get(FILE + "?core20=1&indicator=imd_decile")
    assert response["Cache-Control"] == "private, no-store"
    event = AuditEvent.objects.filter(action="areas.exported").latest("sequence")
    assert event.details | {"query": ""} == {"kind": "csv", "areas": 3, "indicators": 1, "query": ""}


def test_people_without_the_right_neither_see_nor_get_downloads(client_as, city, patch):
    viewer = client_as("viewer")
    assert viewer.get(FILE).status_code == 403
    assert reverse("export-form") not in viewer.get(reverse("explore")).content.decode()


def test_the_page_offers_the_download_of_what_it_shows(analyst, city, patch):
    page = analyst.get(reverse("explore") + "?core20=1")
    assert f'{reverse("export-form")}?core20=1"' in page.content.decode()
    form = analyst.get(reverse("export-form") + "?core20=1")
    assert "3 areas of Testham" in form.content.decode()
    assert '<input type="hidden" name="core20" value="1">' in form.content.decode()


def test_the_api_reads_the_same_query(api_client_as, city, patch):
    client = api_client_as("analyst")
    _, rows = table(client.get(API + "csv/?patch=testham&priority=3&sort=name&indicator=imd_decile"))
    assert {row["area_code"] for row in rows} == {city["worst"].code, city["gap"].code}
    response = client.get(API + "csv/?indicator=no_such")
    assert response.status_code == 400 and response["Content-Type"] == "application/problem+json"
    assert client.get(API + "csv/?range=imd_decile:9:1").status_code == 400
    assert client.get(API + "csv/?q=nowhere-at-all").status_code == 404
    assert client.get(API + "pdf/").status_code == 404
    assert api_client_as("viewer").get(API + "csv/").status_code == 403


def test_a_csv_starts_with_a_byte_order_mark(analyst, city, patch):
    assert body(analyst.get(FILE)).startswith(b"\xef\xbb\xbf# ")
    assert io.BytesIO(body(analyst.get(FILE + "?notes=0"))).read(12) == b"\xef\xbb\xbfarea_code"

"""From a postcode to the line of the file that a figure stands in, and by the download back to the figure."""

import csv
import os
import re
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from playwright.sync_api import expect

from .conftest import fits

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
DATA = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))
# What of the published files the journey through Wigan needs.
WIGAN = [
    "boundaries/cities_raw/wigan_E08000010_lsoa21.geojson.gz",
    "postcodes/NSPL_NOV_2021_UK_WN.csv.gz",
    "imd/File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx",
]


def postcode_and_area(portal) -> tuple[str, str]:
    """A postcode of the demo city with the code of its area."""
    return portal.row("SELECT postcode, area_code FROM lsoa_postcode WHERE area_code <> '' ORDER BY postcode LIMIT 1")


def follow(page, base_url, *, postcode, area_code, indicator, check):
    """Search the postcode, open its area, follow the figure to its dataset, download that; returns the figure on the
    page as a number and the row of the download."""
    page.goto(f"{base_url}/search/?q={postcode}")
    if f"/areas/{area_code}/" not in page.url:
        page.locator(f"main a[href='/areas/{area_code}/']").first.click()
    page.wait_for_url(re.compile(f"/areas/{area_code}/"))
    check()
    # On a phone the tree of reasons is folded: the figure is in the list below it as well.
    page.locator(f"main a[href='/data/figures/{indicator}/{area_code}/']:visible").first.click()
    page.wait_for_url(re.compile("/data/figures/"))
    check()
    shown = float(page.locator("[data-figure]").first.get_attribute("data-figure"))
    page.locator(".her-summary a").click()
    page.wait_for_url(re.compile("/data/datasets/"))
    check()
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("^CSV.*figures$")).click()
    with open(downloading.value.path(), encoding="utf-8-sig", newline="") as file:
        # Notes come first: what the columns say.
        lines = (line for line in file if not line.startswith("# "))
        rows = [row for row in csv.DictReader(lines) if (row["area_code"], row["indicator"]) == (area_code, indicator)]
    assert len(rows) == 1
    return shown, rows[0]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_a_postcode_to_the_download(portal, sign_in, page, base_url, check_accessibility, size):
    page.set_viewport_size(size)
    sign_in("Analyst")
    postcode, area_code = postcode_and_area(portal)
    shown, row = follow(
        page, base_url, postcode=postcode, area_code=area_code, indicator="bad_health_share", check=check_accessibility
    )
    assert float(row["value"]) == shown
    fits(page)


def test_every_page_about_data_can_be_used_by_everybody(sign_in, page, base_url, check_accessibility):
    sign_in("Analyst")
    for address in ("/data/", "/data/indicators/", "/data/indicators/imd_decile/", "/data/quality/", "/data/own/add/"):
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            page.goto(f"{base_url}{address}")
            check_accessibility()
            fits(page)


def test_an_own_indicator_from_file_to_area(sign_in, page, base_url, check_accessibility, tmp_path):
    sign_in("Analyst")
    file = tmp_path / "falls.csv"
    file.write_text("LSOA code,Rate\nE01900001,12.5\nE01900002,*\nE01999999,1\n")
    page.goto(f"{base_url}/data/own/add/")
    page.get_by_label("Name").fill("Falls at home")
    page.get_by_label("Unit").fill("per 1,000")
    # The component puts a button over the field.
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url(re.compile("/data/own/preview/"))
    check_accessibility()
    expect(page.locator("main")).to_contain_text("found one that is not")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"{base_url}/data/own/")
    check_accessibility()
    page.goto(f"{base_url}/areas/E01900001/")
    own = page.get_by_role("region", name="Your organisation's own indicators")
    expect(own).to_contain_text("12.5")
    page.goto(f"{base_url}/data/own/")
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete Falls at home").click()
    expect(page.locator("main")).to_contain_text("is deleted")


@pytest.mark.realdata
@pytest.mark.skipif(not all((DATA / path).is_file() for path in WIGAN), reason=f"published files are not at {DATA}")
def test_from_a_postcode_of_wigan_to_the_official_figure(portal, sign_in, page, base_url, check_accessibility):
    portal.manage("load_open_data", *(str(DATA / path) for path in WIGAN))
    postcode, area_code = portal.row(
        "SELECT postcode, area_code FROM lsoa_postcode WHERE area_code LIKE 'E010%' AND postcode LIKE 'WN%'"
        " AND terminated IS NULL ORDER BY postcode LIMIT 1"
    )
    sign_in("Analyst")
    shown, row = follow(
        page, base_url, postcode=postcode, area_code=area_code, indicator="imd_rank", check=check_accessibility
    )
    with (
        closing(openpyxl.load_workbook(DATA / WIGAN[2], read_only=True)) as book,
        closing(book["IMD25"].iter_rows(values_only=True)) as lines,
    ):
        line, official = next((number, cells[4]) for number, cells in enumerate(lines, 1) if cells[0] == area_code)
    assert float(official) == shown == float(row["value"])
    assert int(row["line"]) == line

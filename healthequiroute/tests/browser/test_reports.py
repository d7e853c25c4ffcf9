"""A report is set up, made by the worker, read and taken away; a list is taken as a file and put on paper."""

import io

import pypdf
from openpyxl import load_workbook
from playwright.sync_api import expect

from .conftest import WORKED_OUT, fits

NARROW = {"width": 390, "height": 844}


def test_an_equity_report_from_its_form_to_its_files(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/reports/new/")
    check_accessibility()
    # Without a name it is not saved, and says so.
    page.get_by_role("button", name="Save the report").click()
    expect(page.get_by_role("alert")).to_be_visible()
    # Browsers tell of the status of a refused form on their console.
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]
    check_accessibility()

    page.get_by_label("Name", exact=True).fill("Who was reached")
    page.get_by_role("radio", name="Equity of visits").check()
    page.get_by_role("combobox", name="When it is made").select_option(label="Every week")
    page.get_by_label("Day of the week").select_option(label="Monday")
    page.get_by_label("Hour").select_option(label="07:00")
    page.get_by_role("button", name="Save the report").click()
    expect(page.get_by_role("heading", name="Who was reached", level=1)).to_be_visible()
    expect(page.get_by_text("Every Monday at 07:00")).to_be_visible()
    check_accessibility()

    report = page.url
    page.get_by_role("button", name="Make it now").click()
    expect(page.get_by_text("The report is being made").first).to_be_visible()
    expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=WORKED_OUT)
    page.goto(report)
    page.get_by_role("table", name="Editions").get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    check_accessibility()

    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert taken.value.suggested_filename.startswith("report-who-was-reached-")
    assert "Summary" in pypdf.PdfReader(taken.value.path()).pages[0].extract_text()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Excel", exact=True).click()
    assert load_workbook(io.BytesIO(taken.value.path().read_bytes())).worksheets[-1].title == "Notes"

    page.set_viewport_size(NARROW)
    for place in (page.url, report, f"{base_url}/reports/", f"{base_url}/reports/new/"):
        page.goto(place)
        fits(page)

    page.goto(report)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("is paused").first).to_be_visible()
    page.get_by_text("Delete this report").click()
    page.get_by_role("button", name="Delete the report and its editions").click()
    expect(page.get_by_text("is deleted with its editions")).to_be_visible()
    check_accessibility()


def test_a_list_is_taken_as_a_file_and_put_on_paper(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/plans/?state=proposed")
    files = page.locator(".her-list-files")
    for kind, ending in (("CSV", "csv"), ("Excel", "xlsx"), ("PDF", "pdf")):
        with page.expect_download() as taken:
            files.get_by_role("link", name=kind).click()
        name = taken.value.suggested_filename
        assert name.startswith("plans-") and name.endswith(f".{ending}")
    files.get_by_role("link", name="print").click()
    expect(page.get_by_role("heading", name="About this list")).to_be_visible()
    expect(page.get_by_text("Show: Proposed")).to_be_visible()
    check_accessibility()
    told = " ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(page.pdf())).pages)
    assert "About this list" in told and "Sign out" not in told
    page.get_by_role("link", name="Back to the list").click()
    assert page.url.endswith("/plans/?state=proposed")

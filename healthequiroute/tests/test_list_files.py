"""Every list of the portal as a file: each page that offers files is asked for each kind, with planted values.

What a page offers is found on the page itself, so that a new list is tested by being there; `LISTS` says which must be
there, so that none is lost.
"""

import io
import re
from html import unescape

import pypdf
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.models import AuditEvent, User
from accounts.permissions import Role
from accounts.tests.factories import MembershipFactory, PlatformAdministratorFactory
from accounts.tests.files import csv_lines
from accounts.tests.sessions import sign_in
from healthequiroute.testing.shared import shared
from routing.models import PlanState, RoutePlan, StaffMember, VisitRecord

from .people_and_things import build_world, keep_effect
from .test_access_matrix import rows
from .test_readings import MARK, POSTCODE, plant

PARTS = 4
LINKS = re.compile(r'<p class="her-list-files her-no-print">(.*?)</p>', re.DOTALL)
HREF = re.compile(r'href="([^"]*[?&;]file=(\w+)[^"]*)"')
FORMULA = "=1+1"
# Files of a plan are events of their own, and its CSV has a form of its own (docs/plan-files.md).
TAKEN = ("list.exported", "plan.file_taken")
OWN_CSV = {"plan"}
# Pages on which a list comes as a file.
LISTS = {
    *("api-key", "api-keys", "audit", "audit-platform", "audit-readers", "audit-report", "audit-rows", "members"),
    *("organisations", "people", "roles", "caseload", "equity", "mileage", "plan-actual", "plan-versions", "plans"),
    *("plus-groups", "rota", "rota, 2", "team", "team-visits", "teams", "week", "weeks"),
    *("insights", "insights-models", "outlook", "demand", "demand-team"),
    *("data", "dataset", "feeds", "indicators", "reports", "scenario-areas", "scenarios", "score-runs"),
}  # fmt: skip


@pytest.fixture
@shared
def world(db, organisation, other_organisation):
    """As for readings; names begin as a formula does."""
    world = build_world(organisation=organisation, other_organisation=other_organisation)
    plant(world.people["field_worker"])
    record_a_drive(world)
    for model, field in ((User, "full_name"), (StaffMember, "display_name")):
        for row in model.objects.all():
            setattr(row, field, f"{FORMULA} {MARK}")
            row.save()
    world.people["reader"] = reader = PlatformAdministratorFactory(full_name="Reader", email="reader@example.org")
    MembershipFactory(user=reader, organisation=organisation, roles=[role.value for role in Role])
    every = [role.value for role in Role]
    world.people["stranger"] = MembershipFactory(organisation=other_organisation, roles=every).user
    return world


def record_a_drive(world):
    """Something recorded at one place of the published round: without it there is no mileage, and no list of it."""
    plan = RoutePlan.objects.get(name="Published")
    plan.state, plan.started_at = PlanState.IN_PROGRESS, timezone.now()
    plan.save()
    mine, visit = plan.assignments.get(), plan.team.visits.first()
    times = {"arrived_at": mine.departs_at, "finished_at": mine.returns_at}
    VisitRecord.objects.create(plan=plan, staff=mine.staff, visit=visit, outcome="done", **times)
    world.questions["mileage"] = {"month": f"{plan.day:%Y-%m}"}


@pytest.fixture
def reader(world, organisation):
    client = Client()
    sign_in(client, world.people["reader"])
    keep_effect(organisation)
    return client


def address_of(world, name) -> str:
    question = "&".join(f"{key}={value}" for key, value in world.question(name).items())
    return reverse(name, kwargs=world.arguments(name)) + (f"?{question}" if question else "")


# On paper too long to wait for: a worker makes them (test_long_lists.py).
LONG = {"dataset"}


def offered(client, world) -> dict[str, dict[str, str]]:
    """Addresses of files by kind, by the name of the page that offers them ("rota, 2": the second list there)."""
    found = {}
    for method, name, _ in rows():
        if method != "GET" or name.endswith(("-stream", "-file", "-tile")):
            continue
        page = address_of(world, name)
        answer = client.get(page)
        if answer.status_code != 200 or answer.streaming or "html" not in answer["Content-Type"]:
            continue
        for number, block in enumerate(LINKS.findall(answer.content.decode())):
            links = {kind: unescape(href) for href, kind in HREF.findall(block)}
            if links:
                path, called = page.partition("?")[0], f"{name}, {number + 1}" if number else name
                found[called] = {kind: href if href.startswith("/") else path + href for kind, href in links.items()}
    return found


# The world is made once for all tests here: what its pages offer is looked for once, too.
_offered: dict = {}


@pytest.fixture
def lists(world, reader):
    key = world.people["reader"].pk
    if key not in _offered:
        _offered[key] = offered(reader, world)
    return _offered[key]


def taken(client, address, organisation):
    """(answer, whether it showed somebody without a reading, whether the trail knows that it was taken)."""
    cache.clear()
    keep_effect(organisation)
    last = AuditEvent.objects.values_list("sequence", flat=True).first() or 0
    answer = client.get(address)
    body = answer.getvalue().decode("utf-8", "replace") if answer.status_code == 200 else ""
    since = AuditEvent.objects.filter(sequence__gt=last)
    shows = MARK in body or POSTCODE in body
    is_known = since.filter(action__in=TAKEN).exists()
    return answer, shows and not since.filter(action="personal_data.read").exists(), is_known


def test_no_list_is_lost(lists):
    assert sorted(LISTS - set(lists)) == []
    for name, links in lists.items():
        assert set(links) == {"csv", "xlsx", "pdf", "print"}, name


def test_every_list_is_a_table_that_explains_itself_and_is_known_to_the_trail(lists, reader, organisation):
    wrong = {}
    for name, links in lists.items():
        answer, is_unrecorded, is_known = taken(reader, links["csv"], organisation)
        if answer.status_code != 200 or is_unrecorded or not is_known:
            wrong[name] = (answer.status_code, is_unrecorded, is_known)
            continue
        told = told_by(reader, links["csv"])
        assert name in OWN_CSV or "# Source: " in told and "# Filter: " in told and "# Column " in told, name
        assert re.search(r'filename="[a-z0-9-]+\.csv"', answer["Content-Disposition"]), name
        heading, *cells = csv_lines(reader.get(links["csv"]))
        assert len({each.lower() for each in heading}) == len(heading), name
        for cell in (cell for line in cells for cell in line):
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), (name, cell)
    assert wrong == {}


def told_by(client, address) -> str:
    return client.get(address).getvalue().decode("utf-8-sig")


@pytest.mark.parametrize("part", range(PARTS))
def test_excel_holds_the_same_as_csv_and_no_formula(lists, reader, part):
    for name in sorted(lists)[part::PARTS]:
        expected = csv_lines(reader.get(lists[name]["csv"]))
        answer = reader.get(lists[name]["xlsx"])
        assert answer.status_code == 200, name
        content = answer.getvalue()
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert sheet[0] == expected[0], name
        if not name.startswith("audit"):
            # The trail grows with each file that is taken.
            assert len(sheet) == len(expected), name
        book = load_workbook(io.BytesIO(content))
        assert book.worksheets[-1].title == "Notes"
        formulas = [cell.coordinate for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]
        assert formulas == [], name


@pytest.mark.parametrize("part", range(PARTS))
def test_pdf_and_the_page_for_paper_hold_it_too(lists, reader, organisation, part):
    for name in sorted(lists)[part::PARTS]:
        answer, is_unrecorded, is_known = taken(reader, lists[name]["print"], organisation)
        page = answer.content.decode()
        assert answer.status_code == 200 and is_known and not is_unrecorded, name
        assert "data-print" in page and "About this list" in page, name
        paper = reader.get(lists[name]["pdf"])
        if name in LONG:
            assert (paper.status_code, paper["Location"]) == (302, reverse("list-files")), name
            continue
        content = paper.getvalue()
        read = pypdf.PdfReader(io.BytesIO(content))
        root = read.trailer["/Root"]
        assert root["/Lang"] == "en-GB" and root["/MarkInfo"]["/Marked"] and read.metadata.title, name
        told = " ".join(each.extract_text() for each in read.pages)
        assert "About this list" in told, name


def test_nobody_of_another_organisation_gets_it(lists, world):
    """Lists that name a thing are not there; others are lists of their own organisation."""
    client = Client()
    sign_in(client, world.people["stranger"])
    for name, links in lists.items():
        answer = client.get(links["csv"])
        if answer.status_code == 200:
            told = answer.getvalue().decode("utf-8", "replace")
            assert POSTCODE not in told and f"{MARK}-s" not in told, name
        else:
            assert answer.status_code in (302, 403, 404, 422), name


def test_unknown_kinds_are_the_page_itself(reader):
    answer = reader.get("/members/?file=exe")
    assert answer.status_code == 200 and "html" in answer["Content-Type"]

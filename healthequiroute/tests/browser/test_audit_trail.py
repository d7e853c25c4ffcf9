"""The audit trail: filtered without JavaScript, readable on a phone, a report that leads to its entries."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import fits

PAGES = {
    "trail": "/audit/",
    "report": "/audit/report/",
    "export": "/audit/export/",
    "exports": "/audit/exports/",
    "unusual": "/audit/unusual/",
}
# Something was noticed of a demo account; the plans of the demo have a history and people.
MADE = """
from datetime import date
from accounts import audit
from accounts.models import Organisation, UnusualBehaviour, User
from routing.models import RoutePlan, StaffMember
organisation = Organisation.objects.order_by("created_at").first()
planner = User.objects.get(email__startswith="planner@")
found = {"rule": "many_people", "day": date(2026, 1, 5), "actor_id": audit.pseudonym_of(planner)}
UnusualBehaviour.objects.get_or_create(
    organisation=organisation, **found, defaults={"number": 412, "threshold": 300, "usual": 61}
)
plan = RoutePlan.objects.filter(organisation=organisation, approved_by__isnull=False).first()
print("plan", plan.pk, "person", plan.assignments.first().staff_id)
"""


@pytest.fixture
def histories(portal):
    """Addresses of a plan's rows and of who was shown somebody of it."""
    plan, person = re.search(r"plan (\S+) person (\S+)", portal.run(MADE)).groups()
    return {
        "rows": f"/audit/rows/routing.routeplan/{plan}/",
        "readers": f"/audit/readers/routing.staffmember/{person}/",
    }


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_are_accessible_and_fit(sign_in, page, base_url, check_accessibility, width, histories):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in("Auditor")
    for name, path in (PAGES | histories).items():
        page.goto(f"{base_url}{path}")
        check_accessibility()
        fits(page)
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"audit-{name}-{width}.png", full_page=True)


def test_without_javascript_filters_work(sign_in, page, new_context, base_url):
    sign_in("Auditor")
    context = new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{base_url}/audit/")
    plain.get_by_label("Kind of action").select_option("sign_in")
    plain.get_by_role("button", name="Filter").click()
    expect(plain).to_have_url(re.compile("group=sign_in"))
    expect(plain.locator("tbody")).to_contain_text("Signed in")
    plain.locator("tbody a").first.click()
    expect(plain.locator("h1")).to_have_text(re.compile("^What "))
    context.close()

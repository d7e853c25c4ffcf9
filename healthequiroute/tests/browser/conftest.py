"""Browser tests drive Debian's Chromium against a whole portal (see `healthequiroute.testing.portal`)."""

import os
import random
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone
from playwright.sync_api import expect

from accounts.demo import ORGANISATION as DEMO
from healthequiroute.testing import hostile
from healthequiroute.testing.openid_provider import OpenIDProvider
from healthequiroute.testing.portal import Portal

# Milliseconds until something is given up that was expected on a page, and that was to be done or loaded there. They
# are no demands on the speed of a page: a machine that does three things at once may take long over each.
EXPECTED, DONE = 20_000, 60_000
# The same for what a worker does in the background, and for a search that is given two minutes.
WORKED_OUT, SEARCHED = 120_000, 180_000
# The demo's plans and shifts begin today, and midnight may pass while tests run.
TODAY = timezone.localdate()
# Days ahead of a day that no journey approves a plan for: an approved round takes its people for that day. Who approves
# has a day to itself, 3 to 6 days ahead, and what was approved is taken back (`_approved_plans_are_reopened`).
OPEN_DAY = 2
# The demo's own approved plan is today's; the second organisation's plans are nobody else's affair.
APPROVED_FOR_LATER = """
SELECT count(*) FROM routing_routeplan AS plan JOIN accounts_organisation AS organisation
    ON organisation.id = plan.organisation_id
WHERE organisation.name = '{organisation}' AND plan.day > '{today}' AND plan.state IN ('approved', 'published')
"""
REOPEN_THEM = """
from datetime import date
from healthequiroute.demo import account
from routing.models import RoutePlan
from routing.services import reopen_plan, withdraw_publication
how = {{"by": account("approver"), "reason": "The journey is over."}}
for plan in RoutePlan.objects.filter(organisation__name="{organisation}", day__gt=date.fromisoformat("{today}")):
    if plan.state == "published":
        plan = withdraw_publication(plan=plan, **how)
    if plan.state == "approved":
        reopen_plan(plan=plan, **how)
"""
# What htmx is asking for, or putting into its place.
SWAPPING = ".htmx-request, .htmx-swapping, .htmx-settling"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.fspath):
            item.add_marker(pytest.mark.browser)
    if hostile.seed() is not None:
        random.Random(hostile.seed()).shuffle(items)
    # Published files change what areas there are: after everything else.
    items.sort(key=lambda item: "/browser/" in str(item.fspath) and item.get_closest_marker("realdata") is not None)


def pytest_configure():
    expect.set_options(timeout=EXPECTED)


@pytest.fixture(scope="session")
def identity_provider():
    """Stands in for Google, on this machine; who has an account there: test_openid.py."""
    with OpenIDProvider() as running:
        yield running


@pytest.fixture(scope="session")
def card_provider():
    """Stands in for NHS CIS2. It knows the portal by its published key: test_openid.py asks for that."""
    with OpenIDProvider(client_id="portal-at-cis2") as running:
        yield running


def new_private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="session")
def portal(tmp_path_factory, identity_provider, card_provider):
    key_file = tmp_path_factory.mktemp("keys") / "cis2.pem"
    key_file.write_text(new_private_key())
    settings = {
        "CIS2_CLIENT_ID": card_provider.client_id,
        "CIS2_CLIENT_KEYS_FILE": str(key_file),
        "CIS2_ISSUER": card_provider.issuer,
        "CIS2_ASSURANCE": "3",
        "GOOGLE_CLIENT_ID": identity_provider.client_id,
        "GOOGLE_CLIENT_SECRET": identity_provider.secret,
        "GOOGLE_ISSUER": identity_provider.issuer,
        "GOOGLE_ALLOWED_DOMAINS": "northgate.example",
        "WEBHOOK_LOOPBACK": "true",
    }
    if hostile.seed() is not None:
        settings["DJANGO_SETTINGS_MODULE"] = "healthequiroute.testing.hostile.settings"
    logs = tmp_path_factory.mktemp("portal")
    with Portal(database=f"test_her_browser_{os.getpid()}", logs=logs, settings=settings) as running:
        yield running


@pytest.fixture(autouse=True)
def _approved_plans_are_reopened(portal):
    """People and visits of a plan that a journey has approved are free again, however the journey ended."""
    yield
    words = {"organisation": DEMO, "today": TODAY}
    # Few journeys approve anything, and a process that runs programs takes a while to start.
    if portal.row(APPROVED_FOR_LATER.format(**words))[0]:
        portal.run(REOPEN_THEM.format(**words))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = shutil.which("chromium")
    assert chromium, "The browser tests need Debian's chromium: make test installs it."
    # Root may not use Chromium's sandbox; background networking would only knock at closed doors.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}


@pytest.fixture(scope="session")
def base_url(portal):
    return portal.url


@pytest.fixture
def new_context(new_context):
    """A test's browser: what makes a page waits as long as everything else."""

    def make(**options):
        context = new_context(**options)
        context.set_default_timeout(DONE)
        if hostile.seed() is not None:
            context.on("page", _slow_down)
        return context

    return make


def _slow_down(page):
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": hostile.cpu_factor()})


@pytest.fixture
def page(page):
    """Playwright's page that remembers what went wrong on the console and which requests left the machine."""
    page.problems = []
    page.on("console", lambda message: _note_message(page, message))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("requestfailed", lambda request: _note_failure(page, request))
    yield page
    assert page.problems == []


def _note_message(page, message):
    # htmx tells of a request that was given up because its page was left or a newer one took its place. One that
    # failed is told as htmx:sendError or htmx:responseError as well.
    if message.type == "error" and not message.text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
        page.problems.append(message.text)


def _note_failure(page, request):
    # Leaving a page aborts its tiles and polls: that is the browser's doing, not a fault.
    if request.failure != "net::ERR_ABORTED":
        page.problems.append(f"{request.url}: {request.failure}")


def fits(page, width: int | None = None) -> None:
    """At this width (None: as wide as it is) nothing is left to scroll sideways, once the page has arranged itself."""
    if width:
        page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")


def stop_the_search(page, of: str) -> None:
    """Stops the search of a "plan" or "week" as soon as there is something to keep, unless it has come to its end by
    itself; waits for the proposal.
    """
    proposed = page.locator(f"#{of}-state", has_text="Proposed")
    found = page.locator("#plan-progress svg, #week-progress .her-facts")
    expect(found.or_(proposed).first).to_be_visible(timeout=SEARCHED)
    # If it is there still: the panel may be replaced, for the last time, between a look and a click.
    page.locator(f"#{of}-progress form[action$='/stop/'] button").evaluate_all("buttons => buttons[0]?.click()")
    expect(proposed).to_be_visible(timeout=SEARCHED)


def comes_true(page, question: str, arg=None) -> None:
    """Asks an async function in the page until it answers yes. To `wait_for_function` its promise would be a yes."""
    asked = f"""async ([arg, milliseconds]) => {{
        const question = {question};
        const ends = performance.now() + milliseconds;
        while (!await question(arg)) {{
            if (performance.now() > ends) throw new Error("It did not come true.");
            await new Promise(resolve => setTimeout(resolve, 200));
        }}
    }}"""
    page.evaluate(asked, [arg, WORKED_OUT])


def leave(page):
    """Off the page and out of the session; what the page still asks for would be refused and noted as an error."""
    page.goto("about:blank")
    page.context.clear_cookies()


@pytest.fixture
def sign_in(page, base_url):
    """Signs in as the demo account with this role: `sign_in("Planner")`."""

    def sign_in(label: str):
        leave(page)
        page.goto(f"{base_url}/accounts/login/")
        page.get_by_role("button", name=re.compile(f", {label}$")).click()
        page.wait_for_url(f"{base_url}/")

    return sign_in


@pytest.fixture
def later(portal):
    """`later(email, minutes)`: so long ago was everything that this person's sessions remember."""
    program = """
from accounts.models import Session
for session in Session.objects.filter(user__email={email!r}):
    data = session.get_decoded()
    for mark in ("confirmed", "second_factor", "signed_in"):
        if mark in data:
            data[mark]["at"] -= {minutes} * 60
    session.session_data = Session.get_session_store_class()().encode(data)
    session.save(update_fields=["session_data"])
"""

    def later(email, minutes):
        portal.run(program.format(email=email, minutes=minutes))

    return later


@pytest.fixture
def check_accessibility(page):
    """Fails with axe's own words when the page breaks a rule, or one part of it: `check_accessibility("#dialog")`."""

    def check(part: str | None = None):
        # Half a page breaks rules that the whole one keeps.
        page.wait_for_load_state("load")
        page.wait_for_function(f"() => !document.querySelector({SWAPPING!r})")
        # Only what is wrong is told with its places: what is right is most of a page, and most of the time it takes.
        wanted = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
        found = Axe().run(page, context=part, options=wanted)
        assert found.violations_count == 0, found.generate_report()

    return check

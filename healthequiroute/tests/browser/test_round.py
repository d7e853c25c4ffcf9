"""A field worker's round on a phone, with the connection cut in the middle; and those who watch over it."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from .conftest import TODAY, comes_true, fits

NARROW = {"width": 390, "height": 844}
# What a cut connection leaves on the console is no fault of the page.
CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "net::ERR_NETWORK_CHANGED")
KEPT = """async () => {
  await navigator.serviceWorker.ready;
  const kept = await (await caches.open("her-round-pages")).match(location.href);
  const assets = await (await caches.open("her-round-assets")).keys();
  return Boolean(kept) && assets.some(({url}) => /round.*[.]js$/.test(url));
}"""


@pytest.fixture(autouse=True)
def _todays_round():
    if timezone.localdate() != TODAY:
        pytest.skip("midnight has passed: the demo's rounds were of yesterday")


def forgive_the_cut(page):
    page.problems[:] = [problem for problem in page.problems if not any(words in problem for words in CUT)]


def current(page):
    return page.locator("[data-visit][data-current]")


def tap(place, name):
    place.get_by_role("button", name=re.compile(f"^{name}")).click()


def test_a_round_with_the_connection_cut_in_the_middle(page, base_url, sign_in, check_accessibility):
    page.set_viewport_size(NARROW)
    sign_in("Field worker")
    page.get_by_role("link", name="Open my round").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My round")
    check_accessibility()
    notice, round_ = page.locator("#round-notice"), page.locator("#my-round")
    tap(page, "Set off")
    expect(round_).to_have_attribute("data-stage", "out")
    total = page.locator("[data-visit]").count()
    assert total >= 2
    tap(current(page), "Arrived")
    expect(notice).to_be_hidden()
    expect(current(page)).to_have_attribute("data-state", "arrived")
    check_accessibility()
    comes_true(page, KEPT)

    page.context.set_offline(True)
    expect(notice).to_contain_text("No connection")
    tap(current(page), "Done")
    expect(page.locator("[data-progress]")).to_have_text(f"1 of {total} visits settled")
    second = current(page).get_attribute("data-reference")
    tap(current(page), "Arrived")
    current(page).get_by_text("No access").first.click()
    current(page).get_by_label("No answer").check()
    tap(current(page), "Record no access")
    expect(notice).to_contain_text("3 entries wait to be sent")
    # The battery was flat: the page comes back from the phone itself, with what was recorded on it.
    page.reload()
    expect(notice).to_contain_text("3 entries wait to be sent")
    expect(page.locator(f"[data-reference='{second}']")).to_have_attribute("data-state", "no_access")
    expect(page.locator("[data-progress]")).to_have_text(f"2 of {total} visits settled")
    check_accessibility()
    forgive_the_cut(page)

    page.context.set_offline(False)
    expect(notice).to_be_hidden()
    page.reload()
    expect(page.locator("[data-progress]")).to_have_text(f"2 of {total} visits settled")
    expect(page.locator(f"[data-reference='{second}'] [data-notes]")).to_contain_text("No answer")
    for _ in range(total - 2):
        tap(current(page), "Arrived")
        tap(current(page), "Done")
    expect(page.locator("[data-progress]")).to_have_text(f"{total} of {total} visits settled")
    tap(page, "Round finished")
    expect(notice).to_be_hidden()
    expect(round_).to_have_attribute("data-stage", "over")
    page.goto(f"{base_url}/mileage/")
    expect(page.get_by_text("places reached", exact=False).first).to_be_attached()
    check_accessibility()
    fits(page)

    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in("Planner")
    page.goto(f"{base_url}/plans/?state=in_progress")
    page.locator("main tbody a[href*='/plans/']").first.click()
    page.get_by_role("link", name="The day", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("Femi Fieldworker.*Finished at"))).to_be_visible()
    check_accessibility()


def test_signing_out_asks_about_what_waits_and_leaves_nothing(page, base_url, sign_in):
    sign_in("Field worker")
    page.goto(f"{base_url}/round/")
    comes_true(page, KEPT)
    # Not today's state but the queue is meant: something that never gets through.
    page.route("**/events/", lambda route: route.abort())
    owner = page.locator("#my-round").get_attribute("data-owner")
    page.evaluate(
        "owner => localStorage.setItem(`her-round-queue:${owner}`, JSON.stringify([{id: crypto.randomUUID(),"
        " kind: 'safe', happened_at: new Date().toISOString(), words: 'I am safe', url: '/round/x/events/'}]))",
        owner,
    )
    page.reload()
    expect(page.locator("#round-notice")).to_contain_text("1 entry waits to be sent")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My round")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{base_url}/accounts/login/")
    assert asked == ["1 entry of your round has not been sent yet and will be lost. Sign out anyway?"]
    assert page.evaluate("async () => [localStorage.length, (await caches.keys()).length]") == [0, 0]
    forgive_the_cut(page)

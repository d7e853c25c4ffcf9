"""The curve of a search is sent to the page; where the stream breaks, the page asks again."""

from playwright.sync_api import expect

from .conftest import SEARCHED, stop_the_search
from .test_visit_plan import create_plan

# Counts what is heard of streams.
COUNTED = """
window.heardOfStream = 0;
window.EventSource = class extends EventSource {
  constructor(...all) {
    super(...all);
    this.addEventListener("panel", () => { window.heardOfStream += 1; });
  }
};
"""


def grows(page):
    """Waits until the panel with the curve says more than now."""
    expect(page.locator("#plan-progress svg.her-chart--lines")).to_be_visible(timeout=SEARCHED)
    before = page.locator("#plan-progress").inner_text()
    expect(page.locator("#plan-progress")).not_to_have_text(before, timeout=SEARCHED, use_inner_text=True)


def test_the_curve_grows_without_asking_and_asks_when_the_stream_is_gone(page, base_url, portal, sign_in):
    asked, streams = [], []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/progress/") else None)
    page.on("request", lambda request: streams.append(request.url) if request.url.endswith("/stream/") else None)
    page.add_init_script(COUNTED)
    sign_in("Planner")
    create_plan(page, base_url, name="Round that is sent", visits=60, seconds="120")
    page.get_by_role("button", name="Optimise").click()
    # Nothing is asked once the stream is heard; a slow start may be bridged.
    page.wait_for_function("() => window.heardOfStream > 0", timeout=SEARCHED)
    asked.clear()
    for _ in range(3):
        grows(page)
    assert asked == []
    assert len(streams) == 1
    # The place by keyboard stays while panels come and go.
    page.locator("#plan-stop").focus()
    grows(page)
    expect(page.locator("#plan-stop")).to_be_focused()

    # The open stream breaks, and from now on there is none.
    page.route("**/progress/stream/", lambda route: route.fulfill(status=503, body="no stream"))
    with page.expect_request("**/progress/", timeout=SEARCHED):
        portal.kill_server_workers()
    grows(page)
    stop_the_search(page, "plan")
    page.problems.clear()  # the browser tells of the broken connection and of the refusals on its console

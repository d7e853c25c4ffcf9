"""The map in Chromium: how long until it is painted, another theme, the pointer, and what the first page weighs."""

import shutil
from statistics import median

import brotli

from routing.planning.fields import InputError

from .people import DOMAIN, PASSWORD
from .report import held

SIZE = {"width": 1280, "height": 900}
WAIT = 120_000
MAP = "document.getElementById('explore-map')"
DRAWN = f"() => {MAP}?.dataset.drawnIn !== undefined"
# Geometry, values and names are data of the map.
MAP_DATA = ("/tiles/", "/explore/theme.bin")
TEXT = ("text/", "javascript", "json", "svg")
TIMES = f"""() => ({{
    layer: Number({MAP}.dataset.drawnIn),
    navigation: Math.round(performance.getEntriesByName("areamap:drawn")[0].startTime),
}})"""
# From the wish to the picture: values fetched, tiles painted, one frame shown.
CHANGE = f"""async ([url, known]) => {{
    const map = {MAP}.areaMap;
    if (known) await fetch(url);
    const begun = performance.now();
    await map.setTheme(url);
    await new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)));
    return {{whole: performance.now() - begun, repaint: Number({MAP}.dataset.paintedIn)}};
}}"""
HOVER = f"""() => {{
    const map = {MAP}.areaMap.map;
    const size = map.getSize();
    const times = [];
    for (let step = 0; step < 400; step++) {{
        const x = size.x * ((step * 37) % 400) / 400, y = size.y * ((step * 91) % 400) / 400;
        const containerPoint = L.point(x, y);
        const latlng = map.containerPointToLatLng(containerPoint);
        const begun = performance.now();
        map.fire("mousemove", {{latlng, containerPoint}});
        times.push(performance.now() - begun);
    }}
    times.sort((a, b) => a - b);
    return {{mean: times.reduce((a, b) => a + b) / times.length, p95: times[Math.floor(times.length * 0.95)]}};
}}"""


def measure(portal, *, runs: int, write) -> dict:
    """Medians of `runs` runs; InputError without Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise InputError("The browser part needs the packages of requirements-dev.txt.") from error
    chromium = shutil.which("chromium")
    if chromium is None:
        raise InputError("The browser part needs Chromium.")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            return _Visits(browser, portal.url, runs, write).all()
        finally:
            browser.close()


class _Visits:
    def __init__(self, browser, url, runs, write):
        self.browser, self.url, self.runs, self.write = browser, url, runs, write
        self.state = self._sign_in()

    def _sign_in(self):
        context = self.browser.new_context()
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{self.url}/accounts/login/")
        page.fill("input[name=login]", f"analyst@{DOMAIN}")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{self.url}/")
        state = context.storage_state()
        context.close()
        return state

    def all(self) -> dict:
        cold, warm, thousand = [], [], []
        changes, hovers, weights = [], [], []
        for _ in range(self.runs):
            page = self._page()
            received = _received(page)
            cold.append(self._open(page, "/explore/?patch=all"))
            page.wait_for_load_state("networkidle")
            weights.append(_weight(received))
            warm.append(self._open(page, "/explore/?patch=all"))
            page.wait_for_load_state("networkidle")
            hovers.append(page.evaluate(HOVER))
            for theme in ("imd_score", "imd_decile"):
                address = f"/explore/theme.bin?patch=all&theme={theme}"
                changes.append(page.evaluate(CHANGE, [address, True]))
            self._open(page, "/explore/?patch=a-thousand-areas")
            thousand.append(self._open(page, "/explore/?patch=a-thousand-areas"))
            page.context.close()
        return self._told(cold, warm, thousand, changes, hovers, weights)

    def _page(self):
        """A browser that has seen nothing yet but is signed in."""
        page = self.browser.new_context(storage_state=self.state, viewport=SIZE).new_page()
        page.set_default_timeout(WAIT)
        return page

    def _open(self, page, path) -> dict:
        page.goto(self.url + path)
        page.wait_for_function(DRAWN)
        return page.evaluate(TIMES)

    def _told(self, cold, warm, thousand, changes, hovers, weights) -> dict:
        goals = {
            "England, from adding the layer, warm": (_median(warm, "layer"), 800),
            "England, from navigation, warm": (_median(warm, "navigation"), 1200),
            "England, from navigation, cold": (_median(cold, "navigation"), 2000),
            "A thousand areas, from adding the layer": (_median(thousand, "layer"), 500),
            "Change of theme, values and paint": (_median(changes, "whole"), 100),
            "Change of theme, repainting alone": (_median(changes, "repaint"), 100),
        }
        figures = {}
        for name, (value, goal) in goals.items():
            self.write(held(name, value, goal))
            figures[name] = value
        hover = median(run["p95"] for run in hovers)
        self.write(f"Pointer over the map, p95: {hover:.3f} ms (goal 1){'' if hover < 1 else '  MISSED'}")
        wire, packed, data = (median(part) for part in zip(*weights, strict=True))
        self.write(held("First page compressed, without the map's data", packed, 200, "kB"))
        self.write(f"    {wire:.0f} kB on the wire here; the map's data {data:.0f} kB more")
        return figures | {"hover_p95": hover, "first_page_kb": packed, "on_the_wire_kb": wire, "map_data_kb": data}


def _median(runs, name) -> float:
    return median(run[name] for run in runs)


def _received(page) -> list:
    received = []

    # Playwright marks the handlers that it is given, which a method of a list does not let it do.
    def note(response):
        received.append(response)

    page.on("response", note)
    return received


def _weight(received) -> tuple[float, float, float]:
    """kB: as sent here, text compressed as a deployment does, and data of the map."""
    wire = packed = data = 0
    for response in received:
        if response.status != 200:
            continue
        sizes = response.request.sizes()
        sent = sizes["responseBodySize"]
        if any(part in response.url for part in MAP_DATA):
            data += sent
            continue
        wire += sent
        kind = response.headers.get("content-type", "")
        is_plain = "content-encoding" not in response.headers and any(part in kind for part in TEXT)
        packed += len(brotli.compress(response.body(), quality=9)) if is_plain else sent
    return wire / 1000, packed / 1000, data / 1000

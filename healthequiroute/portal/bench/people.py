"""Who is at work on a usual day, and what they open: the walk of every role, weighted."""

import re
from dataclasses import dataclass, field

import requests

from accounts.demo import DOMAIN, PASSWORD

HIDDEN_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SIGN_IN_SECONDS = 120
# Who sits at a desk at the same time, of twenty.
DAY = (
    ("planner", 6),
    ("fieldworker", 4),
    ("analyst", 3),
    ("viewer", 2),
    ("approver", 2),
    ("admin", 1),
    ("auditor", 1),
    ("program", 1),
)
# Name of the figure, address, how often beside the others. {area}, {plan}, {index} are put in by turns.
EXPLORE = (
    ("explore", "/explore/", 4),
    ("explore, all England", "/explore/?patch=all", 1),
    ("explore, filtered", "/explore/?core20=1&priority=3", 3),
    ("explore, an indicator", "/explore/?theme=imd_score&sort=-imd_score", 2),
    ("explore, page 3 by name", "/explore/?patch=all&sort=name&page=3", 1),
    ("theme.bin", "/explore/theme.bin", 3),
    ("theme.bin, all England", "/explore/theme.bin?patch=all", 2),
    ("theme.bin, an indicator", "/explore/theme.bin?patch=all&theme=imd_score", 1),
    ("areas in view", "/explore/in-view/?box=-2.2,52.2,-1.6,52.7", 2),
    ("area panel", "/explore/area-panel/?index={index}", 3),
    ("area label", "/explore/area-label/?index={index}", 3),
    ("area", "/areas/{area}/", 4),
    ("area priority", "/areas/{area}/priority/", 3),
    ("search suggestions", "/search/suggestions/?q=birm", 3),
    ("search", "/search/?q=solihull", 1),
)
ROLES = {
    "planner": (
        ("home", "/", 4),
        ("plans", "/plans/", 4),
        ("plan", "/plans/{plan}/", 5),
        ("plan routes", "/plans/{plan}/routes.geojson", 2),
        ("teams", "/teams/", 2),
        ("weeks", "/weeks/", 1),
        *EXPLORE[:3],
    ),
    "fieldworker": (("home", "/", 2), ("my round", "/round/", 6)),
    "analyst": (
        *EXPLORE,
        ("home", "/", 2),
        ("scenarios", "/scenarios/", 1),
        ("data", "/data/", 1),
        ("indicators", "/data/indicators/", 1),
        ("data quality", "/data/quality/", 1),
        ("score runs", "/priorities/runs/", 1),
        ("equity", "/equity/", 1),
    ),
    "viewer": (("home", "/", 2), *EXPLORE),
    "approver": (("home", "/", 3), ("plans", "/plans/", 2), ("plan", "/plans/{plan}/", 4), ("equity", "/equity/", 2)),
    "admin": (("home", "/", 2), ("members", "/members/", 2), ("API keys", "/api-keys/", 1), ("audit", "/audit/", 2)),
    "auditor": (("home", "/", 1), ("audit", "/audit/", 4), ("plans", "/plans/", 1)),
    "program": (
        ("API areas", "/api/v1/areas/", 3),
        ("API areas, Core20", "/api/v1/areas/?core20=true", 3),
        ("API areas, page 100", "/api/v1/areas/?page=100", 1),
        ("API area", "/api/v1/areas/{area}/", 4),
        ("API priority", "/api/v1/priorities/{area}/", 2),
        ("API priorities", "/api/v1/priorities/", 2),
        ("API search", "/api/v1/areas/search/?q=birmingham", 1),
        ("API within bounds", "/api/v1/areas/within-bounds/?west=-1.95&south=52.45&east=-1.85&north=52.5", 1),
    ),
}


@dataclass
class Things:
    """What stands in for {area}, {plan} and {index}: found on the pages, so that any database will do."""

    areas: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)

    def address(self, template: str, number: int) -> str | None:
        """The address with the thing of this number; None where there is none of its kind."""
        kinds = {"{area}": self.areas, "{plan}": self.plans, "{index}": self.indexes}
        for mark, things in kinds.items():
            if mark in template:
                if not things:
                    return None
                template = template.replace(mark, things[number % len(things)])
        return template


def signed_in(url: str, role: str) -> requests.Session:
    """A session of the demo account with this name; "program" has a token instead. HTTPError when refused."""
    session = requests.Session()
    session.headers["User-Agent"] = "her-bench"
    if role == "program":
        answer = session.post(
            f"{url}/api/v1/token/",
            data={"email": f"analyst@{DOMAIN}", "password": PASSWORD},
            timeout=SIGN_IN_SECONDS,
        )
        answer.raise_for_status()
        session.headers["Authorization"] = f"Bearer {answer.json()['access']}"
        return session
    # As browsers say it, so that pages come compressed.
    session.headers["Sec-Fetch-Site"] = "same-origin"
    page = session.get(f"{url}/accounts/login/", timeout=SIGN_IN_SECONDS)
    token = HIDDEN_TOKEN.search(page.text).group(1)
    form = {"login": f"{role}@{DOMAIN}", "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = session.post(
        f"{url}/accounts/login/", data=form, headers={"Referer": f"{url}/accounts/login/"}, timeout=SIGN_IN_SECONDS
    )
    answer.raise_for_status()
    return session


def things_of(url: str, session: requests.Session) -> Things:
    """Areas and plans that a planner finds."""
    explore = session.get(f"{url}/explore/", timeout=SIGN_IN_SECONDS).text
    plans = session.get(f"{url}/plans/", timeout=SIGN_IN_SECONDS).text
    return Things(
        areas=list(dict.fromkeys(re.findall(r'href="/areas/([EW]\d{8})/', explore))),
        plans=list(dict.fromkeys(re.findall(rf'href="/plans/({UUID})/', plans))),
        indexes=list(dict.fromkeys(re.findall(r'data-index="(\d+)"', explore))),
    )

"""From what the walk over every page found to what the statement says."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

from django.conf import settings

RESULTS = Path(settings.BASE_DIR) / "docs" / "assurance" / "accessibility-results.json"
WALK = Path(settings.BASE_DIR) / ".local" / "accessibility" / "every_page.json"
NEEDED = {"made_at", "axe", "widths", "themes", "pages", "findings"}


class NoResults(ValueError):
    """The walk has not been run, or its file is not what it should be; the message says which."""


def summary_of(path: Path) -> dict:
    """What is committed: figures of the walk, and each finding once with how often it was met. NoResults otherwise.

    Roles and texts of pages stay out: they may hold what stood on a page.
    """
    try:
        walk = json.loads(path.read_text())
    except FileNotFoundError:
        raise NoResults(
            f"{path} is not there. Run the walk: healthequiroute/tests/browser/test_every_page.py"
        ) from None
    except json.JSONDecodeError as error:
        raise NoResults(f"{path} is not JSON: {error}") from None
    if missing := NEEDED - set(walk):
        raise NoResults(f"{path} lacks {', '.join(sorted(missing))}.")
    found = Counter((f["page"], f["check"], f["rule"], f["impact"]) for f in walk["findings"])
    return {
        "made_at": datetime.fromisoformat(walk["made_at"]).isoformat(timespec="seconds"),
        "axe": walk["axe"],
        "widths": sorted(walk["widths"]),
        "themes": walk["themes"],
        "pages": len({page["name"] for page in walk["pages"]}),
        "roles": len({page["role"] for page in walk["pages"]}),
        "states": sorted({page["state"] for page in walk["pages"]}),
        "views": len(walk["pages"]),
        "findings": [
            {"page": page, "check": check, "rule": rule, "impact": impact, "times": times}
            for (page, check, rule, impact), times in sorted(found.items())
        ],
    }


def write(summary: dict, path: Path = RESULTS) -> None:
    path.write_text(json.dumps(summary, indent=2) + "\n")


def committed() -> dict | None:
    """What the statement rests on; None where no walk has been made the basis of it yet."""
    if not RESULTS.exists():
        return None
    summary = json.loads(RESULTS.read_text())
    return summary | {"made_at": datetime.fromisoformat(summary["made_at"])}

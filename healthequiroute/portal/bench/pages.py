"""`manage.py bench pages`: the map in a real browser, tiles, weight, every address alone, a day's load.

Starts a portal against a database that holds published data (demo mode; `--prepare` makes accounts, patches, a team and
plans in it first), or measures one that runs (`--url`). Writes nothing else. docs/pages-bench.md says how to read it.
"""

import json
import os
import tempfile
from pathlib import Path

from django.conf import settings

from routing.planning.fields import InputError

PARTS = ("browser", "tiles", "alone", "load")


def add_arguments(parser):
    parser.add_argument("--database", help="name of the database (default: the configured one)")
    parser.add_argument("--url", help="a portal in demo mode that runs already, instead of starting one")
    parser.add_argument("--prepare", action="store_true", help="make demo accounts, patches, a team and plans first")
    parser.add_argument("--only", action="append", choices=PARTS, help="some of the parts; may be repeated")
    parser.add_argument("--users", type=int, default=20, help="people at the same time in the load (20)")
    parser.add_argument("--seconds", type=int, default=300, help="how long the load lasts (300)")
    parser.add_argument("--runs", type=int, default=3, help="times that the browser and each address are measured (3)")
    parser.add_argument("--seed", type=int, default=1, help="of who does what when (1)")
    parser.add_argument("--json", metavar="FILE", help="also write the figures as JSON")


def run(options, write):
    """Write a line per figure; the medians of several runs."""
    parts = options["only"] or PARTS
    name = options["database"] or settings.DATABASES["default"]["NAME"]
    figures = {"load_average": os.getloadavg(), "processors": os.cpu_count(), "database": name}
    write(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} before the measurement")
    with tempfile.TemporaryDirectory(prefix="her-bench-") as folder, _portal(options, name, Path(folder)) as portal:
        if options["prepare"]:
            _prepare(portal, write)
        for part in parts:
            write(f"--- {part}")
            figures[part] = _PARTS[part](portal, options, write)
    write(f"load average {os.getloadavg()[0]:.1f} after the measurement")
    if options["json"]:
        Path(options["json"]).write_text(json.dumps(figures, indent=1, default=str) + "\n")


def _portal(options, name, folder):
    from .server import Given, Started

    if not settings.DEMO_MODE:
        raise InputError("bench pages signs in with the buttons of the demo mode: set DEMO_MODE=true.")
    return Given(options["url"]) if options["url"] else Started(name, folder)


def _prepare(portal, write):
    if not hasattr(portal, "manage"):
        raise InputError("--prepare needs --database, not --url.")
    program = "from healthequiroute.portal.bench.world import prepare; prepare(print)"
    for line in portal.manage("shell", "--verbosity=0", "-c", program).splitlines():
        write(f"prepared: {line}")


def _browser(portal, options, write):
    from .browser import measure

    return measure(portal, runs=options["runs"], write=write)


def _tiles(portal, options, write):
    from .tiles import measure

    return measure(portal, seed=options["seed"], write=write)


def _alone(portal, options, write):
    from .load import measure_alone

    return measure_alone(portal, runs=options["runs"] * 3, write=write)


def _load(portal, options, write):
    from .load import measure_load

    return measure_load(portal, users=options["users"], seconds=options["seconds"], seed=options["seed"], write=write)


_PARTS = {"browser": _browser, "tiles": _tiles, "alone": _alone, "load": _load}

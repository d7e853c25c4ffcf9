"""The real extract, built and served by the real OSRM through infrastructure/local/osrm.sh in a checkout of its own.

Skipped where the extract, or OSRM itself (`make osrm` installs it once), is absent.
"""

import os
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from routing.travel import GreatCircleProvider, JsonClient, OsrmSource, Profile, TravelTimes
from routing.travel.great_circle import LONDON, great_circle_metres

pytestmark = pytest.mark.realdata

CHECKOUT = Path(__file__).resolve().parents[3]
OSM = CHECKOUT.parent / "shared" / "data" / "osm"
EXTRACT = next(iter(sorted(OSM.glob("*.osm.pbf"))), None)
ENGINE = next(iter(sorted((CHECKOUT / ".local" / "osrm").glob("engine-*/osrm/bin/osrm-routed"))), None)
MORNING = datetime(2026, 3, 3, 10, tzinfo=LONDON)
# Around the middle of Newport, Wales, on land.
WEST, SOUTH, EAST, NORTH = -3.03, 51.57, -2.96, 51.60


class Local:
    """A checkout that has OSRM installed and nothing built; its servers are stopped at the end."""

    def __init__(self, folder):
        self.folder, self.osrm = folder, folder / ".local" / "osrm"
        shutil.copytree(CHECKOUT / "infrastructure", folder / "infrastructure")
        self.osrm.mkdir(parents=True)
        (self.osrm / ENGINE.parents[2].name).symlink_to(ENGINE.parents[2])
        (folder / ".venv").symlink_to(CHECKOUT / ".venv")
        (folder / ".local" / "env").write_text("SECRET_KEY=kept\nTRAVEL_PROVIDER=great-circle\n")

    def run(self, *arguments):
        # No network: once installed, nothing is downloaded.
        environment = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1"}
        command = ["bash", "infrastructure/local/osrm.sh", *map(str, arguments)]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    def settings(self):
        return dict(line.split("=", 1) for line in (self.folder / ".local" / "env").read_text().splitlines())


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    if EXTRACT is None:
        pytest.skip(f"no extract (*.osm.pbf) in {OSM}")
    if ENGINE is None:
        pytest.skip("OSRM is not installed: make osrm EXTRACT=... installs it once")
    local = Local(tmp_path_factory.mktemp("checkout").resolve())
    started = local.run("start", EXTRACT)
    assert started.returncode == 0, started.stderr
    yield local
    local.run("stop")


@pytest.fixture(scope="module")
def clients(local):
    settings = local.settings()
    made = {profile: JsonClient(settings[f"OSRM_URL_{profile.upper()}"]) for profile in Profile}
    yield made
    for client in made.values():
        client.close()


@pytest.fixture
def osrm(clients):
    return OsrmSource(clients, side=1000)


@pytest.fixture
def times(osrm, cache):
    return TravelTimes([osrm], cache=cache, estimates=GreatCircleProvider())


def places(count, seed=1):
    return np.random.default_rng(seed).uniform((WEST, SOUTH), (EAST, NORTH), (count, 2))


def test_the_application_is_led_to_it(local):
    settings = local.settings()
    assert settings["SECRET_KEY"] == "kept"
    assert settings["TRAVEL_PROVIDER"] == "osrm"
    assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+", settings[f"OSRM_URL_{profile.upper()}"]) for profile in Profile)
    assert settings["OSRM_TABLE_LIMIT"] == "1000"


def test_starting_again_changes_nothing(local):
    before = local.settings()
    again = local.run("start", EXTRACT)
    assert again.returncode == 0
    assert "Building" not in again.stdout
    assert local.settings() == before
    assert local.run("status").stdout.count("http://127.0.0.1:") == 3


def test_a_broken_extract_is_refused_and_what_runs_goes_on(local, tmp_path):
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(EXTRACT.read_bytes()[:500_000])
    for path, reason in [
        (cut, "is the file whole?"),
        (tmp_path / "none.osm.pbf", "not a file that can be read"),
        (CHECKOUT / "README.md", "not an OpenStreetMap extract"),
    ]:
        refused = local.run("start", path)
        assert refused.returncode == 1
        assert reason in refused.stderr
    assert "stopped" not in local.run("status").stdout
    assert not (local.osrm / "built.new").exists()


def test_a_matrix_of_110_places_by_road(times, local):
    points = places(110)
    matrix = times.matrix(points, MORNING)
    assert not matrix.estimated.any()
    assert matrix.provider == "osrm"
    assert EXTRACT.name.removesuffix(".osm.pbf") in matrix.data_version
    apart = ~np.eye(110, dtype=bool)
    straight = great_circle_metres(points)
    # Places are moved to the nearest road, so short legs may be shorter than the straight line.
    assert np.median((matrix.distance / np.maximum(straight, 1))[apart]) == pytest.approx(1.5, abs=0.3)
    speeds = matrix.distance[apart] / np.maximum(matrix.duration[apart], 1) * 3.6
    assert 15 < np.median(speeds) < 60, "kilometres per hour in a town"
    assert (matrix.duration != matrix.duration.T).any(), "one-way streets"


def test_places_on_one_spot_of_a_road(times):
    """Between some of these the server says less than no metres."""
    close = places(300, seed=7)
    points = np.concatenate([close, close + (0.0001, 0)])
    matrix = times.matrix(points, MORNING)
    assert not matrix.estimated[:300, 300:].all(axis=1).any()
    assert matrix.distance.min() == 0
    assert matrix.estimated.mean() < 0.05


def test_in_blocks_and_from_the_cache_it_is_the_same(times, clients):
    points = places(60, seed=2)
    whole = times.matrix(points, MORNING)
    in_blocks = TravelTimes([OsrmSource(clients, side=17)]).matrix(points, MORNING)
    kept = times.matrix(points, MORNING)
    for other in (in_blocks, kept):
        assert np.abs(other.duration - whole.duration).max() <= 1
        assert np.abs(other.distance - whole.distance).max() <= 1


def test_people_on_foot_and_bicycles_take_longer(times):
    points = places(20, seed=3)
    car, bicycle, foot = (np.median(times.matrix(points, MORNING, profile).duration) for profile in Profile)
    assert car < bicycle < foot


def test_places_outside_the_extract_are_estimated_and_marked(times):
    points = np.array([*places(3), (-1.8985, 52.4814)])
    matrix = times.matrix(points, MORNING)
    assert matrix.estimated[3, :3].all()
    assert matrix.estimated[:3, 3].all()
    assert matrix.estimated.sum() == 6
    assert matrix.provider == "osrm+great-circle"


def test_the_line_of_a_round_passes_its_stops(times):
    points = places(12, seed=4)
    route = times.route(points, MORNING)
    matrix = times.matrix(points, MORNING)
    assert len(route.legs) == 11
    for number, leg in enumerate(route.legs):
        assert not leg.estimated
        assert len(leg.line) > 2
        ends = great_circle_metres(leg.line[[0, -1]], points[number : number + 2]).diagonal()
        assert (ends < 1000).all(), "no further than places may be moved to a road"
        along = great_circle_metres(leg.line).diagonal(1).sum()
        assert along == pytest.approx(leg.metres, rel=0.02, abs=5)
        assert leg.seconds == pytest.approx(matrix.duration[number, number + 1], rel=0.1, abs=20)
    assert "OpenStreetMap" in route.attribution


def test_a_server_that_was_stopped_comes_back_where_it_was(local, times):
    points = places(5, seed=5)
    times.matrix(points, MORNING)
    before = local.settings()
    assert local.run("stop").returncode == 0
    away = times.matrix(places(6, seed=6), MORNING)
    assert away.estimated.sum() == 30
    assert "OSRM could not be used" in away.notes[0]
    assert not times.matrix(points, MORNING).estimated.any(), "these were kept"
    assert local.run("start", "--if-built").returncode == 0
    assert local.settings() == before
    assert not times.matrix(places(6, seed=6), MORNING).estimated.any()

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from routing.travel_sources import travel_times

from .travel import servers


def bench(**options):
    out = StringIO()
    call_command("bench", "travel", "--sizes", "8,12", "--new", "2", "--repeats", "1", stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_for_each_size(settings):
    with servers.running() as server:
        settings.TRAVEL_PROVIDER, settings.OSRM_URL_CAR = ["osrm"], server.url
        rows = bench()
        for client in travel_times().sources[0]._clients.values():
            client.close()
        sizes = [size for kind, size in server.asked if kind == "table"]
    assert [row["places"] for row in rows] == [8, 12]
    assert all(row["estimated"] == row["kept_estimated"] == 0 for row in rows)
    assert all(row["line_points"] > 11 for row in rows[1:])
    assert sizes == [(8, 8), (2, 10), (8, 2), (12, 12), (2, 14), (12, 2)], "cold, nothing, the new places"


def test_without_a_network_there_is_nothing_to_measure():
    with pytest.raises(CommandError, match="make osrm"):
        bench()

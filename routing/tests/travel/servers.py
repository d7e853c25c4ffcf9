"""A travel server on loopback for tests: it speaks OSRM, Valhalla and the route API over real sockets.

Its country is flat: 10 m/s along meridians and parallels, a degree is 100 km. West of 9 degrees west is sea (no road),
north of 60 degrees an island (no way to the mainland).
"""

import threading
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import orjson

DEGREE = 100_000
SPEED = 10
NOON = datetime(2026, 3, 3, 12, tzinfo=ZoneInfo("Europe/London"))


def metres(start, end) -> float:
    return (abs(start[0] - end[0]) + abs(start[1] - end[1])) * DEGREE


def at_sea(point) -> bool:
    return point[0] < -9


def no_way(start, end) -> bool:
    return (start[1] > 60) != (end[1] > 60)


def encoded(points, precision=6) -> str:
    """An encoded polyline of (longitude, latitude) pairs, by the published algorithm."""
    text, last = [], (0, 0)
    for longitude, latitude in points:
        whole = (round(latitude * 10**precision), round(longitude * 10**precision))
        for value, before in zip(whole, last, strict=True):
            number = (value - before) << 1
            number = ~number if value < before else number
            while number >= 32:
                text.append(chr((number & 31 | 32) + 63))
                number >>= 5
            text.append(chr(number + 63))
        last = whole
    return "".join(text)


class TravelServer(ThreadingHTTPServer):
    """`mood`: ok, error, garbage, slow, hangs_up, broken; `asked`: what it was asked, in order."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mood, self.most, self.version, self.asked = "ok", 100, "made up 1", []
        self.headers_seen, self.patience = [], threading.Event()
        self.empty_cells: set[tuple[int, int]] = set()
        self.fails_after = None
        self.adds_metres = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def count(self, kind) -> int:
        return sum(asked[0] == kind for asked in self.asked)


@contextmanager
def running():
    server = TravelServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.patience.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self._answer(None)

    def do_POST(self):
        self._answer(orjson.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body):
        server, address = self.server, urlsplit(self.path)
        parts = address.path.strip("/").split("/")
        server.headers_seen.append(dict(self.headers))
        if server.fails_after is not None and len(server.asked) >= server.fails_after:
            server.mood = "error"
        if server.mood == "hangs_up":
            self.close_connection = True
            return
        if server.mood == "slow":
            server.patience.wait(30)
        if server.mood == "error":
            self._send(503, b"<html>Service Unavailable</html>")
        elif server.mood == "garbage":
            self._send(200, b"\x00\xff not JSON")
        elif server.mood == "broken":
            self._send(200, b'{"code": "Ok", "durations": [["soon"]], "distances": null, "routes": [{}], "trip": 1}')
        else:
            status, answer = self._speak(parts, parse_qs(address.query), body)
            self._send(status, orjson.dumps(answer))

    def _send(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _speak(self, parts, query, body):
        if body is not None or parts == ["status"]:
            return _valhalla(self.server, parts[0], body)
        if parts == ["route"]:
            return _route_api(self.server, query)
        points = [tuple(map(float, pair.split(","))) for pair in parts[3].split(";")]
        return _osrm(self.server, parts[0], points, query)


def _osrm(server, service, points, query):
    found = {"code": "Ok", "data_version": server.version}
    if "radiuses" in query and any(at_sea(point) for point in points):
        server.asked.append((service, "refused"))
        return 400, {"code": "NoSegment", "message": "Could not find a matching segment for coordinate 0"}
    if service == "nearest":
        server.asked.append((service, points))
        return 200, found
    if service == "table":
        return _osrm_table(server, points, query, found)
    server.asked.append((service, points))
    steps = list(zip(points, points[1:], strict=False))
    if any(no_way(*step) for step in steps):
        return 400, {"code": "NoRoute", "message": "Impossible route between points"}
    return 200, found | {"routes": [{"legs": [_osrm_leg(*step) for step in steps]}]}


def _osrm_table(server, points, query, found):
    sources, targets = ([int(part) for part in query[key][0].split(";")] for key in ("sources", "destinations"))
    if len(sources) * len(targets) > server.most**2:
        server.asked.append(("table", "refused"))
        return 400, {"code": "TooBig", "message": "Too many table coordinates"}
    server.asked.append(("table", (len(sources), len(targets))))
    lengths = [
        [None if no_way(points[i], points[j]) else metres(points[i], points[j]) + server.adds_metres for j in targets]
        for i in sources
    ]
    durations = [[None if length is None else length / SPEED for length in row] for row in lengths]
    return 200, found | {"durations": durations, "distances": lengths}


def _osrm_leg(start, end):
    corner = (end[0], start[1])
    halves = [_osrm_step(start, corner), _osrm_step(corner, end)]
    return {"distance": metres(start, end), "duration": metres(start, end) / SPEED, "steps": halves}


def _osrm_step(start, end):
    return {"geometry": encoded([start, end])}


def _valhalla(server, service, body):
    server.asked.append((service, body))
    if service == "status":
        return 200, {"version": "3", "tileset_last_modified": 1_700_000_000}
    if service == "locate":
        found = [[{"way_id": 1}] if place["lon"] >= -9 else None for place in body["locations"]]
        return 200, [{"edges": edges} for edges in found]
    keys = ("sources", "targets") if service == "sources_to_targets" else ("locations",)
    places = [[(place["lon"], place["lat"]) for place in body[key]] for key in keys]
    if any(at_sea(point) for group in places for point in group):
        return 400, {"error_code": 171, "error": "No suitable edges near location"}
    if service == "route":
        steps = list(zip(places[0], places[0][1:], strict=False))
        if any(no_way(*step) for step in steps):
            return 400, {"error_code": 442, "error": "No path could be found for input"}
        return 200, {"trip": {"legs": [_valhalla_leg(*step) for step in steps]}}
    if len(places[0]) * len(places[1]) > server.most**2:
        return 400, {"error_code": 150, "error": "Exceeded max locations"}
    lengths = [
        [
            None if no_way(start, end) or (i, j) in server.empty_cells else metres(start, end) / 1000
            for j, end in enumerate(places[1])
        ]
        for i, start in enumerate(places[0])
    ]
    durations = [[None if length is None else length * 1000 / SPEED for length in row] for row in lengths]
    return 200, {"sources_to_targets": {"durations": durations, "distances": lengths}, "units": "kilometers"}


def _valhalla_leg(start, end):
    length = metres(start, end)
    summary = {"time": length / SPEED, "length": length / 1000}
    return {"shape": encoded([start, (end[0], start[1]), end]), "summary": summary}


def _route_api(server, query):
    latitude_first = [tuple(map(float, text.split(","))) for text in query["point"]]
    start, end = ((longitude, latitude) for latitude, longitude in latitude_first)
    server.asked.append(("route", (start, end)))
    if no_way(start, end):
        details = "com.graphhopper.util.exceptions.ConnectionNotFoundException"
        return 400, {"message": "Connection between locations not found", "hints": [{"details": details}]}
    length = metres(start, end)
    path = {"distance": length, "time": length / SPEED * 1000, "points": encoded([start, end], 5)}
    return 200, {"paths": [path]}

"""GPX: the shape that the schema asks for, homes for those who may see them, odd names kept harmless."""

from xml.etree import ElementTree

import pytest

from routing.models import PlanState, StaffMember

from .outputs_world import HOME, eventful_plan

pytestmark = pytest.mark.django_db
GPX = "{http://www.topografix.com/GPX/1/1}"
# Children of each element, in the order of the schema (gpx.xsd 1.1).
POINT = ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type", "fix"]
ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds"],
    "rte": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "rtept"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
    "trkseg": ["trkpt"],
    "rtept": POINT,
    "trkpt": POINT,
}


def check_shape(element):
    name = element.tag.removeprefix(GPX)
    if name in ORDER:
        places = [ORDER[name].index(child.tag.removeprefix(GPX)) for child in element]
        assert places == sorted(places), name
    if name in ("rtept", "trkpt"):
        assert -90 <= float(element.get("lat")) <= 90
        assert -180 <= float(element.get("lon")) <= 180
    for child in element:
        check_shape(child)


def gpx(client, plan, number):
    staff = StaffMember.objects.get(team=plan.team, reference=f"nurse-0{number}")
    answer = client.get(f"/plans/{plan.pk}/rounds/{staff.pk}/route.gpx")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/gpx+xml"
    root = ElementTree.fromstring(answer.content)
    assert (root.tag, root.get("version")) == (f"{GPX}gpx", "1.1")
    check_shape(root)
    return root


def points(root):
    return [(float(point.get("lon")), float(point.get("lat"))) for point in root.iter(f"{GPX}rtept")]


def names(root):
    return [point.find(f"{GPX}name").text for point in root.iter(f"{GPX}rtept")]


def test_a_round_is_a_route_of_its_stops_and_a_track_where_the_road_is_known(organisation, client_as):
    root = gpx(client_as("analyst"), eventful_plan(organisation), 1)
    assert names(root)[1:3] == ["1 A", "2 B"]
    assert names(root)[0].startswith("Start: Testham clinic")
    segments = list(root.iter(f"{GPX}trkseg"))
    assert [len(segment) for segment in segments] == [3]
    assert "not before 2 h after A" in "".join(root.itertext())


def test_where_somebody_lives_is_for_those_who_keep_the_team_and_for_themselves(organisation, client_as):
    plan = eventful_plan(organisation, state=PlanState.PUBLISHED)
    own = client_as("field_worker")
    StaffMember.objects.filter(team=plan.team, reference="nurse-02").update(user=own.user)
    assert HOME not in points(gpx(client_as("analyst"), plan, 2))
    assert HOME in points(gpx(client_as("planner"), plan, 2))
    assert HOME in points(gpx(own, plan, 2))


def test_names_of_people_are_text_whatever_they_hold(organisation, client_as):
    plan = eventful_plan(organisation)
    StaffMember.objects.filter(team=plan.team, reference="nurse-01").update(display_name="<b>&\x0b]]>")
    root = gpx(client_as("planner"), plan, 1)
    assert "Round of <b>&]]>" in root.find(f"{GPX}metadata/{GPX}name").text

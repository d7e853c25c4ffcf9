"""Before and after of a mended day on one map, and the table beside it that says the same."""

import json
import re

import pytest
from django.contrib.gis.geos import Point

from routing.models import Disruption
from routing.presenters.disruptions import DisruptionPage
from routing.presenters.mended_map import MendedMap

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(organisation):
    return make.draft_plan(make.team(organisation, people=2), count=4)


def answer_of(plan) -> dict:
    """Nurse 02 takes over the second visit of nurse 01, and the third is not served any more."""
    first, second = plan.team.staff.order_by("reference")
    one, two, three, four = sorted(plan.visits.values_list("reference", flat=True))

    def stop(visit, start):
        return {"visit": visit, "arrive": start, "start": start, "leave": start + 1800, "drive": 600}

    def side(**days):
        costs = {"cost": {"total": 100}, "driving": 3600, "served": {"1": 1}, "equity": {}}
        return {**costs, "days": days}

    nine, ten, eleven = 9 * 3600, 10 * 3600, 11 * 3600
    before = side(
        **{
            first.reference: [stop(one, nine), stop(two, ten), stop(three, eleven)],
            second.reference: [stop(four, nine)],
        }
    )
    after = side(**{first.reference: [stop(one, nine)], second.reference: [stop(four, nine), stop(two, eleven)]})
    before["ways"] = {second.reference: [[[-1.9, 52.45], [-1.91, 52.46]], None]}
    moved = [
        {"visit": two, "kind": "person", "before": {first.reference: ten}, "after": {second.reference: eleven}},
        {"visit": three, "kind": "left out", "before": {first.reference: eleven}, "after": {}},
    ]
    people = [first.reference, second.reference]
    told = {"key": "few", "people": people, "others": people[1:], "moved": moved, "left_out": [], **after}
    return {"now": nine, "relaxed": [], "before": before, "alternatives": [told]}


@pytest.fixture
def disruption(plan):
    staff = plan.team.staff.order_by("reference").first()
    shift = staff.shifts.first()
    return Disruption.objects.create(
        plan=plan, kind="sick", at=shift.starts_at, staff=staff, state="proposed", based_on=0, answer=answer_of(plan)
    )


def drawn(disruption) -> tuple[MendedMap, list[dict]]:
    [alternative] = DisruptionPage(disruption).alternatives
    return alternative["map"], alternative["map"].features["features"]


def test_lines_are_before_and_after_with_a_mark_for_each_person(disruption):
    found, features = drawn(disruption)
    lines = [each["properties"] for each in features if each["geometry"]["type"] == "LineString"]
    assert [line["phase"] for line in lines] == ["before"] * 6 + ["after"] * 5
    assert {line["staff"] for line in lines} == {"Nurse 01", "Nurse 02"}
    assert [line["mark"] for line in lines if "label_at" in line] == ["N01", "N02"]
    assert found.people[0]["dash"] != found.people[1]["dash"]
    # Known from the roads once: the way of nurse 02 to the first visit, before.
    assert sum(not line["is_straight_line"] for line in lines) == 1
    assert found.has_straight_lines


def test_stops_that_change_are_marked_and_say_what_was(disruption, plan):
    _, features = drawn(disruption)
    one, two, three, four = sorted(plan.visits.values_list("reference", flat=True))
    stops = {each["properties"]["key"]: each["properties"] for each in features if "key" in each["properties"]}
    assert {key: stop["is_changed"] for key, stop in stops.items()} == {
        f"few-{one}": False, f"few-{two}": True, f"few-{four}": False,
    }  # fmt: skip
    assert stops[f"few-{two}"]["label"] == f"Nurse 02, stop 2 at 11:00: {two}; before: Nurse 01, 10:00"
    [gone] = [each["properties"] for each in features if each["properties"]["kind"] == "unserved"]
    assert gone["label"] == f"No longer in these rounds: {three}; before: Nurse 01, 11:00"


def test_homes_and_the_ways_from_and_to_them_are_not_drawn(disruption, plan):
    home = Point(-1.5, 52.1, srid=4326)
    for person in plan.team.staff.all():
        person.home, person.starts_from, person.ends_at = home, "home", "home"
        person.save()
    _, features = drawn(disruption)
    places = json.dumps([each["geometry"] for each in features])
    assert "-1.5, 52.1" not in places
    lines = [each for each in features if each["geometry"]["type"] == "LineString"]
    assert [line["properties"]["phase"] for line in lines] == ["before", "before", "after"]


def test_a_visit_or_person_that_is_gone_since_leaves_a_map_of_the_rest(disruption, plan):
    answer = disruption.answer
    answer["before"]["days"]["nobody"] = answer["before"]["days"].pop(answer["alternatives"][0]["people"][0])
    answer["alternatives"][0]["people"] += ["nobody"]
    found, features = drawn(disruption)
    assert [person["name"] for person in found.people] == ["Nurse 01", "Nurse 02"]
    assert features


def test_the_page_has_the_map_and_a_table_that_says_the_same(disruption, plan, client_as):
    address = f"/plans/{plan.pk}/disruptions/{disruption.pk}/"
    page = re.sub(r"\s+", " ", client_as("planner").get(address).content.decode())
    _, two, three, _ = sorted(plan.visits.values_list("reference", flat=True))
    source = re.search(r'<script id="mended-few-data" type="application/json">(.*?)</script>', page)[1]
    assert json.loads(source)["type"] == "FeatureCollection"
    assert 'data-source="mended-few-data"' in page
    table = re.search(r'<table[^>]*id="changes-few".*?</table>', page)[0]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", table))
    assert "N01 Nurse 01 nothing " + f"{two} (10:00), {three} (11:00) nothing 11:30 before, 09:30 after" in words
    assert "N02 Nurse 02 " + f"{two} (11:00) nothing nothing 09:30 before, 11:30 after" in words

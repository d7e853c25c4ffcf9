"""What the timeline, the map and the tables of a plan tell together: marks, records, homes, gaps, colleagues."""

import json
from datetime import time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthequiroute.testing.shared import shared
from routing.civil_time import instant
from routing.models import PlanState, StaffMember, VisitLink, VisitRecord
from routing.presenters.bonds import gap_words
from routing.presenters.rounds import rounds_of, short_labels
from routing.presenters.timeline import Timeline

from . import factories as make
from .outputs_world import DAY, HOME, eventful_plan

HOUR = 3600


def test_marks_are_short_and_nobody_shares_one():
    names = [f"Nurse {number:02}" for number in range(40)] + [
        "Asha Begum",
        "Alun Brook",
        "Anne-Marie de la Tour",
        "李",
        "",
    ]
    marks = short_labels(names)
    assert len(set(marks)) == len(marks)
    assert max(map(len, marks)) <= 6
    assert marks[40:42] == ["AB", "AB2"]
    assert marks[4] == "N04"


@pytest.mark.parametrize(
    ("least", "most", "is_second", "words"),
    [
        (120, None, True, "not before 2 h after V"),
        (120, None, False, "not later than 2 h before V"),
        (None, 30, True, "not later than 30 min after V"),
        (None, 30, False, "not earlier than 30 min before V"),
        (60, 90, True, "not before 1 h after V, at most 1 h 30 min after it"),
        (0, 0, True, "at the same time as V"),
        (0, 0, False, "at the same time as V"),
        (60, 60, False, "exactly 1 h before V"),
        (-30, 30, True, "not earlier than 30 min before V, not later than 30 min after V"),
        (None, None, True, "belongs to V"),
    ],
)
def test_gaps_in_words_from_either_side(least, most, is_second, words):
    link = VisitLink(min_gap_minutes=least, max_gap_minutes=most)
    assert gap_words(link, is_second=is_second, other="V") == words


@pytest.fixture
@shared
def plan(organisation):
    return eventful_plan(organisation)


def text(answer):
    return answer.content.decode()


@pytest.mark.django_db
def test_the_timeline_tells_lateness_overtime_and_windows(plan):
    timeline = Timeline(plan, rounds_of(plan))
    first, second = timeline.rows
    late = next(segment for segment in first["segments"] if segment.get("text") == "2")
    assert (late["late"], late["window"]) == (True, (11 * HOUR, 13 * HOUR))
    assert "30 min late" in late["label"]
    assert second["overtime"]["end"] == 17 * HOUR
    assert "1 visit starts after the window. 1 person works past the end of the shift." in timeline.description
    assert [row["overtime"] for row in timeline.table] == ["none", "30 min"]


@pytest.mark.django_db
def test_records_stand_beside_the_plan_once_it_is_published(organisation):
    plan = eventful_plan(organisation, state=PlanState.IN_PROGRESS)
    staff = StaffMember.objects.get(reference="nurse-01")
    VisitRecord.objects.create(
        plan=plan, staff=staff, visit=plan.visits.get(reference="A"), arrived_at=instant(DAY, time(9, 5))
    )
    with time_machine.travel(instant(DAY, time(9, 25)), tick=False):
        timeline = Timeline(plan, rounds_of(plan))
        (actual,) = timeline.rows[0]["actuals"]
        assert timeline.now == 9 * HOUR + 25 * 60
    assert (actual["kind"], actual["start"], actual["end"]) == ("open", 9 * HOUR + 300, 9 * HOUR + 1500)
    assert timeline.has_records
    with time_machine.travel(instant(DAY, time(9)) + timedelta(days=3), tick=False):
        assert Timeline(plan, rounds_of(plan)).now is None


@pytest.mark.django_db
def test_one_stop_has_the_same_key_in_map_timeline_and_table(plan, client_as):
    planner = client_as("planner")
    page = text(planner.get(f"/plans/{plan.pk}/"))
    features = json.loads(planner.get(f"/plans/{plan.pk}/routes.geojson").content)["features"]
    keys = [feature["properties"]["key"] for feature in features if feature["properties"]["kind"] == "stop"]
    assert len(set(keys)) == len(keys) == 4
    for key in keys:
        assert f'<tr id="stop-{key}" data-stop="{key}">' in page
        assert f'class="her-stop-button" data-stop="{key}"' in page
        assert page.count(f'data-stop="{key}"') == 3


@pytest.mark.django_db
def test_the_map_tells_shapes_and_keeps_homes_to_those_who_keep_the_team(plan, client_as):
    def features(role):
        return json.loads(client_as(role).get(f"/plans/{plan.pk}/routes.geojson").content)["features"]

    stop = next(each for each in features("analyst") if each["properties"].get("visit") == "A")
    assert (stop["properties"]["tier"], stop["properties"]["is_core20"]) == (1, True)
    assert "tier 1, Core20" in stop["properties"]["label"]
    assert list(HOME) not in [place for each in features("analyst") for place in _places(each)]
    assert list(HOME) in [place for each in features("planner") for place in _places(each)]
    kinds = [each["properties"]["kind"] for each in features("planner")]
    assert (kinds.count("unserved"), kinds.count("home")) == (1, 1)
    assert "Homes of staff are shown only to people who manage the team." in text(
        client_as("analyst").get(f"/plans/{plan.pk}/")
    )


def _places(feature):
    coordinates = feature["geometry"]["coordinates"]
    return coordinates if feature["geometry"]["type"] == "LineString" else [coordinates]


@pytest.mark.django_db
def test_a_run_sheet_names_the_colleague_the_gap_and_what_to_do_at_a_closed_door(plan, client_as):
    planner, staff = client_as("planner"), StaffMember.objects.get(reference="nurse-01")
    page = text(planner.get(f"/plans/{plan.pk}/run-sheets/{staff.pk}/"))
    assert "Together with Zora, B; \\ Begum" in page
    assert "Not before 2 h after A (09:00, Nurse 01)" in page
    assert "Nobody lets you in?" in page
    assert "30 min late" in page
    assert page.count("her-run-sheet__head") == 1
    everybody = text(planner.get(f"/plans/{plan.pk}/run-sheets/"))
    assert everybody.count("her-run-sheet__head") == 2
    assert str(HOME[0]) not in everybody


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "run-sheets/", "stops.csv", "routes.geojson"])
def test_queries_do_not_grow_with_people_and_stops(organisation, client_as, path):
    town = make.town((3,) * 20, (1,) * 20)
    few = make.proposed_plan(make.team(organisation, town, people=1, day=DAY), day=DAY, count=2)
    many = make.proposed_plan(make.team(organisation, town, people=6, day=DAY), day=DAY, count=20)
    analyst = client_as("analyst")
    counts = []
    for plan in (few, few, many):
        # Parts of the page that are kept (`accounts.kept_answers`) are made anew for all.
        cache.delete_many([key.split(":", 2)[2] for key in cache._cache if ":kept:" in key])
        with CaptureQueriesContext(connection) as queries:
            analyst.get(f"/plans/{plan.pk}/{path}")
        counts.append(len(queries))
    # Where visits are left out: the rows, their visits and skills, names of people and skills in what would help.
    assert counts[2] <= counts[1] + 4

"""Visits made from priorities: how many, where, which first."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from lsoa.models import Postcode
from priorities.models import PriorityScore
from priorities.services import set_minutes
from routing import services
from routing.due_visits import area_demands, due_visits
from routing.models import Visit, VisitTier

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("priority", "decile", "tier"),
    [(3, 10, 1), (3, None, 1), (2, 1, 1), (2, 2, 1), (2, 3, 2), (2, None, 2), (1, 1, 3), (0, 1, 4)],
)
def test_tier_follows_class_and_core20(priority, decile, tier):
    assert VisitTier.of(priority, decile) == tier


def test_each_person_falls_due_once_per_review_interval(organisation):
    team = make.team(organisation, make.town((3, 2, 1, 0), (5, 5, 5, 5)), people=0)
    demands, without_score = area_demands(team.patch)
    assert without_score == 0
    due = Counter()
    for number in range(84):
        day = make.DAY + timedelta(days=number)
        due.update(visit.demand.priority for visit in due_visits(demands, day) if visit.due_in == 0)
    assert due == {3: 42, 2: 6, 1: 2, 0: 1}


def test_larger_areas_have_more_people_on_the_caseload(organisation):
    areas = make.town((2, 2), (5, 5))
    areas[0].values.filter(indicator__code="population").update(value=4_100)
    make.refresh_profiles()
    demands, _ = area_demands(make.patch(organisation, areas))
    assert {demand.area.code: demand.people for demand in demands} == {areas[0].code: 2, areas[1].code: 1}


def test_what_is_due_comes_first_and_within_a_day_the_most_urgent(organisation):
    team = make.team(organisation, make.town((0, 1, 2, 3) * 5, (1, 5, 2, 6) * 5), people=0)
    demands, _ = area_demands(team.patch)
    visits = list(due_visits(demands, make.DAY))
    assert [visit.due_in for visit in visits] == sorted(visit.due_in for visit in visits)
    of_today = [visit.demand.tier for visit in visits if visit.due_in == 0]
    assert of_today == sorted(of_today)


def test_visits_stand_at_residential_postcodes_of_their_area_with_minutes_of_its_class(organisation, make_user):
    team = make.team(organisation, people=1)
    planner = make_user(["planner"])
    intake = services.make_visits_from_priorities(team=team, day=make.DAY, count=8, by=planner)
    assert len(intake.visits) == 8
    for visit in intake.visits:
        score = PriorityScore.objects.get(area=visit.area)
        assert visit.minutes == score.visit_minutes
        assert visit.priority == score.priority
        assert Postcode.objects.get(postcode=visit.postcode).area_code == visit.area.code
        assert visit.tier == VisitTier.of(visit.priority, visit.imd_decile)
    assert sum(area["visits"] for area in intake.report["areas"]) == 8
    event = AuditEvent.objects.get(action="visits.made_from_priorities")
    assert event.details == {"day": "2026-11-23", "asked": 8, "new": 8, "kept": 0}


def test_without_postcodes_a_visit_stands_on_the_surface_of_its_area(organisation):
    team = make.team(organisation, make.town(with_postcodes=False), people=1)
    intake = services.make_visits_from_priorities(team=team, day=make.DAY, count=3, by=make.SETUP)
    assert all(visit.postcode == "" and visit.area.geometry.contains(visit.point) for visit in intake.visits)


def test_nobody_is_sent_to_a_postcode_that_was_terminated_or_is_nowhere(organisation):
    team = make.team(organisation, people=1)
    Postcode.objects.filter(postcode__endswith="1AA").update(terminated=200806)
    Postcode.objects.filter(postcode="ZZ1 2AA").update(point=None)
    intake = services.make_visits_from_priorities(team=team, day=make.DAY, count=8, by=make.SETUP)
    homes = {visit.postcode for visit in intake.visits}
    assert "ZZ1 2AA" not in homes and not any(postcode.endswith("1AA") for postcode in homes)


def test_the_same_day_asked_twice_gives_the_same_visits(organisation):
    team = make.team(organisation, people=1)
    first = services.make_visits_from_priorities(team=team, day=make.DAY, count=5, by=make.SETUP)
    second = services.make_visits_from_priorities(team=team, day=make.DAY, count=5, by=make.SETUP)
    assert {visit.pk for visit in first.visits} == {visit.pk for visit in second.visits}
    assert Visit.objects.count() == 5


def test_people_in_an_approved_plan_of_the_day_are_left_out(organisation):
    team = make.team(organisation, people=1)
    first = services.make_visits_from_priorities(team=team, day=make.DAY, count=5, by=make.SETUP)
    Visit.objects.filter(pk=first.visits[0].pk).update(state=Visit.State.PLANNED)
    second = services.make_visits_from_priorities(team=team, day=make.DAY, count=5, by=make.SETUP)
    assert first.visits[0].pk not in {visit.pk for visit in second.visits}


def test_visits_ask_only_for_skills_that_somebody_in_the_team_has(organisation):
    make.skills_of(organisation)
    services.create_skill(organisation=organisation, code="rare", name="Rare", by=make.SETUP)
    team = make.team(organisation, make.town((3,) * 20, (1,) * 20), people=2)
    held = {skill.code for person in team.staff.all() for skill in person.skills.all()}
    intake = services.make_visits_from_priorities(team=team, day=make.DAY, count=20, by=make.SETUP)
    asked = {skill.code for visit in intake.visits for skill in visit.skills.all()}
    assert asked
    assert asked <= held


def test_a_patch_without_scores_says_so(organisation):
    areas = make.town()
    PriorityScore.objects.all().delete()
    team = make.team(organisation, areas, people=1)
    with pytest.raises(services.NoVisits, match="No area of Testham has a priority yet"):
        services.make_visits_from_priorities(team=team, day=make.DAY, count=5, by=make.SETUP)


@pytest.mark.parametrize("count", [0, 10_001])
def test_the_number_of_visits_is_bounded(organisation, count):
    with pytest.raises(ValidationError, match="Ask for 1 to 10,000 visits"):
        services.make_visits_from_priorities(team=make.team(organisation), day=make.DAY, count=count, by=make.SETUP)


def test_minutes_set_by_the_organisation_are_planned_and_say_why(organisation, other_organisation, make_user):
    areas = make.town((3, 3), (5, 5))
    team, planner = make.team(organisation, areas, people=1), make_user(["planner"])
    set_minutes(area=areas[0], organisation=organisation, minutes=75, reason="Long stairs, no lift", by=planner)
    elsewhere = make_user(["planner"], organisation=other_organisation)
    set_minutes(area=areas[1], organisation=other_organisation, minutes=100, reason="Theirs", by=elsewhere)
    intake = services.make_visits_from_priorities(team=team, day=make.DAY, count=2, by=planner)
    assert {visit.area: visit.minutes for visit in intake.visits} == {areas[0]: 75, areas[1]: 60}
    reasons = {row["code"]: row["minutes_reason"] for row in intake.report["areas"]}
    assert reasons == {areas[0].code: "Long stairs, no lift", areas[1].code: ""}


def test_areas_of_a_class_come_by_their_place_inside_it(organisation):
    areas = make.town((3, 3, 3), (5, 5, 5))
    for area, place in zip(areas, (-0.2, 0.3, 0.0), strict=True):
        PriorityScore.objects.filter(area=area).update(rank_offset=place)
    demands, _ = area_demands(make.patch(organisation, areas))
    assert [demand.area for demand in demands] == [areas[1], areas[2], areas[0]]

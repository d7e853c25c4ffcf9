"""Figures of a patch and a period against slow plain versions on random small worlds; pages, API and small numbers."""

import random
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.audit import SystemActor
from accounts.models import AuditEvent
from accounts.small_numbers import RULE, Count, hidden_count
from healthequiroute.portal.dashboard import Span, WholeWeeks, dashboard, heat_map
from healthequiroute.portal.dashboard.heatmap import HeatBy
from healthequiroute.portal.dashboard.news import news_since
from healthequiroute.portal.dashboard.visits import Tally, added
from healthequiroute.portal.models import SeenMarker
from healthequiroute.portal.query import PriorityQuery
from healthequiroute.portal.selection import Selection
from healthequiroute.portal.visit_theme import PlannedVisits
from priorities import services as priority_services
from priorities.models import PriorityScore
from routing.equity_reading import Period, equity_of_period
from routing.models import RoutePlan, RouteStop, Team, UnservedVisit, Visit
from routing.tests import factories as make
from routing.tests.test_small_number_doors import day_plan

DECILES = (1, 2, 4, 6, 8, 10)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def world(organisation, make_user):
    """A team of one person, whose plans of some days in three weeks leave out what is beyond the twelfth visit."""
    areas = make.town((1,) * 6, DECILES)
    team, approver = make.team(organisation, areas, people=1), make_user(["approver"])
    return team, areas, approver


def plans_of(world, days: dict[int, tuple]):
    """By days after make.DAY: visits of each area."""
    team, areas, approver = world
    for after, sizes in days.items():
        day = make.DAY + timedelta(days=after)
        if not team.staff.get().shifts.filter(day=day).exists():
            make.services.add_shifts(
                people=list(team.staff.all()), days=[day], starts=make.time(8), ends=make.time(16, 30), by=make.SETUP
            )
        day_plan(team, areas, approver, day, sizes)
    return team


def found_of(team, span=Span.WEEK, day=None, **more):
    selection = Selection(PriorityQuery(patch=team.patch.slug), team.organisation)
    return dashboard(selection, WholeWeeks.until(span, day or make.DAY), **{"with_visits": True} | more)


# Periods --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("span", list(Span))
def test_periods_are_whole_weeks_and_their_parts_cover_them_once(span):
    weeks = WholeWeeks.until(span, make.DAY)
    assert (weeks.first_day.weekday(), weeks.last_day.weekday()) == (0, 6)
    assert (weeks.last_day - weeks.first_day).days + 1 == 7 * span.weeks
    assert weeks.before.last_day == weeks.first_day - timedelta(days=1)
    days = [day for part in weeks.parts for day in _days(part)]
    assert days == list(_days(weeks))
    assert weeks.trend[-1].last_day == weeks.last_day


def _days(weeks):
    day = weeks.first_day
    while day <= weeks.last_day:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "span"),
    [({}, "four-weeks"), ({"period": "week", "to": "2026-02-03"}, "week"), ({"period": "x", "to": "9"}, "four-weeks"),
     ({"to": "1066-10-14"}, "four-weeks"), ({"period": "quarter", "to": "2100-12-31"}, "quarter")],
)  # fmt: skip
def test_an_address_that_makes_no_sense_means_today(asked, span):
    weeks = WholeWeeks.from_querydict(asked)
    assert weeks.span == span
    assert WholeWeeks.from_querydict(dict(weeks.parameters())) == weeks


# Numbers of visits ----------------------------------------------------------------------------------------------------


def test_a_sum_with_a_hidden_part_is_hidden():
    assert added(Count(10), Count(25)) == Count(35)
    assert added(Count(10), hidden_count()).is_hidden
    assert Tally(Count(40), Count(30)).left_out == Count(10)
    assert Tally(Count(40), hidden_count()).left_out.is_hidden
    assert Tally(Count(40), hidden_count()).share is None
    assert Tally(Count(0), Count(0)).share is None


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_figures_are_the_sums_of_what_equity_publishes(world, seed):
    dice = random.Random(seed)
    days = {
        after: tuple(dice.choice((0, 3, 9, 12, 24)) for _ in DECILES) for after in dice.sample((-7, -6, 0, 1, 2), 3)
    }
    team = plans_of(world, days)
    for span, of in ((Span.WEEK, Period.of_week), (Span.FOUR_WEEKS, Period.of_four_weeks)):
        found = found_of(team, span).visits
        plain = equity_of_period(of(team, make.DAY))
        assert found.due == plain.visits
        for tally, part in ((found.core20, plain.planned.core20), (found.rest, plain.planned.rest)):
            assert (tally.due, tally.planned) == (part.n, part.served)
        assert found.plans == plain.plans
    quarter = found_of(team, Span.QUARTER)
    parts = [equity_of_period(Period.of_four_weeks(team, make.DAY - timedelta(weeks=4 * k))) for k in range(3)]
    parts.append(equity_of_period(Period.of_week(team, make.DAY - timedelta(weeks=12))))
    hidden = any(part.visits.is_hidden for part in parts)
    assert quarter.visits.due.shown == (None if hidden else sum(part.visits.shown for part in parts))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_areas_reached_against_a_walk_through_all_plans(world, seed):
    dice = random.Random(seed)
    days = {after: tuple(dice.choice((0, 0, 1, 9)) for _ in DECILES) for after in dice.sample((-8, -7, 0, 1), 3)}
    team = plans_of(world, days)
    _, areas, _ = world
    found = found_of(team)
    for weeks in (found.weeks, found.weeks.before):
        visited = set()
        for plan in RoutePlan.objects.for_organisation(team.organisation):
            if weeks.first_day <= plan.day <= weeks.last_day:
                for stop in RouteStop.objects.filter(assignment__plan=plan):
                    visited.add(stop.visit.area.code)
        core20 = [area.code for area, decile in zip(areas, DECILES, strict=True) if decile <= 2]
        reached = found.reach.core20(weeks)
        assert (reached.areas, reached.reached) == (len(core20), len(visited & set(core20)))
        rest = found.reach.rest(weeks)
        assert rest.reached == len(visited - set(core20))
        urgent = set(PriorityScore.objects.current().filter(priority=3).values_list("area__code", flat=True))
        urgent &= {area.code for area in areas}
        assert found.reach.urgent(weeks).missed == len(urgent - visited)


@pytest.mark.django_db
def test_what_is_kept_is_worked_out_anew_when_a_plan_changes(world):
    team = plans_of(world, {0: (24,) * 6})
    before = found_of(team).visits
    assert found_of(team).is_at_hand is False or before.planned.shown is not None
    stop = RouteStop.objects.filter(assignment__plan__team=team).order_by("-pk").first()
    UnservedVisit.objects.create(plan=stop.assignment.plan, visit=stop.visit, reason="full")
    stop.delete()
    again = found_of(team)
    assert not again.is_at_hand
    assert again.visits.due == before.due


@pytest.mark.django_db
def test_a_planted_three_is_told_nowhere(world, client_as, api_client_as):
    team = plans_of(world, {0: (3, 0, 24, 24, 24, 24)})
    asked = {"patch": team.patch.slug, "period": "week", "to": make.DAY.isoformat()}
    found = found_of(team).visits
    assert found.core20.due.is_hidden and found.core20.planned.is_hidden
    page = text_of(client_as("analyst").get(reverse("dashboard"), asked))
    assert "Not shown" in page and "No trend line: some weeks are not shown." in page
    answer = api_client_as("analyst").get(reverse("dashboard-api-equity-coverage"), asked).json()
    assert answer["core20"]["visits_due"] == {"count": None, "suppressed": "small_number_rule"}
    assert answer["core20"]["areas_reached"] == 1
    told = [answer["elsewhere"]["visits_due"]["count"], answer["elsewhere"]["visits_planned"]["count"]]
    assert all(number is None or number % RULE.base == 0 for number in told)


@pytest.mark.django_db
def test_cancelled_visits_reach_nobody(world):
    team = plans_of(world, {0: (9, 0, 0, 0, 0, 0)})
    assert found_of(team).reach.core20(found_of(team).weeks).reached == 1
    Visit.objects.filter(team=team).update(state=Visit.State.CANCELLED)
    assert found_of(team).reach.core20(found_of(team).weeks).reached == 0


@pytest.mark.django_db
def test_other_organisations_count_for_nothing(world, other_organisation, api_client_as):
    team = plans_of(world, {0: (24,) * 6})
    stranger = api_client_as("analyst", organisation=other_organisation)
    asked = {"patch": team.patch.slug, "period": "week", "to": make.DAY.isoformat()}
    answer = stranger.get(reverse("dashboard-api-summary"), asked).json()
    assert answer["visits"] is None and answer["patch"] is None
    assert not Team.objects.for_organisation(other_organisation).exists()


# Heat map -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("by", list(HeatBy))
@pytest.mark.parametrize("filters", [{}, {"core20": True}, {"priorities": (3,)}])
def test_the_heat_map_counts_every_area_once(city, patch, organisation, by, filters):
    selection = Selection(PriorityQuery(patch="testham", **filters), organisation)
    found = heat_map(selection, by)
    plain = {}
    for area in selection.areas:
        key = area.imd_decile and int(area.imd_decile) if by == HeatBy.DECILE else area.local_authority_code or None
        plain[key, area.priority] = plain.get((key, area.priority), 0) + 1
    told = {
        (row.key, number): count for row in found.rows for number, count in enumerate(row.areas) if count
    }  # fmt: skip
    assert told == plain
    assert found.total == selection.areas.count()


@pytest.mark.django_db
def test_a_cell_leads_to_its_areas(analyst, city, patch):
    html = analyst.get(reverse("explore"), {"tab": "heat"}).content.decode()
    cells = re.findall(r'her-heat__cell--[1-5]" data-label="[A-Z][a-z]+"><a href="([^"]+)"[^>]*>(\d+)</a>', html)
    assert cells
    for address, number in cells:
        rows = analyst.get(address.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r'<a href="/areas/(E\d+)/">', rows)) == int(number)


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_whoever_may_not_see_plans_gets_no_figure_about_visits(world, client_as, api_client_as):
    team = plans_of(world, {0: (24,) * 6})
    asked = {"patch": team.patch.slug, "period": "week", "to": make.DAY.isoformat()}
    page = text_of(client_as("viewer").get(reverse("dashboard"), asked))
    assert "Visits planned" not in page and "not reached" not in page
    assert "Figures about visits are for people who may see visit plans." in page
    caller = api_client_as("viewer")
    assert caller.get(reverse("dashboard-api-summary"), asked).json()["visits"] is None
    assert caller.get(reverse("dashboard-api-equity-coverage"), asked).status_code == 403


@pytest.mark.django_db
def test_the_theme_of_visits_is_for_people_who_may_see_plans(client_as, city, patch):
    asked = {"theme": "visits", "patch": "testham"}
    shown = {role: client_as(role).get(reverse("explore"), asked).context["page"] for role in ("viewer", "analyst")}
    assert shown["viewer"].theme.key == "priority"
    assert shown["analyst"].theme.key == "visits"
    assert [row.cells[-1].text for row in shown["analyst"].table.rows] == ["0"] * 4
    values = [client_as(role).get(reverse("theme"), asked).content for role in ("viewer", "analyst")]
    assert values[0] != values[1]


@pytest.mark.django_db
def test_the_theme_of_visits_hides_few(world, monkeypatch):
    team = plans_of(world, {0: (3, 24, 24, 24, 24, 0)})
    monkeypatch.setattr("healthequiroute.portal.dashboard.periods.today", lambda: make.DAY)
    query = PriorityQuery(theme="visits-week", patch=team.patch.slug)
    found = PlannedVisits(query, Selection(query, team.organisation))
    _, areas, _ = world
    counts = found.by_code()
    assert counts[areas[0].code].is_hidden
    assert areas[5].code not in counts
    assert all(count.is_hidden or count.shown % RULE.base == 0 for count in counts.values())
    classes = found.classes()
    assert (classes[areas[0].index], classes[areas[5].index]) == (1, 0)


@pytest.mark.django_db
def test_the_number_of_queries_is_bounded(world, client_as, django_assert_max_num_queries):
    team = plans_of(world, {0: (24,) * 6, 1: (12,) * 6})
    client, asked = client_as("analyst"), {"patch": team.patch.slug, "to": make.DAY.isoformat()}
    client.get(reverse("dashboard"), asked)
    with django_assert_max_num_queries(45):
        client.get(reverse("dashboard"), asked)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", ["viewer", "analyst", "planner", "approver", "field_worker", "auditor", "administrator"]
)
def test_every_role_has_a_home(role, client_as, city, patch):
    page = text_of(client_as(role).get(reverse("home")))
    assert "Figures" in page and "What changed" in page


@pytest.mark.django_db
def test_the_part_for_home_is_the_cards_alone(analyst, city, patch):
    part = analyst.get(reverse("dashboard"), {"home": "1"}, headers={"HX-Request": "true"})
    html = part.content.decode()
    assert "<html" not in html and "kpi-urgent" in html and "her-heat" not in html
    assert "HX-Push-Url" not in part.headers


@pytest.mark.django_db
def test_an_administrator_is_told_of_a_review_that_is_due(client_as, organisation):
    organisation.__class__.objects.filter(pk=organisation.pk).update(created_at=timezone.now() - timedelta(days=400))
    client = client_as("administrator")
    assert "Review of access" in text_of(client.get(reverse("home")))
    assert "Review of access" not in text_of(client_as("planner").get(reverse("home")))


# What changed ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_was_seen_is_gone_and_comes_back_with_undo(client_as, city, patch):
    client = client_as("analyst")
    first = text_of(client.get(reverse("home")))
    assert "was published" in first
    seen = client.post(reverse("news-seen"), headers={"HX-Request": "true"})
    assert "Nothing has changed." in text_of(seen) and "Undo" in text_of(seen)
    back = client.post(reverse("news-unseen"), headers={"HX-Request": "true"})
    assert "was published" in text_of(back)
    assert SeenMarker.objects.get().seen_at is None
    told = list(AuditEvent.objects.filter(action__startswith="news.").values_list("action", flat=True))
    assert sorted(told) == ["news.seen", "news.unseen"]


@pytest.mark.django_db
def test_classes_that_changed_since_are_counted_in_the_patch(city, patch, organisation):
    since = timezone.now()
    assert news_since(since, organisation=organisation, patch=patch, with_plans=True).is_empty
    before = PriorityScore.objects.current().get(area=city["quiet"])
    priority_services.score_areas(by=SystemActor("tests"))
    news = news_since(since, organisation=organisation, patch=patch, with_plans=True)
    assert news.classes is not None and news.classes.moved == 0
    PriorityScore.objects.current().filter(area=city["quiet"]).update(
        priority=3, lowest=3, highest=3, previous_priority=before.priority
    )
    again = news_since(since, organisation=organisation, patch=patch, with_plans=True)
    assert (again.classes.rose, again.classes.fell) == (1, 0)


# Inequality -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_inequality_of_a_patch_by_page_and_api(analyst, api_client_as, city):
    page = text_of(analyst.get(reverse("explore"), {"tab": "inequality", "patch": "all", "theme": "age75_share"}))
    assert "Slope index of inequality (SII)" in page and "Concentration index" in page
    answer = api_client_as("analyst").get(reverse("inequality-list"), {"patch": "all", "indicator": "age75_share"})
    data = answer.json()
    assert data["areas"] + data["missing"] == 24
    assert sum(fifth["areas"] for fifth in data["fifths"]) == data["areas"]


@pytest.mark.django_db
def test_urgent_areas_stand_for_themes_that_have_no_mean(analyst, city):
    page = analyst.get(reverse("explore"), {"tab": "inequality", "patch": "all"}).context["page"]
    assert page.inequality.measured.code == "urgent"
    rank = analyst.get(reverse("explore"), {"tab": "inequality", "patch": "all", "theme": "imd_decile"})
    assert "A mean of ranks says nothing" in text_of(rank) or rank.context["page"].inequality is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "asked"),
    [("inequality-list", {"indicator": "no-such"}), ("dashboard-api-priority-heatmap", {"by": "moon"}),
     ("dashboard-api-summary", {"period": "year"}), ("dashboard-api-summary", {"to": "tomorrow"})],
)  # fmt: skip
def test_questions_that_make_no_sense_are_refused(api_client_as, name, asked):
    assert api_client_as("analyst").get(reverse(name), asked).status_code == 400


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()
    yield
    cache.clear()

"""Which days a visit may be moved to: review intervals, bank holidays and clock changes hold wherever it lands; files
fix visits to later days; whoever is visited more than once sees one carer.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing import services
from routing.caseload import is_bank_holiday
from routing.civil_time import LONDON, NoSuchTime, day_start, instant, instant_or_later, seconds_into
from routing.models import CaseloadEntry, RouteStop, StaffMember, Visit, WeekPlan
from routing.planning.engines import SolveOptions
from routing.problem_building.weeks import DAY_SECONDS, allowed_days, build_week, window_on
from routing.services.due_caseload import earliest_of
from routing.visit_files import read_visit_file
from routing.week_continuity import groups_of
from routing.week_optimisation import search_week

from . import factories as make

MONDAY = make.DAY
DAYS = [MONDAY + timedelta(days=ahead) for ahead in range(5)]
CLOCKS_CHANGE = (date(2027, 3, 28), date(2027, 10, 31))
EASTER = date(2027, 3, 28)

days = st.dates(date(2026, 11, 23), date(2028, 12, 31))
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def visit_on(day, opens, closes, **values):
    """An unsaved visit with a window at these times of day; of an hour that does not exist, an hour later."""
    window = {"window_start": instant_or_later(day, opens), "window_end": instant_or_later(day, closes)}
    return Visit(reference="V", day=day, source=Visit.Source.CSV, **window, **values)


@settings(max_examples=300, deadline=None)
@given(days, st.integers(-13, 13), clocks, clocks)
@example(date(2027, 3, 27), 1, time(1, 30), time(2, 30))
@example(date(2027, 10, 30), 1, time(1, 0), time(3, 0))
def test_a_window_keeps_its_times_on_the_clock_on_whatever_day(day, ahead, one, other):
    opens, closes = sorted((one, other))
    visit, to = visit_on(day, opens, closes), day + timedelta(days=ahead)
    first, last = window_on(visit, to)
    assert first <= last
    assert first.astimezone(LONDON).date() == to or opens == time(0) or first >= day_start(to)
    try:
        wanted = instant(to, visit.window_start.astimezone(LONDON).time())
    except NoSuchTime:
        wanted = day_start(to) + (visit.window_start - day_start(day))
    assert first == wanted
    ordinary = not {day, to} & set(CLOCKS_CHANGE) and all(
        each.month not in (3, 10) or each.day < 25 for each in (day, to)
    )
    if ordinary:
        assert [moment.astimezone(LONDON).time() for moment in (first, last)] == [opens, closes]
        assert seconds_into(to, first) == opens.hour * 3600 + opens.minute * 60


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(days, st.dates(date(2027, 3, 15), date(2027, 4, 10)), st.dates(date(2026, 12, 14), date(2027, 1, 10))),
    st.integers(2, 14),
    st.integers(1, 120),
    st.integers(0, 13),
    st.one_of(st.none(), st.integers(0, 20)),
)
@example(date(2027, 3, 22), 14, 28, 3, None)  # Good Friday and Easter Monday
def test_reviews_move_within_their_interval_and_to_working_days_only(first, span, interval, falls, limit_after):
    week = [first + timedelta(days=ahead) for ahead in range(span)]
    due = week[min(falls, span - 1)]
    last_done = due - timedelta(days=interval)
    entry = CaseloadEntry(reference="P", interval_days=interval, next_due=due, last_done=last_done)
    earliest = max(first, earliest_of(entry, due))
    limit = None if limit_after is None else due + timedelta(days=limit_after)
    visit = Visit(
        reference="P",
        day=due,
        source=Visit.Source.CASELOAD,
        caseload_entry=entry,
        earliest_day=earliest,
        latest_day=max(due, min(week[-1], limit or week[-1])),
        first_due=due,
        clinical_limit=limit,
    )
    allowed = allowed_days(visit, week)
    assert due in allowed
    for day in allowed:
        assert day > last_done
        assert (due - day).days <= max(1, interval // 4)
        assert limit is None or day <= limit
        if day != due and interval >= 7:
            assert day.weekday() < 5
            assert not is_bank_holiday(day)
    if interval < 7:  # whoever is seen more often than weekly is seen on any day
        assert allowed == [day for day in week if earliest <= day <= visit.latest_day]


# From here on with a team, a file and a search.


@pytest.fixture
def team(db, organisation):
    """Three nurses from Monday to Friday."""
    team = make.team(organisation, people=3)
    services.add_shifts(people=list(team.staff.all()), days=DAYS[1:], starts=time(8), ends=time(16, 30), by=make.SETUP)
    return team


HEADING = "reference,postcode,minutes,day,earliest_day,latest_day,window_start,window_end,linked_to,min_gap,same_staff"


def read(team, *lines):
    content = "\n".join([HEADING, *lines]).encode()
    return read_visit_file(content, organisation=team.organisation, day=MONDAY, last_day=DAYS[-1], team=team)


def test_a_weekly_file_fixes_visits_to_later_days_and_moves_others(team):
    file = read(
        team,
        "A-1,ZZ1 1AA,30,25/11/2026,,,09:00,10:00,,,",
        "A-1,ZZ1 1AA,30,27/11/2026,,,09:00,10:00,A-1,,",
        "A-2,ZZ1 1AA,30,,24/11/2026,26/11/2026,,,,,",
        "A-3,ZZ1 1AA,30,,,,,,,,",
        "A-4,ZZ1 1AA,30,26/11/2026,20/11/2026,30/11/2026,,,,,",
        "A-5,ZZ1 1AA,30,25/11/2026,,,,,A-1,60,yes",
    )
    assert [entry["reason"] for entry in file.rejected] == ["it is linked to itself"]
    found = {row.reference: row for row in file.rows}
    assert found["A-1"].day == DAYS[2]
    assert found["A-1"].window == tuple(instant(DAYS[2], time(hour)) for hour in (9, 10))
    assert (found["A-2"].day, found["A-3"].day, found["A-4"].day) == (DAYS[1], MONDAY, DAYS[3])
    week = services.week_from_file(team=team, first_day=MONDAY, days=5, file=file, by=make.SETUP)
    assert {visit.reference: visit.day for visit in week.visits.all()} == {
        "A-1": DAYS[2],
        "A-2": DAYS[1],
        "A-3": MONDAY,
        "A-4": DAYS[3],
        "A-5": DAYS[2],
    }
    link = Visit.objects.get(reference="A-5").links_as_second.get()
    assert (link.first.reference, link.first.day, link.same_staff) == ("A-1", DAYS[2], True)
    built = build_week(week)
    assert len(built.problem.visit_by_id[f"A-1@{DAYS[2]}"].windows) == 1
    # Of one day and one person: the week's search is asked for that, too.
    assert next(each for each in built.problem.links if each.second == f"A-5@{DAYS[2]}").same_staff
    week = planned(week)
    one, other = (RouteStop.objects.get(visit__reference=name) for name in ("A-1", "A-5"))
    assert one.assignment == other.assignment
    assert one.assignment.plan.day == DAYS[2]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "A-1,ZZ1 1AA,30,30/11/2026,,,,,,,",
            "day must be one of the plan's days, 23 November 2026 to 27 November 2026",
        ),
        ("A-1,ZZ1 1AA,30,someday,,,,,,,", "day must be a day such as 23/11/2026 or 2026-11-23"),
        ("A-1,ZZ1 1AA,30,31/11/2026,,,,,,,", "day is a day that does not exist"),
        ("A-1,ZZ1 1AA,30,,24/11/2026,,,,,,", "needs both earliest_day and latest_day"),
        ("A-1,ZZ1 1AA,30,,26/11/2026,24/11/2026,,,,,", "latest_day is before earliest_day"),
        (
            "A-1,ZZ1 1AA,30,,1/12/2026,4/12/2026,,,,,",
            "no day from earliest_day to latest_day is one of the plan's days",
        ),
        ("A-1,ZZ1 1AA,30,27/11/2026,24/11/2026,25/11/2026,,,,,", "its day, 27 November 2026, does not lie from"),
    ],
)
def test_a_day_that_cannot_be_is_told_by_line(team, row, reason):
    file = read(team, "A-0,ZZ1 1AA,30,,,,,,,,", row)
    assert [row.reference for row in file.rows] == ["A-0"]
    assert file.rejected[0]["line"] == 3
    assert reason in file.rejected[0]["reason"]


def test_a_reference_is_used_once_a_day_and_a_link_names_one_row(team):
    file = read(
        team,
        "A-1,ZZ1 1AA,30,23/11/2026,,,,,,,",
        "A-1,ZZ1 1AA,30,24/11/2026,,,,,,,",
        "A-1,ZZ1 1AA,30,24/11/2026,,,,,,,",
        "B-1,ZZ1 1AA,30,24/11/2026,,,,,A-1,60,",
        "B-2,ZZ1 1AA,30,25/11/2026,,,,,A-1,60,",
    )
    assert [(entry["line"], entry["reason"]) for entry in sorted(file.rejected, key=lambda each: each["line"])] == [
        (4, "the reference is already used in line 3 for the same day"),
        (6, "linked_to names A-1, which the file has on several other days"),
    ]
    assert next(row for row in file.rows if row.reference == "B-1").link.first_day == DAYS[1]


def test_the_file_of_one_day_takes_its_own_day_only(team):
    content = b"reference,postcode,minutes,day\nA-1,ZZ1 1AA,30,23/11/2026\nA-2,ZZ1 1AA,30,24/11/2026\n"
    file = read_visit_file(content, organisation=team.organisation, day=MONDAY, team=team)
    assert [row.reference for row in file.rows] == ["A-1"]
    assert file.rejected == [{"line": 3, "reason": "day must be the plan's day, 23 November 2026"}]


def test_a_weekly_file_by_the_form(team, client_as):
    content = f"{HEADING}\nA-1,ZZ1 1AA,30,26/11/2026,,,,,,,\nA-2,ZZ1 1AA,30,1/12/2026,,,,,,,\n".encode()
    form = {"team": team.pk, "days": 5, "source": "file", "count": "", "seconds": 30, "name": ""}
    form |= {"first_day_day": 23, "first_day_month": 11, "first_day_year": 2026, "holds_core20": "on"}
    planner = client_as("planner")
    answer = planner.post("/weeks/new/", form | {"file": SimpleUploadedFile("visits.csv", content)}, follow=True)
    week = WeekPlan.objects.get()
    assert [visit.day for visit in week.visits.all()] == [DAYS[3]]
    assert (week.holds_core20, week.shares_work) == (True, False)
    page = answer.content.decode()
    assert "day must be one of the plan&#x27;s days, 23 November 2026 to 27 November 2026" in page
    assert "Core20 coverage at least as high as elsewhere" in page


def planned(week):
    built = build_week(week)
    solution = search_week(built, seconds=60, seed=1, iterations=60)
    mending = SolveOptions(seconds=60, iterations=40)
    return services.store_week(week=week, built=built, solution=solution, mending=mending, by=make.SETUP)


@pytest.fixture
def often(team):
    """Six people who are visited on Monday, Wednesday and Friday."""
    rows = [
        f"P-{person},ZZ{person} 1AA,40,{day:%d/%m/%Y},,,,,,,"
        for person in range(1, 7)
        for day in (DAYS[0], DAYS[2], DAYS[4])
    ]
    return services.week_from_file(team=team, first_day=MONDAY, days=5, file=read(team, *rows), by=make.SETUP)


def carers(week):
    found = defaultdict(set)
    for stop in RouteStop.objects.filter(assignment__plan__week=week, visit__isnull=False).select_related("visit"):
        found[stop.visit.reference].add(stop.assignment.staff_id)
    return found


def test_whoever_is_visited_more_than_once_sees_one_carer(often, client_as):
    assert len(groups_of(build_week(often))) == 6
    week = planned(often)
    found = carers(week)
    assert len(found) == 6
    assert {len(staff) for staff in found.values()} == {1}
    page = client_as("planner").get(f"/weeks/{week.pk}/").content.decode()
    assert "Seen by one person" in page
    assert "6 of 6" in page


def test_a_carer_who_is_away_on_one_day_is_replaced_on_that_day_only(often, team):
    away = StaffMember.objects.get(team=team, reference="nurse-01")
    away.shifts.filter(day=DAYS[2]).delete()
    week = planned(often)
    days_of = defaultdict(dict)
    for stop in RouteStop.objects.filter(assignment__plan__week=week, visit__isnull=False):
        days_of[stop.visit.reference][stop.visit.day] = stop.assignment.staff_id
    for visits in days_of.values():
        usual, times = Counter(visits.values()).most_common(1)[0]
        assert times == 3 or (times == 2 and usual == away.pk and visits[DAYS[2]] != away.pk)


def test_who_comes_on_an_approved_day_is_the_usual_carer_of_the_others(often, make_user):
    week = planned(often)
    monday = week.plans.get(day=MONDAY)
    services.approve_plan(plan=monday, by=make_user(["approver"]))
    stop = RouteStop.objects.filter(assignment__plan=monday, visit__isnull=False).first()
    built = build_week(week)
    task = built.problem.visit_by_id[f"{stop.visit.reference}@{DAYS[2]}"]
    assert f"{stop.assignment.staff.reference}@{DAYS[2]}" in task.preferred_staff
    assert groups_of(built) == []


def test_visits_of_one_person_keep_their_distance_wherever_they_move(team, often):
    """Each may move by a day: still in order, on different days, and not two of them in a row."""
    for visit in often.visits.all():
        visit.earliest_day = max(MONDAY, visit.day - timedelta(days=1))
        visit.latest_day = min(DAYS[4], visit.day + timedelta(days=1))
        visit.save()
    built = build_week(often)
    assert all(link.min_gap == DAY_SECONDS - 12 * 3600 for link in built.problem.links)
    week = planned(often)
    by_person = defaultdict(list)
    for visit in week.visits.filter(stops__isnull=False).order_by("day"):
        by_person[visit.reference].append(visit)
    for visits in by_person.values():
        assert len({visit.day for visit in visits}) == len(visits)
        for visit in visits:
            assert visit.earliest_day <= visit.day <= visit.latest_day


def test_the_clocks_change_within_a_week_and_windows_stay(organisation, db):
    """Saturday to Monday over the night of 28 March 2027: a visit at nine is at nine on each day."""
    saturday = date(2027, 3, 27)
    span = [saturday + timedelta(days=ahead) for ahead in range(3)]
    team = make.team(organisation, people=1, day=saturday)
    services.add_shifts(people=list(team.staff.all()), days=span[1:], starts=time(8), ends=time(16), by=make.SETUP)
    line = "A-1,ZZ1 1AA,30,,27/03/2027,29/03/2027,09:00,09:30,,,"
    content = f"{HEADING}\n{line}\n".encode()
    file = read_visit_file(content, organisation=organisation, day=saturday, last_day=span[-1], team=team)
    week = services.week_from_file(team=team, first_day=saturday, days=3, file=file, by=make.SETUP)
    (task,) = build_week(week).problem.visits
    for (opens, _), day in zip(task.windows, span, strict=True):
        moment = day_start(saturday) + timedelta(seconds=opens)
        assert moment.astimezone(LONDON) == datetime.combine(day, time(9), tzinfo=LONDON)

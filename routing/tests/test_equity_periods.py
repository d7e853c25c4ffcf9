"""The figures over a week and four weeks, held against slow plain versions, and what can be worked out from them."""

import itertools
from collections import defaultdict
from datetime import timedelta

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.small_numbers import RULE, count_of
from routing.equity_reading import Period, equity_of_period, week_of
from routing.equity_reading.facts import facts_of
from routing.models import (
    PlanState,
    PlusGroup,
    RouteAssignment,
    RoutePlan,
    RouteStop,
    Shift,
    UnservedVisit,
    Visit,
)

from . import factories as make

DAYS = [make.DAY + timedelta(days=ahead) for ahead in (0, 1, 2, 7, -7, -14, -30)]


@pytest.fixture
def world(organisation, make_user):
    """Seven approved days with drawn visits: who is served, how far, in which area, of which group."""
    areas = make.town((1,) * 10, (1, 2, 1, 4, 2, 6, 5, 8, 9, 1))
    team, approver, dice = make.team(organisation, areas, people=2), make_user(["approver"]), np.random.default_rng(5)
    group = PlusGroup.objects.create(organisation=organisation, code="roma", name="Roma")
    deciles = (1, 2, 1, 4, 2, 6, 5, 8, 9, 1)
    for number, day in enumerate(DAYS):
        make.services.add_shifts(
            people=list(team.staff.all()) if number else [], days=[day], starts=make.time(8), ends=make.time(16, 30),
            by=make.SETUP,
        ) if number else None  # fmt: skip
        plan = RoutePlan.objects.create(
            organisation=organisation, team=team, day=day, name=f"Day {number}", state=PlanState.APPROVED,
            approved_by=approver, approved_at=timezone.now(), optimised_at=timezone.now(),
        )  # fmt: skip
        shifts = {shift.staff_id: shift for shift in Shift.objects.filter(staff__team=team, day=day)}
        rounds = {
            staff: RouteAssignment.objects.create(plan=plan, staff_id=staff, shift=shift)
            for staff, shift in shifts.items()
        }
        for index in range(int(dice.integers(24, 36))):
            at = int(dice.integers(0, len(areas)))
            visit = Visit.objects.create(
                organisation=organisation, team=team, reference=f"p{index:02}", day=day, area=areas[at],
                point=Point(areas[at].centroid.x, areas[at].centroid.y, srid=4326), tier=3,
                minutes=int(dice.integers(10, 60)), imd_decile=None if dice.random() < 0.1 else deciles[at],
                first_due=day - timedelta(days=int(dice.integers(0, 6))), source="csv", state="open",
            )  # fmt: skip
            plan.visits.add(visit)
            if dice.random() < 0.3:
                visit.plus_groups.add(group)
            if dice.random() < 0.25:
                UnservedVisit.objects.create(plan=plan, visit=visit, reason="full")
                continue
            route = rounds[list(rounds)[index % 2]]
            start = timezone.datetime.combine(day, make.time(9), tzinfo=timezone.get_default_timezone())
            drive = int(dice.integers(60, 1800))
            RouteStop.objects.create(
                assignment=route, sequence=index + 1, visit=visit, arrives_at=start, starts_at=start,
                leaves_at=start, travel_seconds=drive,
            )  # fmt: skip
            route.travel_seconds += drive
            route.service_seconds += visit.minutes * 60
            route.save()
    return team


def plain_visits(team, first, last):
    """(visit, served) of the approved plans of these days, by the plainest reading of the rows."""
    rows = []
    for plan in RoutePlan.objects.filter(team=team, day__gte=first, day__lte=last).order_by("day"):
        for visit in plan.visits.order_by("day", "reference"):
            rows.append((visit, RouteStop.objects.filter(assignment__plan=plan, visit=visit).exists()))
    return rows


def coverage(rows):
    need = sum(visit.minutes for visit, _ in rows)
    return sum(visit.minutes for visit, served in rows if served) / need


def quintile(visit):
    return None if visit.imd_decile is None else (visit.imd_decile + 1) // 2


@pytest.mark.parametrize("kind", ["week", "four-weeks"])
def test_every_measure_against_its_plain_version(world, kind):
    period = Period.of_week(world, make.DAY) if kind == "week" else Period.of_four_weeks(world, make.DAY)
    rows = plain_visits(world, period.first_day, period.last_day)
    found = equity_of_period(period)
    assert found.visits == count_of(len(rows))
    assert {plan.day for plan in period.plans} == {d for d in DAYS if period.first_day <= d <= period.last_day}
    core20 = [row for row in rows if quintile(row[0]) == 1]
    rest = [row for row in rows if (quintile(row[0]) or 0) > 1]
    report = found.planned
    groups = {"core20": core20, "rest": rest, "unknown": [row for row in rows if quintile(row[0]) is None]}
    told = {"core20": report.core20, "rest": report.rest, "unknown": report.unknown}
    for fifth, part in report.quintiles.items():
        groups[fifth], told[fifth] = [row for row in rows if quintile(row[0]) == fifth], part
    for code, part in report.areas.items():
        groups[code], told[code] = [row for row in rows if row[0].area.code == code], part
    for name, part in told.items():
        own = groups[name]
        assert part.hidden or part.n == count_of(len(own))
        assert part.coverage is None or part.coverage == pytest.approx(coverage(own), abs=0.005)
        few = [len(own), sum(served for _, served in own), sum(not served for _, served in own)]
        assert part.coverage is None or not any(RULE.is_small(number) for number in few)
    if None in (report.core20.coverage, report.rest.coverage):  # a day of few visits would follow from the week
        assert kind == "week"
        assert (report.ratio, report.gap, report.status) == (None, None, "unknown")
    else:
        assert report.ratio == pytest.approx(coverage(core20) / coverage(rest), abs=0.005)
        assert report.gap == pytest.approx(coverage(core20) - coverage(rest), abs=0.005)
    assert report.gini_areas == pytest.approx(plain_gini(rows), abs=0.005)
    assert report.concentration == pytest.approx(plain_concentration(rows), abs=0.005)


def plain_gini(rows):
    by_area = defaultdict(list)
    for row in rows:
        by_area[row[0].area_id].append(row)
    parts = [(sum(v.minutes for v, _ in own), coverage(own)) for own in by_area.values()]
    total = sum(need for need, _ in parts)
    mean = sum(need * share for need, share in parts) / total
    pairs = sum(a * b * abs(s - t) for (a, s), (b, t) in itertools.product(parts, parts))
    return pairs / (2 * total**2 * mean)


def plain_concentration(rows):
    """2 / mu times the covariance of met need and the fractional rank of the decile, each visit once."""
    known = [(visit, served) for visit, served in rows if visit.imd_decile is not None]
    met = [visit.minutes * served for visit, served in known]
    deciles = [visit.imd_decile for visit, _ in known]
    ranks = [(sum(d < own for d in deciles) + sum(d == own for d in deciles) / 2) / len(known) for own in deciles]
    mean, middle = sum(met) / len(met), sum(ranks) / len(ranks)
    return 2 / mean * sum((m - mean) * (r - middle) for m, r in zip(met, ranks, strict=True)) / len(met)


def test_burden_and_work_against_their_plain_versions(world):
    period = Period.of_week(world, make.DAY)
    found = equity_of_period(period)
    drives = defaultdict(list)
    for stop in RouteStop.objects.filter(assignment__plan__in=period.plans):
        drives[quintile(stop.visit) or 0].append(stop.travel_seconds / 60)
    for fifth, part in found.burden.items():
        if not part.hidden and drives[fifth]:
            assert part.n == count_of(len(drives[fifth]))
            assert part.travel_minutes == pytest.approx(sum(drives[fifth]) / len(drives[fifth]), abs=0.05)
    for person in world.staff.all():
        rounds = RouteAssignment.objects.filter(plan__in=period.plans, staff=person)
        work = sum(each.travel_seconds + each.service_seconds for each in rounds)
        contracted = sum(
            (shift.ends_at - shift.starts_at).total_seconds() - 60 * shift.break_minutes
            for shift in Shift.objects.filter(staff=person, day__in=[plan.day for plan in period.plans])
        )
        assert found.loads.by_staff[person.display_name] == pytest.approx(work / contracted)


def test_days_put_off_count_a_person_once(world):
    period = Period.of_four_weeks(world, make.DAY)
    found = equity_of_period(period)
    waits = defaultdict(list)
    for fact in facts_of(period):
        waits[fact.visit.reference, fact.visit.first_due].append(fact)
    weight = total = 0
    for (_, due), facts in waits.items():
        if not period.last_day - timedelta(days=28) < due <= period.last_day or facts[-1].quintile != 1:
            continue
        served = [fact.plan.day for fact in facts if fact.served]
        until = min(served) if served else max(max(fact.plan.day for fact in facts), min(make.DAY, period.last_day))
        weight += facts[-1].visit.minutes
        total += facts[-1].visit.minutes * max(0, (until - due).days)
    if timezone.localdate() <= make.DAY:  # who still waits has waited until today
        assert found.deferred["Core20"] == pytest.approx(total / weight, abs=2)
    assert found.deferred["Core20"] >= 0


def test_no_small_group_of_a_day_follows_from_the_week(world):
    """What the week shows of an area less what its days show, both rounded, leaves 1 to 7 open or is not small."""
    week = Period.of_week(world, make.DAY)
    whole = equity_of_period(week).planned
    parts = [equity_of_period(Period.of_plan(plan)).planned for plan in week.plans]
    counts = defaultdict(lambda: defaultdict(int))
    for number, plan in enumerate(week.plans):
        for visit in plan.visits.all():
            counts[visit.area.code][number] += 1
    for code, shown in whole.areas.items():
        days = {number: part.areas[code] for number, part in enumerate(parts) if code in part.areas}
        unseen = sum(counts[code][number] for number, part in days.items() if part.hidden)
        if not shown.hidden and RULE.is_small(unseen):
            bounds = [RULE.bounds(part.n.shown) for part in days.values() if not part.hidden]
            least, most = RULE.bounds(shown.n.shown)
            assert least - sum(high for _, high in bounds) <= 1
            assert most - sum(low for low, _ in bounds) >= 7


def test_a_week_is_from_monday_to_sunday_whichever_day_is_named(world):
    monday, sunday = week_of(make.DAY)
    assert (monday.weekday(), sunday.weekday()) == (0, 6)
    assert {Period.of_week(world, monday + timedelta(days=n)) for n in range(7)} == {Period.of_week(world, sunday)}
    four = Period.of_four_weeks(world, make.DAY)
    assert (four.last_day - four.first_day).days == 27

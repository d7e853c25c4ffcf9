"""Rules of demand and capacity, held against slow plain versions and against weeks that go wrong."""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from insights.demand.capacity import Duty, Rota, capacity_of
from insights.demand.estimates import Estimate, Z, next_of, total
from insights.demand.falling_due import Recurring, falls_due
from insights.demand.moves import Kind, suggested_moves
from insights.demand.repeats import first_known, share_of, wilson
from insights.demand.requests import Request, expected_new, past_weeks
from insights.demand.week_calendar import (
    monday_of,
    so_many_weeks_before,
    weeks_ahead,
    working_days,
)
from insights.demand.weeks import Booked, Drive, Reason, State, TeamFacts, demand_of_weeks
from routing.caseload import is_bank_holiday

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=LONDON)
WEEK = timedelta(days=7)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def at(day: date, hour=9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def week_of_shifts(monday=MONDAY, people=2, away=(), minutes=450.0, skills=frozenset()):
    return [
        Duty(f"p{number}", monday + timedelta(days=day), minutes, 12, number in away, skills)
        for number in range(people)
        for day in range(5)
    ]


def rota(people=2, **changes):
    return [duty for monday in weeks_ahead(MONDAY) for duty in week_of_shifts(monday, people, **changes)]


def requests_of(numbers, lead=3):
    """So many requests in each of the weeks before, on its Thursday, asked for `lead` days ahead."""
    return [
        Request(day, at(day - timedelta(days=lead)), 45)
        for back, number in enumerate(numbers, start=1)
        for day in [MONDAY - WEEK * back + timedelta(days=3)]
        for _ in range(number)
    ]


class TestWeeks:
    @given(DAYS)
    def test_six_mondays_none_of_them_past(self, today):
        weeks = weeks_ahead(today)
        assert len(weeks) == 6
        assert all(week.weekday() == 0 and week >= today for week in weeks)
        assert weeks[0] - today < WEEK
        assert {later - week for week, later in zip(weeks, weeks[1:], strict=False)} == {WEEK}

    @given(DAYS)
    def test_working_days_are_counted_one_by_one(self, day):
        monday = monday_of(day)
        days = [monday + timedelta(days=number) for number in range(5)]
        assert working_days(monday) == sum(not is_bank_holiday(each) for each in days)

    def test_christmas_week_has_four(self):
        assert working_days(date(2026, 12, 21)) == 4
        assert working_days(date(2026, 12, 28)) == 3  # Boxing Day's substitute, New Year's Day

    @pytest.mark.parametrize("now", [datetime(2026, 10, 26, 8, tzinfo=LONDON), datetime(2026, 4, 1, 8, tzinfo=LONDON)])
    def test_the_same_time_on_the_clock_whatever_the_clocks_did(self, now):
        before = so_many_weeks_before(now, 1).astimezone(LONDON)
        assert (before.date(), before.hour) == (now.date() - WEEK, 8)


class TestEstimates:
    @given(st.floats(0, 500), st.floats(0, 500), st.integers(1, 30))
    def test_interval_is_that_of_the_t_distribution(self, mean, variance, seen):
        half = next_of(mean, variance, seen)
        low, high = stats.t.interval(0.8, max(1, seen - 1), loc=mean, scale=max(1e-9, variance * (1 + 1 / seen)) ** 0.5)
        assert half == pytest.approx((high - low) / 2, abs=1e-3)

    @given(st.lists(st.tuples(st.floats(0, 99), st.floats(0, 50)), min_size=1, max_size=5))
    def test_sums_keep_their_order_and_are_no_wider_than_the_sum_of_widths(self, pairs):
        parts = [Estimate.around(*pair) for pair in pairs]
        found = total(*parts)
        assert found.low <= found.mean <= found.high
        assert found.high - found.mean <= sum(part.high - part.mean for part in parts) + 1e-6
        assert found.high - found.mean >= max(part.high - part.mean for part in parts) - 1e-6

    def test_z_is_that_of_80_per_cent(self):
        assert pytest.approx(stats.norm.ppf(0.9)) == Z


class TestNewVisits:
    def test_even_weeks_are_expected_again_with_no_less_spread_than_counts_at_random(self):
        found = expected_new(requests_of([20] * 11), MONDAY - WEEK * 11, MONDAY, NOW)
        assert (found.weeks, found.is_short) == (11, False)
        assert found.visits.mean == pytest.approx(20)
        assert found.minutes.mean == pytest.approx(900)
        assert found.visits.high - 20 == pytest.approx(next_of(20, 20, 11))

    def test_what_was_asked_for_earlier_is_booked_already_and_not_expected_again(self):
        early = requests_of([20] * 11, lead=10)
        assert expected_new(early, MONDAY - WEEK * 11, MONDAY, NOW).visits.mean == 0
        # Two weeks ahead nobody has asked for them yet.
        assert expected_new(early, MONDAY - WEEK * 11, MONDAY + 2 * WEEK, NOW).visits.mean == pytest.approx(20)

    def test_twenty_in_four_working_days_are_five_a_day(self):
        # Summer bank holiday: 31 August 2026, twelve weeks before.
        found = expected_new(requests_of([0] * 11 + [20]), MONDAY - WEEK * 12, MONDAY, NOW)
        assert found.visits.mean == pytest.approx(25 / 12)

    def test_a_bank_holiday_week_is_asked_for_the_share_of_its_working_days(self):
        found = expected_new(requests_of([20] * 11), MONDAY - WEEK * 11, date(2026, 12, 28), NOW)
        assert found.visits.mean == pytest.approx(20 * 3 / 5)

    def test_without_history_nothing_is_promised(self):
        found = expected_new([], None, MONDAY, NOW)
        assert (found.weeks, found.visits, found.is_short) == (0, Estimate(), True)

    def test_weeks_before_the_first_request_do_not_count_quiet_ones_after_it_do(self):
        assert len(past_weeks(MONDAY, MONDAY - WEEK * 3)) == 3
        # The first one was in the middle of a week: that one is not whole.
        assert len(past_weeks(MONDAY, MONDAY - WEEK * 3 + timedelta(days=2))) == 2
        found = expected_new(requests_of([0, 0, 12]), MONDAY - WEEK * 3, MONDAY, NOW)
        assert found.visits.mean == pytest.approx(4)
        assert found.is_short

    @given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 5), st.integers(0, 20))
    def test_against_a_plain_count(self, numbers, ahead, lead):
        monday, requests = MONDAY + WEEK * ahead, requests_of(numbers, lead)
        found = expected_new(requests, MONDAY - WEEK * len(numbers), monday, NOW)
        late = Counter()
        for request in requests:
            week = monday_of(request.day)
            moment = NOW.replace(tzinfo=None) - (monday - week)
            late[week] += request.made_at.replace(tzinfo=None) >= moment
        weeks = [MONDAY - WEEK * back for back in range(1, len(numbers) + 1)]
        wanted = sum(late[week] * working_days(monday) / working_days(week) for week in weeks) / len(weeks)
        assert found.visits.mean == pytest.approx(wanted)
        assert 0 <= found.visits.low <= found.visits.mean <= found.visits.high

    def test_four_of_five_weeks_lie_in_the_range(self):
        dice, inside, trials = random.Random(7), 0, 400
        for _ in range(trials):
            *past, coming = (sum(dice.random() < 0.3 for _ in range(100)) for _ in range(13))
            found = expected_new(requests_of(past), MONDAY - WEEK * 12, MONDAY, NOW).visits
            inside += found.low <= coming <= found.high
        assert 0.76 <= inside / trials <= 0.92


class TestRepeats:
    def test_few_are_not_told_and_all_teams_stand_in(self):
        assert share_of(7, 100) is None
        assert share_of(10, 12) is None
        assert share_of(0, 0) is None
        assert first_known((3, 100), (40, 400)).of == "organisation"
        assert first_known((3, 100), (4, 100)) is None
        assert first_known((20, 200), (40, 400)).of == "team"

    def test_what_is_worked_out_does_not_change_with_the_true_number_below_the_rounding(self):
        assert share_of(18, 198) == share_of(22, 202)

    def test_a_repeat_may_find_nobody_too(self):
        assert share_of(100, 1000).again.mean == pytest.approx(sum(0.1**time for time in range(1, 40)))

    @given(st.integers(1, 400), st.floats(0, 1))
    def test_wilson_holds_the_share(self, number, share):
        low, high = wilson(share, number)
        assert 0 <= low <= share <= high <= 1


class TestCaseload:
    @given(st.integers(1, 60), DAYS, st.integers(-30, 30))
    def test_never_longer_than_the_interval_without_a_visit(self, interval, today, shift):
        entry = Recurring(today + timedelta(days=shift), interval, 30)
        last = today + timedelta(days=200)
        days = falls_due(entry, today, today, last)
        assert days == sorted(set(days))
        assert all(today <= day <= last for day in days)
        # A long weekend may lie inside a short interval.
        assert all((later - day).days <= max(interval, 6) for day, later in zip(days, days[1:], strict=False))

    def test_overdue_is_seen_today_and_a_booked_visit_moves_the_next(self):
        overdue = Recurring(MONDAY - timedelta(days=30), 14, 30)
        assert falls_due(overdue, MONDAY, MONDAY, MONDAY + 4 * WEEK)[:2] == [MONDAY, MONDAY + 2 * WEEK]
        booked = Recurring(MONDAY - timedelta(days=30), 14, 30, booked_until=MONDAY + timedelta(days=1))
        assert falls_due(booked, MONDAY, MONDAY, MONDAY + 3 * WEEK) == [MONDAY + timedelta(days=15)]


class TestCapacity:
    def test_no_shift_is_no_rota_and_all_absent_is_nobody(self):
        assert capacity_of([], MONDAY).rota == Rota.NONE
        away = capacity_of(week_of_shifts(away=(0, 1)), MONDAY)
        assert (away.rota, away.minutes, away.minutes_away, away.most_visits) == (Rota.KNOWN, 0, 4500, 0)

    def test_half_of_the_team_on_leave(self):
        found = capacity_of(week_of_shifts(people=4, away=(1, 3)), MONDAY)
        assert (found.minutes, found.minutes_away, found.most_visits) == (4500, 4500, 2 * 5 * 12)

    def test_two_shifts_a_day_do_not_make_twice_as_many_visits(self):
        duties = [Duty("one", MONDAY, 120, 10), Duty("one", MONDAY, 120, 10)]
        assert capacity_of(duties, MONDAY).most_visits == 10

    def test_a_rota_that_ends_within_the_week_says_nothing_of_it(self):
        until_tuesday = [duty for duty in week_of_shifts() if duty.day.weekday() < 2]
        assert capacity_of(until_tuesday, MONDAY).rota == Rota.ENDS
        # The Friday of Christmas week is no working day.
        christmas = [duty for duty in week_of_shifts(date(2026, 12, 21)) if duty.day.weekday() < 4]
        assert capacity_of(christmas, date(2026, 12, 21)).rota == Rota.KNOWN

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 13), st.integers(0, 600), st.booleans()), max_size=30))
    def test_against_a_plain_sum(self, shifts):
        duties = [Duty(f"p{who}", MONDAY + timedelta(days=day), minutes, 9, away) for who, day, minutes, away in shifts]
        found = capacity_of(duties, MONDAY)
        assert found.minutes == sum(minutes for _, day, minutes, away in shifts if day < 7 and not away)
        assert found.minutes_away == sum(minutes for _, day, minutes, away in shifts if day < 7 and away)


class TestWeeksOfATeam:
    def test_a_team_without_anything_has_six_weeks_without_a_rota(self):
        weeks = demand_of_weeks(TeamFacts(), NOW)
        assert [week.state for week in weeks] == [State.NO_ROTA] * 6
        assert all(week.asked == Estimate() and week.short == week.room == 0 for week in weeks)
        assert Reason.NO_HISTORY in weeks[0].reasons

    def test_everybody_away_is_short_of_all_that_is_asked(self):
        booked = [Booked(MONDAY, 60)] * 10
        week = demand_of_weeks(TeamFacts(booked=booked, duties=rota(away=(0, 1))), NOW)[0]
        assert (week.state, week.short, week.staffed_visits) == (State.SHORT, 600, 0)
        assert Reason.ABSENCE in week.reasons

    def test_driving_counts_for_every_visit(self):
        facts = TeamFacts(booked=[Booked(MONDAY, 60)] * 10, duties=rota(), drive=Drive(12, "planned"))
        assert demand_of_weeks(facts, NOW)[0].asked.mean == 720

    def test_repeats_add_to_visits_and_hours(self):
        share = share_of(100, 1000)
        facts = TeamFacts(booked=[Booked(MONDAY, 60)] * 90, duties=rota(), share=share)
        week = demand_of_weeks(facts, NOW)[0]
        assert week.repeats.mean == pytest.approx(10)
        assert week.asked.mean == pytest.approx(6000)
        assert week.asked.low < 6000 < week.asked.high

    def test_a_person_may_reach_visits_before_hours(self):
        duties = [
            Duty("one", monday + timedelta(days=day), 450, 2) for monday in weeks_ahead(MONDAY) for day in range(5)
        ]
        week = demand_of_weeks(TeamFacts(booked=[Booked(MONDAY, 15)] * 20, duties=duties), NOW)[0]
        assert week.staffed_visits == 10
        assert Reason.VISIT_LIMIT in week.reasons

    @given(st.integers(0, 300), st.integers(0, 6), st.lists(st.integers(0, 40), max_size=12))
    def test_states_follow_the_hours(self, visits, people, past):
        facts = TeamFacts(
            booked=[Booked(MONDAY, 45)] * visits, duties=rota(people) if people else (), requests=requests_of(past),
            since=MONDAY - WEEK * 12, drive=Drive(10, "planned"),
        )  # fmt: skip
        for week in demand_of_weeks(facts, NOW):
            assert week.asked.low <= week.asked.mean <= week.asked.high
            if not people:
                assert week.state == State.NO_ROTA
            elif week.staffed >= week.asked.high:
                assert (week.state, week.short) == (State.ROOM, 0)
            else:
                assert week.room == 0
                assert (week.state in (State.SHORT, State.LIKELY_SHORT)) == (week.short > 0)

    @pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
    def test_weeks_of_a_clock_change_are_whole_weeks(self, day):
        weeks = demand_of_weeks(TeamFacts(), at(day - timedelta(days=9)))
        assert monday_of(day) in [week.monday for week in weeks]


class TestMoves:
    def facts(self, visits, people, **changes):
        booked = [Booked(MONDAY + timedelta(days=2), 60, **changes)] * visits
        return demand_of_weeks(TeamFacts(booked=booked, duties=rota(people)), NOW)

    def both(self, short, spare, **changes):
        return {"short": self.facts(short, 1, **changes), "spare": self.facts(0, spare)}

    def test_hours_come_from_a_neighbour_and_from_nobody_else(self):
        teams = self.both(45, 2)
        (move,) = suggested_moves(teams, {frozenset(("short", "spare"))})
        assert (move.kind, move.team, move.other, move.hours) == (Kind.BORROW, "short", "spare", 7)
        assert (move.left_short, move.left_room) == (pytest.approx(0.5), 68)
        assert suggested_moves(teams, set()) == ()

    def test_never_more_than_is_to_spare_whatever_the_want(self):
        teams = {"a": self.facts(200, 1), "b": self.facts(200, 1), "c": self.facts(0, 1)}
        pairs = {frozenset(pair) for pair in ("ac", "bc", "ab")}
        moves = suggested_moves(teams, pairs)
        lent = Counter()
        for move in moves:
            lent[move.other, move.monday] += move.hours
        assert lent == {("c", MONDAY): 37}

    def test_people_without_the_skill_do_not_help(self):
        booked = [Booked(MONDAY, 60, skills=frozenset({"wound"}))] * 45
        teams = {
            "short": demand_of_weeks(TeamFacts(booked=booked, duties=rota(1)), NOW),
            "spare": self.facts(0, 2),
        }
        pairs = {frozenset(("short", "spare"))}
        assert suggested_moves(teams, pairs) == ()
        able = demand_of_weeks(TeamFacts(duties=rota(2, skills=frozenset({"wound", "insulin"}))), NOW)
        assert suggested_moves(teams | {"spare": able}, pairs)[0].hours == 7

    def test_visits_that_may_wait_go_to_the_next_week(self):
        waiting = {"earliest": MONDAY, "latest": MONDAY + timedelta(days=9)}
        teams = {"short": self.facts(45, 1, **waiting)}
        (move,) = suggested_moves(teams, set())
        assert (move.kind, move.to, move.hours) == (Kind.OTHER_WEEK, MONDAY + WEEK, 7)
        assert suggested_moves({"short": self.facts(45, 1)}, set()) == ()

    @given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 3)), min_size=1, max_size=5))
    def test_no_move_makes_a_week_short(self, sizes):
        teams = {f"t{number}": self.facts(*size) for number, size in enumerate(sizes)}
        pairs = {frozenset((one, other)) for one in teams for other in teams if one != other}
        room = {(name, week.monday): week.room / 60 for name, weeks in teams.items() for week in weeks}
        short = {(name, week.monday): week.short / 60 for name, weeks in teams.items() for week in weeks}
        for move in suggested_moves(teams, pairs):
            source = (move.other, move.monday) if move.kind == Kind.BORROW else (move.team, move.to)
            room[source] -= move.hours
            short[move.team, move.monday] -= move.hours
        assert min(room.values()) >= -1e-6
        assert min(short.values()) >= -1e-6

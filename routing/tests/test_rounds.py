"""A person's day as timeline and table: drives around breaks, waits, local times."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from lsoa.written_numbers import percent
from routing.presenters.rounds import _leg, rounds_of
from routing.presenters.timeline import Timeline
from routing.presenters.wording import counted, duration, interval_text, kilometres

from . import factories as make

NINE = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)  # 09:00 on the wall


def at(minutes):
    return NINE + timedelta(minutes=minutes)


def pause(start, end):
    return SimpleNamespace(starts_at=at(start), leaves_at=at(end))


def stretches(segments):
    return [
        (segment["kind"], int((segment["start"] - NINE).seconds / 60), int((segment["end"] - NINE).seconds / 60))
        for segment in segments
    ]


@pytest.mark.parametrize(
    ("pauses", "travel", "arrives", "expected"),
    [
        ([], 20, 20, [("drive", 0, 20)]),
        ([pause(0, 30)], 20, 50, [("break", 0, 30), ("drive", 30, 50)]),
        ([pause(5, 35)], 20, 50, [("drive", 0, 5), ("break", 5, 35), ("drive", 35, 50)]),
        ([pause(20, 50)], 20, 50, [("drive", 0, 20), ("break", 20, 50)]),
        ([pause(40, 70)], 20, 20, [("drive", 0, 20), ("break", 40, 70)]),
        ([pause(5, 10), pause(12, 20)], 20, 33, [
            ("drive", 0, 5), ("break", 5, 10), ("drive", 10, 12), ("break", 12, 20), ("drive", 20, 33),
        ]),
    ],
)  # fmt: skip
def test_a_break_may_fall_before_inside_or_after_a_drive(pauses, travel, arrives, expected):
    assert stretches(_leg(NINE, pauses, travel * 60, at(arrives), "Drive")) == expected


def test_labels_are_in_local_time():
    (segment,) = _leg(NINE, [], 600, at(10), "Drive")
    assert segment["label"] == "Drive, 09:00 to 09:10"


@pytest.mark.django_db
def test_the_timeline_has_no_gap_but_waits_and_no_overlap(organisation):
    plan = make.proposed_plan(make.team(organisation))
    rounds = rounds_of(plan)
    for each, row in zip(rounds, Timeline(plan, rounds).rows, strict=True):
        segments = row["segments"]
        assert segments[0]["start"] >= row["shift"][0]
        assert segments[-1]["end"] <= row["shift"][1]
        for before, after in zip(segments, segments[1:], strict=False):
            assert before["end"] <= after["start"] + 1
        driven = sum(s["end"] - s["start"] for s in segments if s["kind"] == "drive")
        assert driven == pytest.approx(each.assignment.travel_seconds, abs=2)
        assert 0 < each.working_share <= 1


def test_numbers_are_written_for_people():
    assert [duration(seconds) for seconds in (0, 59, 3600, 51_600)] == ["0 min", "1 min", "1 h", "14 h 20 min"]
    assert [kilometres(metres) for metres in (940, 12_345)] == ["0.9 km", "12 km"]
    assert percent(None) == "no figure"
    assert counted(1, "visit") == "1 visit"
    assert counted(1200, "visit") == "1,200 visits"
    assert [interval_text(days) for days in (1, 2, 7, 14, 84)] == [
        "every day", "every 2 days", "every 7 days", "every 2 weeks", "every 12 weeks",
    ]  # fmt: skip

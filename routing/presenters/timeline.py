"""Everybody's day for the timeline: what `{% chart_timeline %}` takes, and the same as a table."""

from datetime import datetime, time, timedelta
from functools import cached_property

from django.utils import timezone

from lsoa.written_numbers import percent
from routing.civil_time import LONDON, clock

from .rounds import SHORTEST_WAIT_SHOWN, Round, late_seconds
from .wording import counted, duration

# A visit that somebody arrived at and has not finished is drawn so long at most.
LONGEST_OPEN = timedelta(hours=8)


class Timeline:
    """Of the rounds of one plan, at a moment (this one unless given). Times of the chart are seconds on the clock after
    midnight of the plan's day.
    """

    title = "Day of each person"

    def __init__(self, plan, rounds: list[Round], moment: datetime | None = None):
        self.plan, self.rounds = plan, rounds
        self.moment = moment or timezone.now()
        self.midnight = datetime.combine(plan.day, time.min)

    @property
    def rows(self) -> list[dict]:
        return [self._row(each) for each in self.rounds]

    @property
    def now(self) -> int | None:
        """Where the line of now stands; None on other days, and while nobody is out."""
        now = self.moment
        if self.plan.day != now.astimezone(LONDON).date() or not self.rounds:
            return None
        first = min(min(each.assignment.departs_at, each.assignment.shift.starts_at) for each in self.rounds)
        last = max(max(each.assignment.returns_at, each.assignment.shift.ends_at) for each in self.rounds)
        return self._on_clock(now) if first <= now <= last else None

    @property
    def description(self) -> str:
        """What the picture says, in a few sentences."""
        visits = sum(each.visit_count for each in self.rounds)
        parts = [f"{counted(len(self.rounds), 'person', 'people')}, {counted(visits, 'visit')}."]
        if self.rounds:
            first = min(each.assignment.departs_at for each in self.rounds)
            last = max(each.assignment.returns_at for each in self.rounds)
            parts.append(f"The first sets off at {clock(first)}, the last is back at {clock(last)}.")
        late = sum(bool(row.get("late")) for each in self.rounds for row in each.rows)
        longer = sum(each.overtime_seconds >= 60 for each in self.rounds)
        starts = counted(late, "visit starts", "visits start")
        parts.append(f"{starts} after the window." if late else "No visit is late.")
        if longer:
            parts.append(f"{counted(longer, 'person works', 'people work')} past the end of the shift.")
        return " ".join(parts)

    @cached_property
    def has_windows(self) -> bool:
        return any(row["visit"].window_start for each in self.rounds for row in each.rows if row["number"])

    @cached_property
    def has_records(self) -> bool:
        return any(row.get("record") for each in self.rounds for row in each.rows)

    @cached_property
    def has_overtime(self) -> bool:
        return any(each.overtime_seconds for each in self.rounds)

    @cached_property
    def has_late(self) -> bool:
        return any(row.get("late") for each in self.rounds for row in each.rows)

    @property
    def table(self) -> list[dict]:
        """One row for each person: the picture in numbers."""
        return [
            {
                "label": each.label,
                "name": each.name,
                "times": each.times,
                "shift": f"{clock(each.assignment.shift.starts_at)} to {clock(each.assignment.shift.ends_at)}",
                "visits": each.visit_count,
                "visiting": duration(each.seconds_of("visit")),
                "driving": duration(each.assignment.travel_seconds),
                "waiting": duration(each.seconds_of("wait")),
                "breaks": duration(each.seconds_of("break")) if each.seconds_of("break") else "none",
                "late": sum(bool(row.get("late")) for row in each.rows),
                "overtime": duration(each.overtime_seconds) if each.overtime_seconds >= 60 else "none",
                "used": percent(each.working_share),
            }
            for each in self.rounds
        ]

    def _row(self, each: Round) -> dict:
        shift = each.assignment.shift
        segments = [self._segment(segment) for segment in each.segments]
        overtime = None
        if each.overtime_seconds:
            overtime = {
                "start": self._on_clock(shift.ends_at),
                "end": self._on_clock(each.assignment.returns_at),
                "label": f"Overtime, {duration(each.overtime_seconds)}",
            }
        return {
            "name": each.name,
            "label": each.label,
            "colour_index": each.colour_index,
            "shift": (self._on_clock(shift.starts_at), self._on_clock(shift.ends_at)),
            "segments": segments,
            "overtime": overtime,
            "actuals": [actual for row in each.rows if (actual := self._actual(row))],
        }

    def _segment(self, segment: dict) -> dict:
        row, stop = segment.get("row"), segment.get("stop")
        told = {
            "kind": segment["kind"],
            "start": self._on_clock(segment["start"]),
            "end": self._on_clock(segment["end"]),
            "label": segment["label"],
        }
        if row is None:
            return told
        visit = row["visit"]
        if visit.window_start is not None:
            told["window"] = (self._on_clock(visit.window_start), self._on_clock(visit.window_end))
            told["label"] += f"; may start {row['window']}"
            told["late"] = late_seconds(stop) >= SHORTEST_WAIT_SHOWN
        if row["late"]:
            told["label"] += f", {row['late']}"
        if row["companions"]:
            told["label"] += f"; with {' and '.join(row['companions'])}"
        return told | {
            "tier": row["tier"], "is_core20": row["is_core20"], "text": str(row["number"]), "key": row["key"],
        }  # fmt: skip

    def _actual(self, row) -> dict | None:
        record = row.get("record")
        if record is None or not (record.arrived_at or record.finished_at):
            return None
        begun = record.arrived_at or record.finished_at
        until = record.finished_at or min(self.moment, begun + LONGEST_OPEN)
        kind = record.outcome or "open"
        return {
            "kind": kind,
            "start": self._on_clock(begun),
            "end": max(self._on_clock(begun), self._on_clock(until)),
            "label": f"{row['reference']}: {row['was']}",
            "key": row["key"],
        }

    def _on_clock(self, moment: datetime) -> int:
        """Seconds that the clock on the wall has moved since midnight: what the axis of hours shows."""
        return int((moment.astimezone(LONDON).replace(tzinfo=None) - self.midnight).total_seconds())

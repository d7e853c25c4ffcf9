"""The day's page: who is where now, and the plan held against what happened."""

from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from lsoa.written_numbers import percent, signed
from routing.actuals import Totals, grouped_totals, one_per_visit, overruns, totals, visit_actuals
from routing.civil_time import LONDON, clock
from routing.day_forecast import forecast
from routing.models import PlanState, RoundAlert
from routing.standing_day import RecordedRound, patience, recorded_rounds

from .plan import FIFTHS
from .plans import state_tag
from .wording import TIER_NOTES, counted, duration

OUTCOMES = {"done": "Done", "no_access": "No access"}
OUTCOME_CSS = {"done": "her-tag--good", "no_access": "her-tag--warning"}
SAID = timedelta(minutes=5)
CSV_HEADING = (
    *("person", "stop", "visit", "tier", "imd_decile", "planned_start", "actual_start", "later_by_minutes"),
    *("in_time", "planned_minutes", "actual_minutes", "planned_drive_minutes", "actual_drive_minutes", "outcome"),
)


class LiveRow:
    """One person now. `delay`: of the next visit, or of the return where none is left."""

    def __init__(self, standing: RecordedRound, now: datetime, alerts: list[RoundAlert]):
        self.standing, self.alerts = standing, alerts
        state = standing.state
        foreseen = forecast(state, now)
        stops = {stop.visit_id: stop for stop in standing.visit_stops}
        self.here = stops.get(state.here.visit) if state.here else None
        following = next((each for each in foreseen.visits if each.visit != (self.here and self.here.visit_id)), None)
        self.next = stops[following.visit] if following else None
        self.expected = following.starts_at if following else foreseen.returns_at
        self.delay = following.delay if following else self.expected - state.returns_at
        self.is_over = state.finished_at is not None
        self.foreseen = foreseen
        # How late they reach the next place: what a planner would say of them.
        behind = following.arrives_at - self.next.arrives_at if following else timedelta()
        self.late_minutes = max(0, -(-int(behind.total_seconds()) // 60))

    @property
    def report_query(self) -> str:
        """The form "Somebody is late", filled in; blank for somebody who is on time."""
        is_said = any(alert.kind == RoundAlert.Kind.LATE_VISIT for alert in self.alerts)
        if self.is_over or not self.late_minutes or not (is_said or self.late_minutes * 60 >= patience().late.seconds):
            return ""
        return urlencode({"kind": "late", "staff": self.standing.staff.pk, "minutes": self.late_minutes})

    @property
    def alert_tags(self) -> list[str]:
        """One for each kind, e.g. "Late visits: 3"."""
        kinds: dict[str, int] = {}
        for alert in self.alerts:
            kinds[alert.get_kind_display()] = kinds.get(alert.get_kind_display(), 0) + 1
        return [kind if number == 1 else f"{kind}: {number}" for kind, number in kinds.items()]

    @property
    def name(self) -> str:
        return self.standing.staff.display_name

    @property
    def order(self) -> tuple:
        return (self.is_over, not self.alerts, -self.delay.total_seconds(), self.name)

    @property
    def is_silent(self) -> bool:
        """Whether nothing can be known of them: they have no account to record anything with."""
        return self.standing.staff.user_id is None and not self.standing.state.has_begun

    @property
    def where(self) -> str:
        state = self.standing.state
        if self.is_over:
            return f"Finished at {clock(state.finished_at)}"
        if self.here is not None:
            since = clock(self.standing.records[self.here.visit_id].arrived_at)
            return f"At {self.here.visit.reference} since {since}"
        if state.set_off_at is None:
            return f"Not set off, planned {clock(state.departs_at)}"
        return f"On the way since {clock(state.free_at)}"

    @property
    def next_text(self) -> str:
        if self.is_over:
            return ""
        return f"{self.next.visit.reference}, planned {clock(self.next.starts_at)}" if self.next else "Back to base"

    @property
    def expected_text(self) -> str:
        return "" if self.is_over else clock(self.expected)

    @property
    def delay_text(self) -> str:
        if self.is_over:
            return ""
        if abs(self.delay) < SAID:
            return "on time"
        minutes = duration(int(abs(self.delay).total_seconds()))
        return f"{minutes} {'late' if self.delay > timedelta() else 'early'}"

    @property
    def is_late(self) -> bool:
        return not self.is_over and self.delay >= SAID

    @property
    def progress(self) -> str:
        settled = sum(bool(record.outcome) for record in self.standing.records.values())
        return f"{settled} of {len(self.standing.visit_stops)}"

    @property
    def heard(self) -> str:
        heard = self.standing.state.heard_at
        return clock(heard) if heard else "not yet"


class ActualPage:
    """Everything the day's page shows. `may_note`: whether the reader looks after alerts."""

    def __init__(self, plan, *, now: datetime, may_note=False):
        self.plan, self.now, self.may_note = plan, now, may_note
        self.tag = state_tag(plan)
        self.as_of = clock(now)

    @property
    def is_live(self) -> bool:
        """Whether people are at work on it now: then the page keeps itself up to date."""
        return self.plan.state in PlanState.running() and self.plan.day == self.now.astimezone(LONDON).date()

    @cached_property
    def rounds(self) -> list[RecordedRound]:
        return recorded_rounds(self.plan)

    @cached_property
    def alerts(self) -> list[RoundAlert]:
        """Open ones, those that nobody looks after first."""
        found = self.plan.alerts.filter(cleared_at__isnull=True).select_related("staff", "visit", "seen_by")
        return sorted(found, key=lambda alert: (alert.seen_at is not None, alert.raised_at))

    @property
    def alert_groups(self) -> list[dict]:
        """Alerts of one kind about one person together: who looks after one of them looks after all."""
        groups: dict = {}
        for alert in self.alerts:
            groups.setdefault((alert.seen_at is not None, alert.staff_id, alert.kind), []).append(alert)
        rows = {row.standing.staff.pk: row for row in self.live} if self.is_live else {}
        return [_alert_group(alerts, rows.get(alerts[0].staff_id)) for alerts in groups.values()]

    @cached_property
    def live(self) -> list[LiveRow]:
        """The latest first, those who are home last. Without those who can record nothing."""
        rows = [
            LiveRow(standing, self.now, [alert for alert in self.alerts if alert.staff_id == standing.staff.pk])
            for standing in self.rounds
        ]
        return sorted((row for row in rows if not row.is_silent), key=lambda row: row.order)

    @property
    def silent(self) -> str:
        """Of whom nothing is known; blank where everybody has an account."""
        number = len(self.rounds) - len(self.live)
        have = "has" if number == 1 else "have"
        return (
            f"{counted(number, 'person', 'people')} {have} no account, so nothing about them is known."
            if number
            else ""
        )

    @cached_property
    def people(self) -> list[dict]:
        return [_person(standing, visit_actuals(standing)) for standing in self.rounds]

    @cached_property
    def visits(self) -> list:
        return one_per_visit([row for person in self.people for row in person["rows"]])

    @cached_property
    def totals(self) -> Totals:
        return totals(self.visits)

    @property
    def kpis(self) -> list[dict]:
        found = self.totals
        driven = [row for person in self.people for row in person["rows"] if row.drive_minutes is not None]
        actual = sum(row.drive_minutes for row in driven)
        planned = sum(row.stop.travel_seconds for row in driven) / 60
        return [
            _kpi("Visits done", f"{found.done} of {found.visits}", f"{found.visits - found.settled} still open"),
            _kpi("Started on time", _share(found.in_time, found.started), f"of {found.started} begun"),
            _kpi("No access", _share(found.no_access, found.settled), f"{found.no_access} of {found.settled} settled"),
            _kpi("Time at visits", self._median_overrun, "median against the plan"),
            _kpi(
                "Driving",
                duration(int(actual * 60)) if driven else "–",
                f"planned {duration(int(planned * 60))} for the same drives" if driven else "no drive recorded yet",
            ),
        ]

    @property
    def _median_overrun(self) -> str:
        found = sorted(row.overrun for row in self.visits if row.overrun is not None)
        if not found:
            return "–"
        return _signed(found[len(found) // 2])

    @property
    def overruns(self) -> list[dict]:
        counts = overruns(self.visits)
        total = sum(number for _, number in counts)
        return [
            {"label": words, "share": number / total if total else None, "text": counted(number, "visit")}
            for words, number in counts
        ]

    @property
    def has_overruns(self) -> bool:
        return any(row.overrun is not None for row in self.visits)

    @cached_property
    def groups(self) -> list[dict]:
        """Two tables: by tier and by IMD fifth. `hides`: whether a row of them is not shown."""
        tiers, fifths = grouped_totals(self.visits)
        return [
            {
                "title": "By tier",
                "hides": any(found.hidden for found in tiers.values()),
                "rows": [_group(f"Tier {number}: {TIER_NOTES[number]}", tiers[number]) for number in tiers],
            },
            {
                "title": "By deprivation fifth",
                "hides": any(found.hidden for found in fifths.values()),
                "rows": [
                    _group(FIFTHS.get(str(number), "not known"), found)
                    for number, found in sorted(fifths.items(), key=lambda item: item[0] or 9)
                    if number or found.visits or found.hidden
                ],
            },
        ]

    def csv_rows(self):
        """Plain values, in the order of CSV_HEADING."""
        yield CSV_HEADING
        for person in self.people:
            for row in person["rows"]:
                yield (
                    *(person["name"], row.number, row.visit.reference, row.visit.tier, row.visit.imd_decile),
                    *(_moment(row.stop.starts_at), _moment(row.arrived_at), _rounded(row.later_by)),
                    {None: "", True: "yes", False: "no"}[row.was_in_time],
                    *(_rounded(row.planned_minutes), _rounded(row.minutes)),
                    *(_rounded(row.stop.travel_seconds / 60), _rounded(row.drive_minutes), row.outcome),
                )


def _alert_group(alerts, row: LiveRow | None) -> dict:
    first = alerts[0]
    visits = [_late_visit(alert, row) for alert in alerts if alert.visit]
    is_late = first.kind == RoundAlert.Kind.LATE_VISIT
    return {
        "id": first.pk,
        "title": f"{first.get_kind_display()}{'s' if len(visits) > 1 else ''}: {first.staff.display_name}",
        "visits": ", ".join(visits),
        "since": clock(min(alert.raised_at for alert in alerts)),
        "seen_by": (first.seen_by.get_full_name() if first.seen_by else "somebody") if first.seen_at else "",
        "seen_at": clock(first.seen_at) if first.seen_at else "",
        "report_query": row.report_query if row and is_late else "",
        "late_minutes": row.late_minutes if row else 0,
    }


def _late_visit(alert, row) -> str:
    """With when it is expected, as long as somebody is on the way."""
    expected = row.foreseen.of(alert.visit_id) if row else None
    return alert.visit.reference + (f" (expected {clock(expected.starts_at)})" if expected else "")


def _person(standing, rows) -> dict:
    state, done = standing.state, [row for row in rows if row.minutes is not None]
    driven = [row for row in rows if row.drive_minutes is not None]
    return {
        "name": standing.staff.display_name,
        "rows": rows,
        "planned": f"{clock(state.departs_at)} to {clock(state.returns_at)}",
        "actual": _span(state),
        "settled": f"{sum(bool(row.outcome) for row in rows)} of {len(rows)}",
        "minutes": f"{sum(row.minutes for row in done):.0f} of {sum(row.planned_minutes for row in done):.0f} min"
        if done
        else "–",
        "drive": f"{sum(row.drive_minutes for row in driven):.0f} of "
        f"{sum(row.stop.travel_seconds for row in driven) / 60:.0f} min"
        if driven
        else "–",
        "lines": [_line(row) for row in rows],
    }


def _line(row) -> dict:
    return {
        "number": row.number,
        "reference": row.visit.reference,
        "tier": row.visit.tier,
        "planned": clock(row.stop.starts_at),
        "actual": clock(row.arrived_at) if row.arrived_at else "–",
        "later": "" if row.later_by is None else _signed(row.later_by),
        "is_late": row.was_in_time is False,
        "minutes": "–" if row.minutes is None else f"{row.minutes:.0f}",
        "planned_minutes": f"{row.planned_minutes:.0f}",
        "drive": "–" if row.drive_minutes is None else f"{row.drive_minutes:.0f}",
        "planned_drive": f"{row.stop.travel_seconds / 60:.0f}",
        "outcome": OUTCOMES.get(row.outcome, "There" if row.arrived_at else "Open"),
        "css": OUTCOME_CSS.get(row.outcome, ""),
    }


def _span(state) -> str:
    if state.set_off_at is None:
        return "not set off"
    begun = clock(state.set_off_at)
    return f"{begun} to {clock(state.finished_at)}" if state.finished_at else f"since {begun}"


def _group(label, found: Totals) -> dict:
    if found.hidden:
        return {"label": label, "visits": "not shown", "done": "", "no_access": "", "in_time": ""}
    return {
        "label": label,
        "visits": str(found.visits),
        "done": str(found.done),
        "no_access": str(found.no_access),
        "in_time": _share(found.in_time, found.started),
    }


def _kpi(label, value, note) -> dict:
    return {"label": label, "value": value, "note": note}


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "–"


def _signed(minutes: float) -> str:
    """E.g. +5 min."""
    return f"{signed(minutes)} min"


def _rounded(minutes: float | None):
    return "" if minutes is None else round(minutes)


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(LONDON).isoformat(timespec="minutes")

"""Words of demand and capacity: weeks, hours, states, reasons, moves."""

from datetime import date, timedelta

from insights.demand.estimates import Estimate
from insights.demand.moves import HOUR, Kind, Move
from insights.demand.repeats import Share
from insights.demand.weeks import Drive, Reason, State, WeekResult

# Mark, words and colour; the words alone are enough.
STATES = {
    State.SHORT: ("▼", "Short", "her-tag--bad"),
    State.LIKELY_SHORT: ("▽", "Likely short", "her-tag--warning"),
    State.TIGHT: ("◆", "Tight", "her-tag--info"),
    State.ROOM: ("✓", "Room", "her-tag--good"),
    State.NO_ROTA: ("?", "No rota", "her-tag--plain"),
}
STATE_HELP = (
    (State.SHORT, "the hours on the rota are fewer than the least that is to be expected"),
    (State.LIKELY_SHORT, "they are fewer than what is expected"),
    (State.TIGHT, "they suffice for what is expected, but not for the most that is to be expected"),
    (State.ROOM, "they suffice for that, too"),
    (State.NO_ROTA, "no shifts are entered for the week, or they end within it; nothing is said then"),
)
REASONS = {
    Reason.ABSENCE: "{away} h of shifts are lost to absences.",
    Reason.BANK_HOLIDAY: "The week has a bank holiday.",
    Reason.ROTA_ENDS: "The rota ends within the week.",
    Reason.VISIT_LIMIT: "People reach their visits a day before their hours are used.",
    Reason.NO_HISTORY: "No whole week of past requests is known: only visits that are due or booked are counted.",
    Reason.SHORT_HISTORY: "Fewer than four past weeks are known: the range says little yet.",
    Reason.NO_SHARE: "How many visits find nobody is not known, or too few to be told: no repeats are counted.",
    Reason.DRIVE_ASSUMED: "No approved plan says how long people drive: {drive} minutes for each visit are assumed.",
}
# What is the same in every week of a team stands once.
OF_THE_TEAM = (Reason.NO_HISTORY, Reason.SHORT_HISTORY, Reason.NO_SHARE, Reason.DRIVE_ASSUMED)


def state_name(state: State) -> str:
    return STATES[state][1]


def hours(minutes: float) -> int:
    """Whole hours: more than that an estimate of a week does not know."""
    return round(minutes / HOUR)


def hours_text(minutes: float) -> str:
    number = hours(minutes)
    return f"{number:,} hour" if number == 1 else f"{number:,} hours"


def range_text(estimate: Estimate) -> str:
    """In whole hours, e.g. 104 to 131; one figure where both are the same."""
    low, high = hours(estimate.low), hours(estimate.high)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def week_text(monday: date) -> str:
    return f"{monday:%-d %B}"


def span_text(monday: date) -> str:
    return f"{monday:%-d %B} to {monday + timedelta(days=6):%-d %B %Y}"


def gap_text(week: WeekResult) -> str:
    """E.g. 12 hours short, 14 hours to spare."""
    if week.staffed is None:
        return "The rota ends in this week" if Reason.ROTA_ENDS in week.reasons else "No rota yet"
    if week.short:
        return f"{hours_text(week.short)} short" if hours(week.short) else "Less than an hour short"
    if week.state == State.ROOM:
        return f"{hours_text(week.room)} to spare" if hours(week.room) else "Just enough"
    return "Enough if no more comes than expected"


def balance_text(week: WeekResult) -> str:
    """What a week with a rota asks for, beside what it has."""
    return (
        f"{hours_text(week.asked.mean)} are asked for (in 8 of 10 cases {range_text(week.asked)}), "
        f"{hours_text(week.staffed)} are on the rota."
    )


def reason_texts(week: WeekResult, drive: Drive, *, of_team: bool = False) -> list[str]:
    """Of the week itself, or (`of_team`) those that hold for all weeks of the team."""
    return [
        REASONS[reason].format(away=hours(week.capacity.minutes_away), drive=round(drive.minutes))
        for reason in week.reasons
        if (reason in OF_THE_TEAM) == of_team
    ]


def drive_text(drive: Drive) -> str:
    whose = {
        "planned": "as in the team's own approved plans of the last twelve weeks and those ahead",
        "organisation": "as in approved plans of the organisation's other teams, since this one has none",
        "assumed": "assumed, since the organisation has no approved plan",
    }
    return f"{drive.minutes:.0f} minutes on the way for each visit, ways back included: {whose[drive.source]}."


def share_text(share: Share | None) -> str:
    if share is None:
        return "Not known, or too few to be told. No repeats are counted."
    whose = "the team's" if share.of == "team" else "all teams'"
    return (
        f"{share.value:.0%} (in 8 of 10 cases {share.low:.0%} to {share.high:.0%}), from {whose} records of about "
        f"{share.visits:,} visits. Each is made again until somebody opens."
    )


def move_text(move: Move, names: dict[str, str]) -> str:
    """E.g. Move 6 hours from Moss Side, which has 14 to spare, in the week of 7 December."""
    if move.kind == Kind.BORROW:
        return (
            f"Move {hours_text(move.hours * HOUR)} from {names[move.other]}, which has {hours(move.room * HOUR):,} to "
            f"spare, to {names[move.team]} in the week of {week_text(move.monday)}."
        )
    when = "later" if move.to > move.monday else "earlier"
    room = hours_text(move.room * HOUR)
    return (
        f"{names[move.team]}: make visits of {hours_text(move.hours * HOUR)} {when}, in the week of "
        f"{week_text(move.to)} instead of {week_text(move.monday)}; that week has {room} to spare."
    )


def remains_text(move: Move, names: dict[str, str]) -> str:
    """What both have left."""
    left = hours_text(move.left_short * HOUR)
    here = f"still {left} short" if hours(move.left_short * HOUR) else "no longer short"
    there = names[move.other] if move.kind == Kind.BORROW else f"the week of {week_text(move.to)}"
    keeps = hours_text(move.left_room * HOUR) if hours(move.left_room * HOUR) else "nothing"
    return f"Then {names[move.team]} is {here}, and {there} keeps {keeps} to spare."

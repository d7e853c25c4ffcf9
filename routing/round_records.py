"""What a person's events say: of one visit, and of the whole round. Pure; events are RoundEvent rows or alike
(`kind`, `happened_at`, `note`) and are read in the order in which they happened, not in which they arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ARRIVED, DONE, NO_ACCESS, NOTE, REOPENED = "arrived", "done", "no_access", "note", "reopened"
SET_OFF, FINISHED = "set_off", "finished"
OUTCOMES = (DONE, NO_ACCESS)
# What somebody does who is still on the way: after it, a round that was finished is not.
ON_THE_WAY = (SET_OFF, ARRIVED, DONE, NO_ACCESS, REOPENED)


@dataclass(frozen=True, slots=True)
class Told:
    """Of one visit. `outcome`: "done", "no_access" or blank; `note`: the notes, one below the other."""

    arrived_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str = ""
    note: str = ""


def told_of_visit(events: Iterable, most_of_a_note: int = 500) -> Told:
    """The last outcome holds, unless the visit was reopened since. The first arrival is the start of the visit."""
    arrived, finished, outcome, notes = None, None, "", []
    for event in sorted(events, key=lambda event: event.happened_at):
        if event.kind == ARRIVED:
            # One that was recorded after the end says nothing about when the visit began.
            arrived = arrived or (None if outcome else event.happened_at)
        elif event.kind == REOPENED:
            finished, outcome = None, ""
        elif event.kind in OUTCOMES:
            finished, outcome = event.happened_at, event.kind
        if event.note:
            notes.append(event.note)
    return Told(arrived, finished, outcome, "\n".join(notes)[:most_of_a_note])


@dataclass(frozen=True, slots=True)
class RoundTold:
    """Of a whole round. `heard_at`: the newest sign of life; None: not a word yet."""

    set_off_at: datetime | None = None
    finished_at: datetime | None = None
    heard_at: datetime | None = None


def told_of_round(events: Iterable) -> RoundTold:
    """Set off: the first time, or the first thing that was recorded where that was forgotten. Finished: when nothing
    was done on the way since.
    """
    events = sorted(events, key=lambda event: event.happened_at)
    moves = [event for event in events if event.kind in ON_THE_WAY]
    ends = [event for event in events if event.kind == FINISHED]
    if not events:
        return RoundTold()
    last_move = moves[-1].happened_at if moves else None
    is_over = ends and (last_move is None or ends[-1].happened_at >= last_move)
    return RoundTold(
        set_off_at=moves[0].happened_at if moves else None,
        finished_at=ends[-1].happened_at if is_over else None,
        heard_at=events[-1].happened_at,
    )

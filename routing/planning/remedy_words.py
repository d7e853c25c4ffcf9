"""Remedies in words. The only place where they are worded: pages hand in names, files are read with references."""

from .problem import Problem
from .solution import Remedy

MINUTE = 60


def change_in_words(problem: Problem, remedy: Remedy) -> str:
    """The change as files and logs say it, with references for names."""
    return in_words(remedy, clock=clock)


def in_words(remedy: Remedy, *, name=str, skill=str, clock, assumed="") -> str:
    """The change in a few words. `name`: of a staff reference, `skill`: of a skill code, `clock`: of seconds into the
    day; `assumed`: where one more person begins and how they travel.
    """
    words = _WORDS[remedy.kind](remedy, name, skill, clock)
    return f"{words}{_assumed(remedy, name, assumed)}" if remedy.kind in ("extra", "second") else words


def clock(seconds) -> str:
    """A time of day such as 09:30 where the number can be one, else the number."""
    if not 0 <= seconds <= 48 * 3600:
        return str(seconds)
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def length(seconds) -> str:
    """Whole minutes, never fewer than needed; seconds below one minute."""
    return f"{seconds} s" if seconds < MINUTE else f"{-(-seconds // MINUTE):,} min"


def listed(words) -> str:
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _later(seconds, clock):
    """A bound that must not be told too early."""
    return clock(-(-seconds // MINUTE) * MINUTE if 0 <= seconds <= 48 * 3600 else seconds)


def _with(remedy, skill):
    return f" with {listed(skill(code) for code in remedy.skills)}" if remedy.skills else ""


def _by(remedy, name):
    return f", for {listed(name(staff) for staff, _ in remedy.places)}"


def _add(remedy, name, skill, clock):
    days = [f"{name(staff)}'s day" for staff, _ in remedy.places]
    return f"Add it to {listed(days)}"


def _shift_end(remedy, name, skill, clock):
    return f"+{length(remedy.amount)} on {name(remedy.staff)}'s shift (to {_later(remedy.bound, clock)})"


def _shift_start(remedy, name, skill, clock):
    return f"{name(remedy.staff)} starts {length(remedy.amount)} earlier (at {clock(remedy.bound)})"


def _window_end(remedy, name, skill, clock):
    return f"Window to {_later(remedy.bound, clock)} (+{length(remedy.amount)}){_by(remedy, name)}"


def _window_start(remedy, name, skill, clock):
    return f"Window from {clock(remedy.bound)} ({length(remedy.amount)} earlier){_by(remedy, name)}"


def _pin_start(remedy, name, skill, clock):
    return f"Fixed time moved to {clock(remedy.bound)}{_by(remedy, name)}"


def _pin_staff(remedy, name, skill, clock):
    return f"Let {name(remedy.staff)} do it instead of the person it is fixed to"


def _skill(remedy, name, skill, clock):
    return f"{name(remedy.staff)} needs {listed(skill(code) for code in remedy.skills)}"


def _allow(remedy, name, skill, clock):
    return f"Allow {name(remedy.staff)} (excluded now)"


def _max_visits(remedy, name, skill, clock):
    return f"{_number(remedy.amount)} more for {name(remedy.staff)}"


def _number(visits):
    return "One visit" if visits == 1 else f"{visits} visits"


def _capacity(remedy, name, skill, clock):
    return f"Room for {remedy.amount:,} more with {name(remedy.staff)}"


def _max_drive(remedy, name, skill, clock):
    return f"+{length(remedy.amount)} driving for {name(remedy.staff)}"


def _max_duration(remedy, name, skill, clock):
    return f"+{length(remedy.amount)} on the longest day allowed for {name(remedy.staff)}"


def _gap(remedy, name, skill, clock):
    return f"Gap to {remedy.other} relaxed by {length(remedy.amount)}{_by(remedy, name)}"


def _move(remedy, name, skill, clock):
    return f"Move {listed(remedy.moved)} to another day"


def _second(remedy, name, skill, clock):
    first, last = remedy.shift
    return f"A second person{_with(remedy, skill)} beside {name(remedy.staff)}, {clock(first)} to {_later(last, clock)}"


def _assumed(remedy, name, assumed):
    """What is taken for granted about somebody who is not there yet."""
    if remedy.kind == "second":
        return " at the door; their way there is not counted"
    if assumed:
        return f", {assumed}"
    return f", from where {name(remedy.staff)} begins and as most travel" if remedy.staff else ""


def _extra(remedy, name, skill, clock):
    first, last = remedy.shift
    return f"One more person{_with(remedy, skill)}, {clock(first)} to {_later(last, clock)}"


_WORDS = {
    "add": _add,
    "shift_end": _shift_end,
    "shift_start": _shift_start,
    "window_end": _window_end,
    "window_start": _window_start,
    "pin_start": _pin_start,
    "pin_staff": _pin_staff,
    "skill": _skill,
    "allow": _allow,
    "max_visits": _max_visits,
    "capacity": _capacity,
    "max_drive": _max_drive,
    "max_duration": _max_duration,
    "gap": _gap,
    "move": _move,
    "second": _second,
    "extra": _extra,
}

"""Words of outlooks and their models, in plain English."""

from dataclasses import dataclass
from datetime import date
from math import floor, inf, log10

from insights.months import month_after
from lsoa.written_numbers import decimal, signed_percent

# Figures that are estimates are told to so many digits.
DIGITS = 3
# Half the range that holds in 8 of 10 cases, as a share of what is expected.
SURE, FAIRLY, UNSURE = 0.05, 0.1, 0.2

# One and several of each of `insights.places.KINDS`.
KINDS = {
    "icb": ("ICB", "ICBs"),
    "trust": ("trust", "trusts"),
    "provider": ("provider", "providers"),
    "commissioner": ("commissioner", "commissioners"),
    "region": ("region", "regions"),
    "country": ("country", "countries"),
}

FLAGS = {
    "short_history": (
        "Short history",
        "Few years were published. What the seasons do is then learnt from similar places more than from this one.",
    ),
    "level_shift": (
        "The level has shifted",
        "The figures moved to another level at once, as when a department opens, closes or counts in another way. "
        "If that does not last, this outlook is off by as much.",
    ),
    "gaps": (
        "Months are missing",
        "Some months were not published. They are left out, not counted as nought.",
    ),
    "outside_training": (
        "Outside what was seen before",
        "The last figures are higher or lower than any that the model learnt from. Its ranges may be too narrow here.",
    ),
    "rounded_small": (
        "Small numbers",
        "The figures are small or rounded, so that a few more or less are a large change in per cent.",
    ),
}


@dataclass(frozen=True)
class Sureness:
    label: str
    css: str


def half_range(expected: float, low: float, high: float) -> float:
    """Half the range that holds in 8 of 10 cases, as a share of what is expected; infinite where that is nothing."""
    return (high - low) / 2 / expected if expected > 0 else inf


def sureness(expected: float, low: float, high: float) -> Sureness:
    """By how wide the range is that holds in 8 of 10 cases."""
    half = half_range(expected, low, high)
    if half == inf:
        return Sureness("Very unsure", "her-tag--bad")
    about = f"±{decimal(100 * half)}%" if half >= 0.01 else "±1%"
    if half <= SURE:
        return Sureness(f"Sure, {about}", "her-tag--good")
    if half <= FAIRLY:
        return Sureness(f"Fairly sure, {about}", "her-tag--good")
    if half <= UNSURE:
        return Sureness(f"Unsure, {about}", "her-tag--warning")
    return Sureness(f"Very unsure, {about}", "her-tag--bad")


def estimate(value: float | None, *, without: str = "no figure") -> str:
    """An estimated number to three digits, whole: "41,200", "873", "9"."""
    if value is None:
        return without
    if value <= 0:
        return "0"
    step = 10 ** max(0, floor(log10(value)) - DIGITS + 1)
    return decimal(round(value / step) * step)


def between(low: float | None, high: float | None) -> str:
    """ "39,800 to 42,700"; "" where one is not known."""
    return "" if low is None or high is None else f"{estimate(max(0.0, low))} to {estimate(high)}"


def in_8_of_10(low: float, high: float) -> str:
    """A sentence about one estimate, without its full stop."""
    return f"In 8 of 10 cases it will be between {estimate(max(0, low))} and {estimate(high)}"


def change(share: float | None) -> str:
    """ "+3.1%", "no figure"; from half as much on without decimals, which would pretend."""
    return signed_percent(share, 0 if share is not None and abs(share) >= 0.5 else 1)


def change_in_words(share: float) -> str:
    """ "3.1% more than in", "2% less than in", "as many as in"."""
    text = change(abs(share)).lstrip("+")
    if text in ("0", "0%"):
        return "about as many as in"
    return f"{text} {'more' if share > 0 else 'less'} than in"


def month_name(month: date) -> str:
    return f"{month:%B %Y}"


def months_between(first: date, last: date) -> str:
    """ "July to December 2026", "October 2026 to March 2027"."""
    start = f"{first:%B}" if first.year == last.year else month_name(first)
    return f"{start} to {month_name(last)}"


def months_in_short(first: date, last: date) -> str:
    """ "Jul to Dec 2026", "Oct 2026 to Mar 2027"."""
    start = f"{first:%b}" if first.year == last.year else f"{first:%b %Y}"
    return f"{start} to {last:%b %Y}"


def ahead(origin: date, horizon: int) -> str:
    """The months that are looked ahead to, in words."""
    return months_between(month_after(origin), month_after(origin, horizon))


def measure_name(series) -> str:
    """ "A&E attendances, type 1: major A&E"."""
    if not series.breakdown:
        return series.name
    return f"{series.name}, {in_sentence(series.breakdown)}"


def in_sentence(text: str) -> str:
    """Without the capital that a name begins with; "A&E" and "GP" keep theirs."""
    return text if len(text) < 2 or not text[1].islower() else f"{text[0].lower()}{text[1:]}"


def place_name(name: str) -> str:
    """ "NHS Lincolnshire ICB": names of boards are long."""
    return name.replace("Integrated Care Board", "ICB").strip()


def kind_plural(kind: str) -> str:
    return KINDS.get(kind, (kind, f"{kind}s"))[1]


def flag_names(codes) -> str:
    """ "Months are missing, the level has shifted"."""
    names = [FLAGS[code][0] if code in FLAGS else code.replace("_", " ") for code in codes]
    return ", ".join(names[:1] + [in_sentence(name) for name in names[1:]])

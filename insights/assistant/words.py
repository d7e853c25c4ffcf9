"""Words that are bound to figures: one threshold for each, so that the same figures are always told alike."""

from lsoa.written_numbers import percentage

# Less than this share of a figure is no difference.
ALIKE = 0.02
FAR_BELOW, FAR_ABOVE = 10, 90
BELOW, ABOVE = 40, 60


def inside(label: str) -> str:
    """A label inside a sentence: without its first capital, unless it is a name or an abbreviation."""
    first = label.split(" ")[0]
    return label if first[1:2].isupper() or first in ("Index", "English") else label[:1].lower() + label[1:]


def quoted(label: str) -> str:
    """The name of a figure as a name: it may begin with any word."""
    return f"“{label}”"


def joined(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def direction(before: float, after: float) -> str:
    """ "rose", "fell" or "stayed about the same": by less than ALIKE of the figure before is the same."""
    if abs(after - before) <= ALIKE * max(abs(before), 1e-9):
        return "stayed about the same"
    return "rose" if after > before else "fell"


def rounded(value: float) -> float:
    """An estimate with three digits that matter."""
    return float(f"{value:.3g}")


def standing(share_below: float) -> str:
    """Where a figure stands among all areas, by the percentage of areas that lie below it."""
    if share_below >= FAR_ABOVE:
        return "far above most areas"
    if share_below >= ABOVE:
        return "above most areas"
    if share_below <= FAR_BELOW:
        return "far below most areas"
    return "below most areas" if share_below <= BELOW else "near the middle of all areas"


def share_of(part: int, whole: int) -> str:
    return percentage(100 * part / whole, 0 if part * 20 >= whole else 1)


def day(value) -> str:
    return f"{value.day} {value:%B %Y}"

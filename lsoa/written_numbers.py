"""Percentages, differences and negative numbers as people read them: one way to write them on every page and paper.

Files and answers for programs write numbers of their own, in ASCII.
"""

MINUS = "\N{MINUS SIGN}"
NO_FIGURE = "no figure"


def decimal(value: float | None, decimals: int = 0, *, without: str = NO_FIGURE) -> str:
    """ "1,234.5", "−3"; no minus before a nought. `without`: what stands for no figure."""
    if value is None:
        return without
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and _is_something(text) else text


def signed(value: float | None, decimals: int = 0, *, without: str = NO_FIGURE) -> str:
    """A change: "+12", "−3", "0"."""
    if value is None:
        return without
    text = f"{abs(value):,.{decimals}f}"
    if not _is_something(text):
        return "0"
    return f"{'+' if value > 0 else MINUS}{text}"


def percentage(value: float | None, decimals: int = 0, *, without: str = NO_FIGURE) -> str:
    """Of a value in per cent: "12%", "12.3%". None at all is "0%" whatever the decimals, and what is too small to show
    is "under 1%" or "under 0.1%" rather than a nought that stands for something.
    """
    if value is None:
        return without
    text = decimal(value, decimals)
    if _is_something(text):
        return f"{text}%"
    return f"under {10**-decimals:.{decimals}f}%" if value > 0 else "0%"


def percent(share: float | None, decimals: int = 0, *, without: str = NO_FIGURE) -> str:
    """`percentage` of a share between 0 and 1."""
    return without if share is None else percentage(100 * share, decimals)


def signed_percent(share: float | None, decimals: int = 0, *, without: str = NO_FIGURE) -> str:
    """A relative change: "+9.1%", "−9.1%", "0%"."""
    return without if share is None else f"{signed(100 * share, decimals)}%"


def _is_something(digits: str) -> bool:
    return bool(digits.strip("0.,"))

"""How counts under the rule are put into words, for every presenter."""

from .published import Count
from .rule import RULE


def about(count: Count, one: str, many: str = "") -> str:
    """E.g. "no visits", "about 25 visits", "some visits (number not shown)"."""
    many = many or f"{one}s"
    if count.is_hidden:
        return f"some {many} (number not shown)"
    return f"about {count} {many}" if count.shown else f"no {many}"


def small_number_words(many: str) -> str:
    """The rule in two sentences, for the foot of a page."""
    return (
        f"Numbers of 1 to {RULE.most_hidden} {many}, what would give them away, and shares made of them are not shown. "
        f"Other numbers are rounded to the nearest {RULE.base}."
    )

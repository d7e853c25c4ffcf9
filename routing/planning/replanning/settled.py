"""What settled visits ask of open ones: a link to a visit whose time and people stand is a rule of the other end."""

from dataclasses import replace

from routing.planning.problem import Link, Visit

EARLIEST, LATEST = -(1 << 40), 1 << 40


def bound_by(visit: Visit, links: list[Link], settled: dict[str, dict[str, int]]) -> Visit:
    """The open visit with the links to settled visits (starts by staff id, by visit id) turned into windows, staff and
    whether it is required.
    """
    opens, closes = EARLIEST, LATEST
    for link in links:
        is_second = link.second == visit.id
        other = settled[link.first if is_second else link.second]
        first, last = min(other.values()), max(other.values())
        if is_second:
            opens = max(opens, EARLIEST if link.min_gap is None else last + link.min_gap)
            closes = min(closes, LATEST if link.max_gap is None else first + link.max_gap)
        else:
            opens = max(opens, EARLIEST if link.max_gap is None else last - link.max_gap)
            closes = min(closes, LATEST if link.min_gap is None else first - link.min_gap)
        visit = _with_staff(visit, link, frozenset(other))
    return narrowed(visit, opens, closes)


def _with_staff(visit, link, others):
    if link.same_staff:
        visit = replace(visit, only_staff=others if visit.only_staff is None else visit.only_staff & others)
    if link.different_staff:
        visit = replace(visit, not_staff=visit.not_staff | others)
    if link.together:
        visit = replace(visit, required=True)
    return visit


def narrowed(visit: Visit, opens: int, closes: int) -> Visit:
    """The visit with starts from `opens` to `closes` only; nobody may do it where none of its starts are left.

    Lateness counts from the window's own end, except where the visit has to start after it: then from there.
    """
    if (opens, closes) == (EARLIEST, LATEST):
        return visit
    last = max(end for _, end in visit.start_windows)
    windows = [(max(start, opens), min(end, closes)) for start, end in visit.start_windows]
    windows = [(start, end) for start, end in windows if start <= end]
    late_max = visit.late_max
    if visit.late_cost is not None:
        latest = closes if late_max is None else min(closes, last + late_max)
        if not windows and last < opens <= latest:
            windows = [(opens, opens)]
        if windows:
            late_max = max(0, latest - max(end for _, end in windows))
    if not windows:
        return replace(visit, only_staff=frozenset())
    return replace(visit, windows=tuple(windows), window_at="start", late_max=late_max)

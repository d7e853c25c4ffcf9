"""Links that contradict each other, the windows of their visits or the people who can do them."""

from .problem import Problem
from .remedy_words import length, listed

MOST_FOUND = 20


def contradicting_links(problem: Problem, spans, hopeless):
    """Findings (prechecks.Finding) with code "link"."""
    links = [link for link in problem.links if not {link.first, link.second} & hopeless]
    return [
        *_people(problem, spans, links),
        *_times(problem, spans, links),
        *_left_behind(problem, hopeless),
    ]


def _people(problem, spans, links):
    from .prechecks import Finding

    for link in links:
        first, second = problem.visit_by_id[link.first], problem.visit_by_id[link.second]
        able = set(spans.by_person(first)), set(spans.by_person(second))
        both, names = f"{link.first} and {link.second}", (link.first, link.second)
        if link.same_staff and link.different_staff:
            detail = f"{both} are asked to be done by the same person and by different people."
            yield Finding("link", detail, names, ("Ask for one of the two only",), _lost(link))
        elif link.same_staff and not able[0] & able[1]:
            detail = f"{both} are asked to be done by the same person, and nobody can do both."
            yield Finding("link", detail, names, ("Let different people do them",), _lost(link))
        elif link.different_staff and len(able[0] | able[1]) < first.staff_required + second.staff_required:
            detail = f"{both} are asked to be done by different people, and there are too few who can."
            yield Finding("link", detail, names, ("Let the same person do them", "One more person able"), _lost(link))


def _lost(link):
    return 2 if link.together else 1


def _times(problem, spans, links):
    """Chains of gaps and windows that no starts satisfy: negative cycles among differences of starts (Bellman-Ford)."""
    from .prechecks import Finding

    links = [link for link in links if link.min_gap is not None or link.max_gap is not None]
    together = {frozenset((link.first, link.second)) for link in problem.links if link.together}
    for _ in range(MOST_FOUND):
        arcs = _arcs(problem, spans, links)
        cycle = _negative_cycle(arcs)
        if cycle is None:
            return
        names = sorted({end for arc in cycle for end in arc[:2] if end is not None})
        short = -sum(arc[2] for arc in cycle)
        asked = [arc[3] for arc in cycle if arc[3] is not None]
        windows = " and their time windows" if any(arc[3] is None for arc in cycle) else ""
        detail = (
            f"{listed(names)} cannot all be planned: what is asked for between them{windows} cannot be kept, by "
            f"{length(short)}."
        )
        lost = 2 if frozenset(names) in together else 1
        remedies = [f"Relax the gap by {length(short)}"]
        if windows:
            remedies.append(f"Move a time window by {length(short)}")
        yield Finding("link", detail, tuple(names), tuple(remedies), lost)
        links = [link for link in links if link not in asked]


def _arcs(problem, spans, links):
    """(from, to, most, link): start of `to` is at most `most` after that of `from`; None stands for midnight."""
    arcs, seen = [], set()
    for link in links:
        if link.min_gap is not None:
            arcs.append((link.second, link.first, -link.min_gap, link))
        if link.max_gap is not None:
            arcs.append((link.first, link.second, link.max_gap, link))
        seen |= {link.first, link.second}
    for name in sorted(seen):
        span = spans.of(problem.visit_by_id[name])
        if span:
            arcs += [(None, name, span[1], None), (name, None, -span[0], None)]
    return arcs


def _negative_cycle(arcs):
    """Arcs of a cycle whose lengths sum to less than 0, or None."""
    nodes = {end for arc in arcs for end in arc[:2]}
    distance, came = dict.fromkeys(nodes, 0), {}
    last = None
    for _ in range(len(nodes) + 1):
        last = None
        for arc in arcs:
            if distance[arc[0]] + arc[2] < distance[arc[1]]:
                distance[arc[1]], came[arc[1]] = distance[arc[0]] + arc[2], arc
                last = arc
        if last is None:
            return None
    node = last[1]
    for _ in nodes:  # back far enough to be on the cycle
        node = came[node][0]
    cycle, begin = [], node
    while True:
        arc = came[node]
        cycle.append(arc)
        node = arc[0]
        if node == begin:
            return cycle


def _left_behind(problem, hopeless):
    """Visits that go together with one that nobody can do."""
    from .prechecks import Finding

    for link in problem.links:
        if link.together and (link.first in hopeless) != (link.second in hopeless):
            gone, other = (link.first, link.second) if link.first in hopeless else (link.second, link.first)
            detail = f"{other} goes together with {gone}, which nobody can do."
            yield Finding("link", detail, (other,), (f"Make {gone} possible", f"Plan {other} on its own"))

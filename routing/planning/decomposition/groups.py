"""What may not be separated: visits that links bind, and the people that only one part can have."""

from dataclasses import dataclass

from routing.planning.problem import Problem


@dataclass(frozen=True)
class Group:
    """Indexes of visits that go into one part, and of staff who go with them."""

    visits: tuple[int, ...]
    staff: tuple[int, ...] = ()


def bound_groups(problem: Problem) -> list[Group]:
    """Every visit in exactly one group, in order of their first visits.

    Links bind visits. A pinned person, and each person of a list of only staff that is needed in full, is bound to the
    visits that need them.
    """
    visits = {visit.id: i for i, visit in enumerate(problem.visits)}
    people = {person.id: len(visits) + i for i, person in enumerate(problem.staff)}
    leaders = list(range(len(visits) + len(people)))

    def leader(node):
        while leaders[node] != node:
            leaders[node] = node = leaders[leaders[node]]
        return node

    def bind(a, b):
        first, second = sorted((leader(a), leader(b)))
        leaders[second] = first

    for link in problem.links:
        bind(visits[link.first], visits[link.second])
    for i, visit in enumerate(problem.visits):
        for name in needed_staff(visit):
            bind(i, people[name])
    members: dict[int, tuple[list, list]] = {}
    for node in range(len(leaders)):
        first = leader(node)
        if first < len(visits):  # a group without visits is a person who is free to go anywhere
            mine = members.setdefault(first, ([], []))
            (mine[0] if node < len(visits) else mine[1]).append(node if node < len(visits) else node - len(visits))
    return [Group(tuple(mine), tuple(staff)) for mine, staff in members.values()]


def needed_staff(visit) -> set[str]:
    """People without whom the visit cannot be served."""
    needed = set()
    if visit.pinned is not None and visit.pinned.staff is not None:
        needed.add(visit.pinned.staff)
    if visit.only_staff is not None and len(visit.only_staff - visit.not_staff) <= visit.staff_required:
        needed |= visit.only_staff - visit.not_staff
    return needed

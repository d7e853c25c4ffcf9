"""Whether links between the visits of a day can hold at all: found before anybody searches, and said in words.

Starts of visits and the gaps between them are a simple temporal network (Dechter, Meiri, Pearl 1991, Artificial
Intelligence 49:61): a distance graph whose nodes are visits and the day, in which a cycle of negative length means that
nothing can satisfy it. Links bind only where both ends are served, so that such a link would leave somebody out for
certain.
"""

from collections import defaultdict
from dataclasses import dataclass

from .civil_time import clock, seconds_into
from .models import Visit

# Whoever comes after another starts a moment later: a circle of visits each after the next cannot be.
MOMENT = 1
DAY = "day"  # the node of the clock


@dataclass(frozen=True)
class Tie:
    """A link as it is to be. Gaps are minutes from the start of `first` to that of `second`."""

    first: Visit
    second: Visit
    min_gap: int | None = None
    max_gap: int | None = None
    same_staff: bool = False
    different_staff: bool = False
    together: bool = False

    @classmethod
    def of(cls, link) -> "Tie":
        return cls(
            *(link.first, link.second, link.min_gap_minutes, link.max_gap_minutes),
            *(link.same_staff, link.different_staff, link.together),
        )

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """Seconds from start to start at least and at most. The same person is free for the second visit only when the
        first is over.
        """
        least = None if self.min_gap is None else self.min_gap * 60
        most = None if self.max_gap is None else self.max_gap * 60
        if least is not None and least >= 0 and (least, most) != (0, 0):
            least = max(least, MOMENT, self.first.minutes * 60 if self.same_staff else 0)
        if most is not None and most <= 0 and (least, most) != (0, 0):
            most = min(most, -MOMENT, -self.second.minutes * 60 if self.same_staff else 0)
        return least, most


def why_impossible(tie: Tie, others: list[Tie], people) -> str:
    """Why the link cannot be kept together with `others`, its neighbours of the day; blank where it can. `people`: of
    the team, with `skill_codes`.
    """
    return _why_on_other_days(tie) or _why_overlap(tie) or _why_times(tie, others) or _why_people(tie, others, people)


def _why_on_other_days(tie) -> str:
    first, second = tie.first, tie.second
    if first.day == second.day:
        return ""
    days = f"{first} is on {first.day:%A %-d %B} and {second} on {second.day:%A %-d %B}"
    return f"{days}: only visits of one day are linked."


def _window(visit) -> tuple[int, int] | None:
    if visit.window_start is None:
        return None
    opens, closes = (seconds_into(visit.day, moment) for moment in (visit.window_start, visit.window_end))
    return opens, closes + visit.late_minutes * 60


def _why_overlap(tie) -> str:
    """The same person at two visits: one of them has to be over before the other."""
    if not tie.same_staff:
        return ""
    least, most = tie.bounds
    lowest, highest = least, most
    windows = _window(tie.first), _window(tie.second)
    if None not in windows:
        (opens, closes), (second_opens, second_closes) = windows
        lowest = max(second_opens - closes, -(10**9) if least is None else least)
        highest = min(second_closes - opens, 10**9 if most is None else most)
    after, before = tie.first.minutes * 60, -tie.second.minutes * 60
    if (highest is None or highest >= after) or (lowest is None or lowest <= before):
        return ""
    return (
        f"The same person cannot be at both: {tie.first} takes {tie.first.minutes} minutes and {tie.second} "
        f"{tie.second.minutes}, and they would start less than that apart."
    )


def _why_times(tie, others) -> str:
    """Windows that cannot meet, and circles of visits that each come after the next."""
    edges: dict[tuple, int] = {}
    visits = {}

    def bound(a, b, seconds):
        edges[a, b] = min(seconds, edges.get((a, b), seconds))

    for each in [tie, *others]:
        least, most = each.bounds
        for visit in (each.first, each.second):
            visits[visit.pk] = visit
        if most is not None:
            bound(each.first.pk, each.second.pk, most)
        if least is not None:
            bound(each.second.pk, each.first.pk, -least)
    for visit in visits.values():
        window = _window(visit)
        if window:
            bound(DAY, visit.pk, window[1])
            bound(visit.pk, DAY, -window[0])
    circle = _negative_circle([*visits, DAY], edges)
    if not circle:
        return ""
    names = [str(visits[node]) for node in circle if node != DAY]
    if DAY in circle and len(names) <= 2:
        return _why_windows(tie)
    if DAY in circle:
        return f"The time windows of {_listed(names)} leave no room for the gaps between them."
    if len(names) == 2:
        return f"{names[0]} and {names[1]} would each have to come after the other."
    return f"The links between {_listed(names)} go round in a circle: each would have to come before itself."


def _why_windows(tie) -> str:
    told = [
        f"{visit} starts from {clock(visit.window_start)} to {clock(visit.window_end)}"
        + (f", {visit.late_minutes} min late at most" if visit.late_minutes else "")
        for visit in (tie.first, tie.second)
        if visit.window_start is not None
    ]
    return f"The time windows cannot meet the gap between them: {'; '.join(told)}."


def _negative_circle(nodes, edges) -> list:
    """Nodes of a circle of negative length (Bellman 1958, Ford 1956), none twice; empty where there is none."""
    distance, before = dict.fromkeys(nodes, 0), {}
    last = None
    for _ in nodes:
        last = None
        for (a, b), seconds in edges.items():
            if distance[a] + seconds < distance[b]:
                distance[b], before[b], last = distance[a] + seconds, a, b
        if last is None:
            return []
    for _ in nodes:  # back along the predecessors until inside the circle
        last = before[last]
    circle, node = [last], before[last]
    while node != last:
        circle.append(node)
        node = before[node]
    return circle[::-1]


def _why_people(tie, others, people) -> str:
    """Nobody who may do all that the same person is to do, or people who are to be the same and different at once."""
    if tie.different_staff and len(people) < 2:
        return "They cannot be visited by different people: the team has one person."
    group = _of_one_person([tie, *others])
    for each in [tie, *others]:
        if each.different_staff and group[each.first.pk] == group[each.second.pk]:
            return f"{each.first} and {each.second} are to have different people, and by other links the same one."
    if not tie.same_staff:
        return ""
    known = {visit.pk: visit for each in [tie, *others] for visit in (each.first, each.second)}
    visits = [visit for pk, visit in known.items() if group[pk] == group[tie.first.pk]]
    needed = {skill.code: skill.name for visit in visits for skill in visit.skills.all()}
    skilled = [person for person in people if set(needed) <= set(person.skill_codes(tie.first.day))]
    if not skilled:
        return f"The same person would need {_listed(sorted(needed.values()))}: nobody in the team has that on the day."
    excluded = {person.pk for visit in visits for person in visit.excluded_staff.all()}
    if all(person.pk in excluded for person in skilled):
        return "Everybody who has the skills for both is excluded from one of them."
    return ""


def _of_one_person(ties) -> dict:
    """A mark by visit: equal for those that the same person is to do."""
    group = {visit.pk: visit.pk for each in ties for visit in (each.first, each.second)}
    for each in ties:
        if each.same_staff:
            one, other = group[each.first.pk], group[each.second.pk]
            group = {pk: one if mark == other else mark for pk, mark in group.items()}
    return group


def neighbours(tie: Tie, links) -> list[Tie]:
    """Of the links of the day those that hang together with the visits of `tie`."""
    of_visit = defaultdict(list)
    for link in links:
        of_visit[link.first_id].append(link)
        of_visit[link.second_id].append(link)
    found, waiting, seen = {}, [tie.first.pk, tie.second.pk], set()
    while waiting:
        visit = waiting.pop()
        if visit in seen:
            continue
        seen.add(visit)
        for link in of_visit[visit]:
            found[link.pk] = link
            waiting += [link.first_id, link.second_id]
    return [Tie.of(link) for link in found.values()]


def _listed(words) -> str:
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

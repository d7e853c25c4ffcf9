"""Plans of a day, what they leave out, and how fairly they serve; numbers of visits under the small-number rule."""

import calendar
import re
from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from accounts.permissions import Permission
from accounts.small_numbers import count_of
from accounts.small_numbers.words import small_number_words
from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link, Notice
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import day, joined
from lsoa.written_numbers import percent
from routing.equity_reading import Period, equity_of_period, latest_day
from routing.models import RoutePlan, Team, UnservedVisit
from routing.presenters.wording import reason_label

SOURCE, MOST_PLANS, MOST_REASONS = "Visit plans", 10, 4
_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_WEEKDAYS = [name.lower() for name in calendar.day_name]
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WRITTEN = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?({'|'.join(_MONTHS)})(?:\s(\d{{4}}))?\b")


def refused(turn: Turn, intent: Intent, permission: Permission) -> Draft:
    """The answer to somebody who lacks the right: which one, and nothing of what it protects."""
    draft = Draft(intent)
    draft.say("I cannot answer that for you: your roles here do not include the right to it.")
    words = (
        f"It needs the right to {permission.description}.",
        "An administrator of your organisation can give you a role that has it.",
    )
    draft.notices.append(Notice("limits", "Your roles do not include this", words))
    draft.links.append(Link("Roles and rights", reverse("roles")))
    return draft


def day_meant(turn: Turn) -> date:
    """The day that the question names; else that of the question before, else today."""
    text, today = turn.folded, turn.today
    if match := _ISO.search(text):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            return today
    if match := _WRITTEN.search(text):
        try:
            return date(int(match.group(3) or today.year), _MONTHS.index(match.group(2)) + 1, int(match.group(1)))
        except ValueError:
            return today
    for word, days in (("tomorrow", 1), ("yesterday", -1), ("today", 0)):
        if re.search(rf"\b{word}\b", text):
            return today + timedelta(days=days)
    for number, name in enumerate(_WEEKDAYS):
        if re.search(rf"\b{name}\b", text):
            back = re.search(rf"\blast {name}\b", text)
            return (
                today - timedelta(days=(today.weekday() - number) % 7 or 7)
                if back
                else today + timedelta(days=(number - today.weekday()) % 7)
            )
    kept = turn.slots.get("day")
    return date.fromisoformat(kept) if kept else today


def team_meant(turn: Turn) -> Team | None:
    """A team of the organisation that the question names by its whole name; else the one of the question before."""
    teams = list(Team.objects.for_organisation(turn.organisation))
    named = [team for team in teams if team.name.lower() in turn.folded]
    if named:
        return max(named, key=lambda team: len(team.name))
    kept = turn.slots.get("team")
    return next((team for team in teams if str(team.pk) == kept), None)


def plans(turn: Turn) -> Draft:
    """Plans of a day with their state and what is to be done next."""
    if not turn.may(Permission.VIEW_PLANS):
        return refused(turn, Intent.PLANS, Permission.VIEW_PLANS)
    draft, when, team = Draft(Intent.PLANS), day_meant(turn), team_meant(turn)
    draft.keep(day=when.isoformat(), team=str(team.pk) if team else None)
    found = list(_plans(turn, when, team).with_counts()[:MOST_PLANS])
    cite, page = draft.book.cite, f"{reverse('plans')}?{urlencode({'day': when.isoformat()})}"
    shown = cite(when.isoformat(), day(when), source=SOURCE, href=page)
    draft.links.append(Link("Plans of the day", page))
    of_team = f" of {cite(team.name, team.name, source=SOURCE)}" if team else ""
    if not found:
        draft.say(f"There is no plan{of_team} for {shown}.")
        draft.suggestions += _other_days(turn, when)
        return draft
    number = cite(len(found), str(len(found)), unit="plans", period=day(when), source=SOURCE, href=page)
    draft.say(
        f"For {shown} there {'is' if len(found) == 1 else 'are'} {number}",
        f"{'plan' if len(found) == 1 else 'plans'}{of_team}.",
    )
    for plan in found[:3]:
        _say_plan(draft, plan)
    rows = tuple(
        (plan.name, plan.team.name, plan.get_state_display(), str(count_of(plan.visit_count))) for plan in found
    )
    draft.table = AnswerTable(
        "Plans of the day",
        ("Plan", "Team", "Status", "Visits"),
        rows,
        tuple(reverse("plan", args=[plan.pk]) for plan in found),
    )
    draft.notices.append(_rule_notice())
    draft.suggestions += ["What is left out and why?", *_other_days(turn, when), "Is the service fair?"]
    return draft


def _other_days(turn: Turn, when: date) -> list[str]:
    days = (("And today?", 0), ("And tomorrow?", 1), ("And yesterday?", -1))
    return [words for words, ahead in days if when != turn.today + timedelta(days=ahead)][:2]


def _plans(turn: Turn, when: date, team: Team | None):
    found = RoutePlan.objects.for_organisation(turn.organisation).filter(day=when, scenario_of__isnull=True).listed()
    return found.filter(team=team) if team else found


def _say_plan(draft: Draft, plan: RoutePlan) -> None:
    href = reverse("plan", args=[plan.pk])
    name = draft.book.cite(plan.name, plan.name, source=SOURCE, period=day(plan.day), href=href)
    state = draft.book.cite(plan.state, plan.get_state_display().lower(), place=plan.name, source=SOURCE, href=href)
    served = _visits(draft, plan.visit_count - plan.unserved_count, plan, href)
    sentence = f"{name} is {state} and serves {served}."
    if plan.unserved_count:
        sentence += (
            " It leaves some out."
            if not plan.tier_one_unserved
            else " It leaves some out, among them visits of the first tier."
        )
    draft.say(sentence)


def _visits(draft: Draft, true: int, plan: RoutePlan, href: str) -> str:
    number = count_of(true)
    if number.is_hidden:
        return "some visits (number not shown)"
    if not number.shown:
        return "no visits"
    about = {"unit": "visits", "place": plan.name, "period": day(plan.day), "source": SOURCE, "href": href}
    return f"about {draft.book.cite(number.shown, str(number), **about)} visits"


def _rule_notice() -> Notice:
    return Notice("limits", "Small numbers", (small_number_words("visits"),))


def left_out(turn: Turn) -> Draft:
    """Which reasons keep visits out of the plans of a day, the most frequent first."""
    if not turn.may(Permission.VIEW_PLANS):
        return refused(turn, Intent.LEFT_OUT, Permission.VIEW_PLANS)
    draft, when, team = Draft(Intent.LEFT_OUT), day_meant(turn), team_meant(turn)
    draft.keep(day=when.isoformat(), team=str(team.pk) if team else None)
    found = list(_plans(turn, when, team)[:MOST_PLANS])
    page = f"{reverse('plans')}?{urlencode({'day': when.isoformat()})}"
    shown = draft.book.cite(when.isoformat(), day(when), source=SOURCE, href=page)
    draft.links += [Link(plan.name, reverse("plan", args=[plan.pk])) for plan in found[:3]] or [
        Link("Plans of the day", page)
    ]
    rows = UnservedVisit.objects.for_organisation(turn.organisation).filter(plan__in=found)
    by_plan = list(rows.order_by().values_list("plan", "reason"))
    reasons = Counter(reason for _, reason in by_plan)
    if not found or not reasons:
        draft.say(f"There is no plan for {shown}." if not found else f"The plans for {shown} leave no visit out.")
        draft.suggestions += _other_days(turn, when)
        return draft
    labels = [reason_label(reason) for reason, _ in sorted(reasons.items(), key=lambda each: (-each[1], each[0]))]
    cited = [
        draft.book.cite(label, label[:1].lower() + label[1:], period=day(when), source=SOURCE, href=page)
        for label in dict.fromkeys(labels)
    ]
    these = "this reason" if len(cited) == 1 else "these reasons, the most frequent first"
    draft.say(f"On {shown}, visits are left out for {these}: {joined(cited[:MOST_REASONS])}.")
    if rows.needing_a_decision().exists():
        draft.say(
            "Among them are visits of the first tier or at their clinical limit:",
            "an approver decides about each by name.",
        )
    draft.say("The page of each plan shows every visit that it leaves out, and what would let it be served.")
    told = tuple((label, ", ".join(_plans_with(by_plan, found, label))) for label in dict.fromkeys(labels))
    draft.table = AnswerTable("Why visits are left out", ("Reason", "Plans"), told)
    draft.suggestions += ["Is the service fair?", "What is a named deferral?"]
    return draft


def _plans_with(by_plan: list[tuple], found: list[RoutePlan], label: str) -> list[str]:
    """Names of the plans that leave a visit out for a reason with this label. by_plan: (plan, reason) of every one."""
    names = {plan.pk: plan.name for plan in found}
    return sorted({names[plan] for plan, reason in by_plan if reason_label(reason) == label})


def equity(turn: Turn) -> Draft:
    """How the last four weeks of a team served Core20 homes against others."""
    if not turn.may(Permission.VIEW_PLANS):
        return refused(turn, Intent.EQUITY, Permission.VIEW_PLANS)
    draft = Draft(Intent.EQUITY)
    draft.links.append(Link("Equity of service", reverse("equity")))
    team = team_meant(turn) or _busiest(turn)
    last = latest_day(team) if team else None
    if last is None:
        draft.say("There is no approved plan yet whose equity could be told.")
        return draft
    period = Period.of_four_weeks(team, last)
    found = equity_of_period(period)
    draft.keep(team=str(team.pk))
    query = urlencode({"team": team.pk, "period": period.kind.value, "day": period.last_day.isoformat()})
    href = f"{reverse('equity')}?{query}"
    draft.links[0] = Link("Equity of these weeks", href)
    span = f"{day(period.first_day)} to {day(period.last_day)}"
    name = draft.book.cite(team.name, team.name, source=SOURCE, href=href)
    weeks = draft.book.cite(span, span, period=span, source=SOURCE, href=href)
    core20, rest = found.planned.core20, found.planned.rest
    if core20.coverage is None or rest.coverage is None:
        draft.say(
            f"For {name}, {weeks}, Core20 homes are not compared with others:",
            "too few visits, or too few of them left out, to tell.",
        )
    else:
        about = {"unit": "%", "period": span, "source": SOURCE, "href": href}
        one = draft.book.cite(round(100 * core20.coverage), percent(core20.coverage), place="Core20", **about)
        other = draft.book.cite(round(100 * rest.coverage), percent(rest.coverage), place="Elsewhere", **about)
        draft.say(f"For {name}, {weeks}, plans meet {one} of the need of Core20 homes and {other} of that of others.")
        draft.say(_verdict(found.planned.status))
    rows = tuple(
        (
            f"Fifth {key}" + {1: ", most deprived", 5: ", least deprived"}.get(key, ""),
            str(part.n),
            percent(part.coverage, without="not shown"),
        )
        for key, part in sorted(found.planned.quintiles.items())
    )
    draft.table = AnswerTable("Need met by deprivation fifth", ("Fifth", "Visits", "Need met"), rows)
    draft.notices.append(_rule_notice())
    draft.suggestions += ["What is left out and why?", "What is the price of equity?"]
    return draft


def _verdict(status: str) -> str:
    return {
        "green": "Core20 homes are served at least as well as others.",
        "amber": "Core20 homes are served slightly less well than others.",
        "red": "Core20 homes are served less well than others.",
    }.get(status, "That is too little to say who is served better.")


def _busiest(turn: Turn) -> Team | None:
    """The team with the newest approved plan."""
    newest = (
        RoutePlan.objects.for_organisation(turn.organisation)
        .binding()
        .select_related("team")
        .order_by("-day", "team__name")
        .first()
    )
    return newest.team if newest else None

"""From a message to an answer: checked first, then read by rules, answered by one tool, and proven before it leaves."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from insights.safety import Checked, check_message
from insights.safety.normalising import folded
from lsoa.models import Area

from . import verifying
from .indicators import indicator_meant
from .intent_rules import Reading, read
from .intents import Intent
from .notices import notices_of, removed_kinds
from .places import Mentions, Named, in_place, mentions, without_postcodes
from .shapes import Answer, Link
from .starting import starters
from .tools import areas, capacity, comparing, expected, guides, planning, priority, scopes
from .tools.planning import refused
from .turn import Draft, Turn

PLACE_HOLDER = re.compile(r"\[[^\]]*\]")
TOOLS: dict[Intent, Callable[[Turn], Draft]] = {
    Intent.WHY_PRIORITY: priority.why_priority,
    Intent.HISTORY: priority.history,
    Intent.COMPARE_AREAS: comparing.compare,
    Intent.RANK_AREAS: areas.rank_areas,
    Intent.FIGURE: areas.figure,
    Intent.CHANGES: scopes.changes,
    Intent.UNMET_NEED: scopes.unmet_need,
    Intent.EQUITY: planning.equity,
    Intent.PLANS: planning.plans,
    Intent.LEFT_OUT: planning.left_out,
    Intent.OUTLOOK: expected.outlook,
    Intent.DEMAND: capacity.demand,
    Intent.HOW_TO: guides.how_to,
    Intent.ABILITIES: guides.abilities,
}
# They read no areas, so no place needs to be known for them.
WITHOUT_PLACES = (Intent.HOW_TO, Intent.ABILITIES, Intent.PLANS, Intent.LEFT_OUT, Intent.EQUITY, Intent.DEMAND)
OF_ONE_AREA = (Intent.WHY_PRIORITY, Intent.HISTORY)


def ask(
    question: str,
    *,
    person,
    organisation,
    slots: dict | None = None,
    today: date | None = None,
    earlier: Sequence[str] = (),
) -> Answer:
    """The answer to a question of somebody of an organisation.

    `slots` and `earlier`: those of the conversation's last answer, and its questions so far (redacted, oldest first).
    The original text of a message with personal data leaves this function nowhere: not in the answer, not in a log.
    """
    checked = check_message(question, earlier)
    text = without_postcodes(checked.text)
    turn = Turn(text, _plain(text), person, organisation, today or timezone.localdate(), dict(slots or {}))
    draft = _draft(turn, checked)
    draft.notices = [*notices_of(checked), *draft.notices]
    answer = replace(draft.finished(turn), removed=removed_kinds(checked))
    # What cannot be proven is not said; the table alone stands then.
    return answer if verifying.is_proven(answer) else replace(answer, paragraphs=(), facts=())


def _plain(text: str) -> str:
    """What rules read: folded, without placeholders and what was refused."""
    return " ".join(PLACE_HOLDER.sub(" ", folded(text)).split())


def _draft(turn: Turn, checked: Checked) -> Draft:
    if not turn.may(Permission.VIEW_AREAS):
        return refused(turn, Intent.NOT_ANSWERED, Permission.VIEW_AREAS)
    if checked.alerts or checked.advice or not turn.folded:
        return _only_notices(turn, checked)
    word = guides.word_asked(turn.folded)
    if word is not None:
        return guides.definition(turn, word)
    reading = read(turn.folded)
    turn = replace(turn, meant=indicator_meant(turn.folded))
    named = _mentions(turn, reading)
    turn = replace(turn, mentions=named)
    intent = _intent(turn, reading)
    if "[postcode]" in turn.text and not checked.removed and not named.places:
        return _unknown_postcode()
    if intent is None:
        return _not_answered(turn)
    if named.unclear and intent not in WITHOUT_PLACES:
        return _which_place(turn, intent, *named.unclear[0])
    if named.unknown and not named.places and intent not in WITHOUT_PLACES:
        return _unknown_place(turn, named.unknown[0])
    if intent in OF_ONE_AREA and turn.area is None:
        return _which_area(turn, intent)
    if intent == Intent.COMPARE_AREAS and len(turn.places) < 2:
        return _one_more_place(turn)
    return TOOLS[intent](turn)


def _mentions(turn: Turn, reading: Reading) -> Mentions:
    if reading.only_why or reading.intent in WITHOUT_PLACES:
        return Mentions()
    # As it was written: names of places begin with capitals or do not, the gazetteer does not mind.
    text = PLACE_HOLDER.sub(" , ", turn.text)
    if turn.patch is not None:
        text = re.sub(re.escape(turn.patch.name), " , ", text, flags=re.IGNORECASE)
    return mentions(text, turn.organisation, turn.meant.words if turn.meant else frozenset())


def _intent(turn: Turn, reading: Reading) -> Intent | None:
    """The intent of the rules, corrected by what is named; a question that leans on the last one keeps its intent."""
    before = turn.slots.get("intent")
    before = Intent(before) if before in TOOLS else None
    places = turn.mentions.places
    intent = reading.intent
    if reading.only_why:
        return _why_of(before)
    if reading.follows and before and (intent is None or intent in (Intent.WHY_PRIORITY, before)):
        return _continued(before, places)
    if reading.before and before and turn.places and intent in (None, Intent.HISTORY):
        return Intent.HISTORY
    if (
        turn.meant
        and places
        and intent in (None, Intent.WHY_PRIORITY)
        and not re.search(r"\bwhy\b|\bpriority\b|\burgent\b", turn.folded)
    ):
        return Intent.FIGURE
    if turn.meant and intent in (None, Intent.WHY_PRIORITY) and not places:
        return Intent.RANK_AREAS
    if intent == Intent.WHY_PRIORITY and places and not any(place.is_area for place in places):
        return Intent.RANK_AREAS
    if intent == Intent.CHANGES and any(place.is_area for place in places):
        return Intent.HISTORY
    if intent is None and places:
        return before if before and before not in WITHOUT_PLACES else _of_places(places)
    return intent


def _why_of(before: Intent | None) -> Intent:
    return Intent.LEFT_OUT if before in (Intent.PLANS, Intent.LEFT_OUT) else Intent.WHY_PRIORITY


def _continued(before: Intent, places) -> Intent:
    if before in OF_ONE_AREA and places and not any(place.is_area for place in places):
        return Intent.RANK_AREAS
    if before == Intent.COMPARE_AREAS and len(places) == 1:
        return _of_places(places)
    return before


def _of_places(places) -> Intent:
    if len(places) > 1:
        return Intent.COMPARE_AREAS
    return Intent.WHY_PRIORITY if not places or places[0].is_area else Intent.RANK_AREAS


def _only_notices(turn: Turn, checked: Checked) -> Draft:
    """Nothing is answered beside a crisis; advice is declined; a message that was only instructions has no question."""
    draft = Draft(Intent.NOT_ANSWERED)
    if not checked.alerts:
        draft.say("I answer questions about areas, plans and the portal.")
        draft.suggestions += starters(turn.person, turn.organisation)
    return draft


def _not_answered(turn: Turn) -> Draft:
    draft = Draft(Intent.NOT_ANSWERED)
    draft.say(
        "I cannot answer that from the data of the portal.",
        "I answer questions about areas, priorities, plans, published activity and how to use the portal.",
    )
    draft.suggestions += ["What can I ask?", *starters(turn.person, turn.organisation)]
    return draft


def _which_place(turn: Turn, intent: Intent, text: str, choices: tuple[Named, ...]) -> Draft:
    """Asks back: each choice is the question again with the code of the place in it."""
    draft = Draft(Intent.WHICH_PLACE)
    name = draft.book.cite(text, text, source="Your question")
    draft.say(f"Several places may be meant by {name}. Choose one.")
    draft.suggestions += [_again(turn.text, text, choice) for choice in choices]
    draft.slots["intent"] = turn.slots.get("intent", str(intent))
    return draft


def _again(question: str, text: str, choice: Named) -> str:
    found = re.search(re.escape(text), question, re.IGNORECASE)
    return (
        f"{question[: found.start()]}{choice.choice}{question[found.end() :]}"
        if found
        else f"{question} {choice.choice}"
    )


def _unknown_place(turn: Turn, text: str) -> Draft:
    draft = Draft(Intent.NOT_ANSWERED)
    name = draft.book.cite(text, text, source="Your question")
    draft.say(
        f"I know no place called {name}.",
        "Places are areas, wards, authorities, boards, towns and postcodes of the data that are loaded.",
    )
    draft.suggestions += starters(turn.person, turn.organisation)
    return draft


def _unknown_postcode() -> Draft:
    draft = Draft(Intent.NOT_ANSWERED)
    draft.say("That postcode is not among those that are loaded.")
    draft.links.append(Link("Search for a place", reverse("search")))
    return draft


def _which_area(turn: Turn, intent: Intent) -> Draft:
    """A question about one area without one: those of the place, or how to name one."""
    if turn.places or turn.slots.get("scope"):
        return areas.rank_areas(turn)
    draft = Draft(Intent.WHICH_PLACE)
    draft.say("Which area do you mean? Give its name, its code or a postcode.")
    draft.suggestions += ["Which areas are most urgent?"]
    draft.slots["intent"] = str(intent)
    return draft


def _one_more_place(turn: Turn) -> Draft:
    """One place is compared with the authority around it."""
    place = next(iter(turn.places), None)
    areas_known = Area.objects.current().defer("geometry", "population_centroid")
    area = in_place(areas_known, place.ref).first() if place else None
    if area is not None and place.is_area and area.local_authority_code:
        around = Named("local_authority", area.local_authority_code, area.local_authority_name)
        return comparing.compare(replace(turn, mentions=Mentions((place, around))))
    draft = Draft(Intent.WHICH_PLACE)
    draft.say("Which places are to be compared? Name at least a second one.")
    draft.keep(places=turn.places)
    draft.slots["intent"] = str(Intent.COMPARE_AREAS)
    return draft

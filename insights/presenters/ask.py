"""Conversations as pages show them: answers with numbered sources, the list of conversations, the box."""

import json
import re
import uuid
from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from accounts.privacy.retention import days_for

from ..assistant import Answer, starters
from ..models import MOST_SEARCHED, Conversation, Message, MessageKind, Rating, RatingReason, with_words
from ..privacy_of_conversations import RULE
from ..services.conversations import MOST_LETTERS

CITED = re.compile(r"\s*\[(f\d+)\]")
# Figures as they are shown, with unit, also hidden ones and none.
MISSING = ("not known", "not shown")
FIGURE = re.compile(r"(?:[-\u2212+]?£?[\d,.]+(?:\s?(?:%|km|hours?|minutes?|points?))?|[-\u2013\u2212]|)")
MOST_PERIODS = 3
# Conversations that stand beside one.
MOST_OTHERS = 6


@dataclass(frozen=True)
class Part:
    """A piece of a paragraph: words, and behind them the number of the source that they rest on (0: none)."""

    text: str
    number: int = 0


@dataclass(frozen=True)
class Source:
    """One fact with its number: what was read, for where and when, and where the same figure stands."""

    number: int
    shown: str
    about: str
    name: str
    href: str


@dataclass(frozen=True)
class Cell:
    """A cell with the heading of its column; a heading has its own text alone."""

    text: str
    heading: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class TableRow:
    head: str
    href: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Box:
    """The form of a question. `key` is drawn with it, so that a question sent twice is asked once."""

    text: str = ""
    error: str = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    most: int = MOST_LETTERS


def answer_of(message: Message) -> Answer:
    """The answer as it was given. AnswerUnreadable where the row holds something else."""
    return Answer.from_json(json.loads(message.content))


class ExchangeView:
    """One question with its answer."""

    def __init__(self, question: Message, answer: Message, *, is_new: bool = False):
        self.question, self.message, self.is_new = question, answer, is_new
        self.number = (question.position + 1) // 2

    @cached_property
    def answer(self) -> Answer:
        return answer_of(self.message)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Facts by their place in the text; those that only the table shows come after."""
        cited = [key for text in self.answer.paragraphs for key in CITED.findall(text)]
        known = {fact.key for fact in self.answer.facts}
        keys = dict.fromkeys([key for key in cited if key in known] + [fact.key for fact in self.answer.facts])
        return {key: place for place, key in enumerate(keys, 1)}

    @property
    def paragraphs(self) -> list[list[Part]]:
        return [self._parts(text) for text in self.answer.paragraphs]

    def _parts(self, text: str) -> list[Part]:
        pieces = CITED.split(text)
        # split() gives words and keys in turn.
        found = [
            Part(words, self._numbers.get(key, 0)) for words, key in zip(pieces[::2], [*pieces[1::2], ""], strict=True)
        ]
        return [part for part in found if part.text or part.number]

    @property
    def sources(self) -> list[Source]:
        facts = {fact.key: fact for fact in self.answer.facts}
        return [_source(number, facts[key]) for key, number in self._numbers.items()]

    @property
    def data_dates(self) -> str:
        periods = list(dict.fromkeys(fact.period for fact in self.answer.facts if fact.period))
        if not periods:
            return ""
        more = len(periods) - MOST_PERIODS
        return f"Period: {'; '.join(periods[:MOST_PERIODS])}" + (f"; {more} more below" if more > 0 else "")

    @property
    def notices(self) -> list:
        """A crisis comes first, whatever the order in the answer."""
        return sorted(self.answer.notices, key=lambda notice: notice.kind != "crisis")

    @property
    def is_crisis(self) -> bool:
        return any(notice.kind == "crisis" for notice in self.answer.notices)

    @cached_property
    def table_headings(self) -> list[Cell]:
        """Columns; those after the first that hold figures alone are set as figures."""
        table = self.answer.table
        return [
            Cell(text, is_number=place > 0 and _are_figures([row[place] for row in table.rows]))
            for place, text in enumerate(table.columns)
        ]

    @property
    def table_rows(self) -> list[TableRow]:
        table, headings = self.answer.table, self.table_headings[1:]
        hrefs = table.row_hrefs or [""] * len(table.rows)
        return [
            TableRow(
                row[0],
                href,
                tuple(Cell(text, head.text, head.is_number) for text, head in zip(row[1:], headings, strict=True)),
            )
            for row, href in zip(table.rows, hrefs, strict=True)
        ]

    @property
    def files_of(self) -> str:
        return f"the table of answer {self.number}"

    @property
    def asked_at(self) -> str:
        return f"{timezone.localtime(self.question.made_at):%-d %B %Y, %H:%M}"

    @property
    def rating_reasons(self):
        return RatingReason.choices

    @property
    def is_useful(self) -> bool:
        return self.message.rating == Rating.UP

    @property
    def is_not_useful(self) -> bool:
        return self.message.rating == Rating.DOWN

    @property
    def plain_text(self) -> str:
        """The answer to be copied: paragraphs, table, sources."""
        return "\n".join(_plain_lines(self)).strip()

    @property
    def said(self) -> str:
        """What is announced when the answer has come."""
        first = CITED.sub("", self.answer.paragraphs[0]) if self.answer.paragraphs else ""
        crisis = next((notice.heading for notice in self.notices if notice.kind == "crisis"), "")
        return " ".join(part for part in ("Answer.", crisis, first) if part)


def _are_figures(texts: list[str]) -> bool:
    """Figures alone, or figures with words in place of some that are missing."""
    known = [text for text in texts if text not in MISSING]
    return bool(known) and all(FIGURE.fullmatch(text) for text in known)


def _source(number, fact) -> Source:
    about = ", ".join(part for part in (fact.place, fact.period) if part)
    return Source(number, fact.shown, about, fact.source, fact.href)


def _plain_lines(view: ExchangeView) -> list[str]:
    lines = []
    for notice in view.notices:
        lines += [notice.heading, *notice.words, ""]
    for parts in view.paragraphs:
        lines.append("".join(part.text + (f" [{part.number}]" if part.number else "") for part in parts))
    if view.answer.table:
        lines += ["", view.answer.table.caption, "\t".join(view.answer.table.columns)]
        lines += ["\t".join(row) for row in view.answer.table.rows]
    if view.sources:
        lines += ["", "Sources"]
        lines += [f"[{s.number}] " + ". ".join(p for p in (s.shown, s.about, s.name) if p) for s in view.sources]
    return lines


def exchanges_of(conversation: Conversation) -> list[ExchangeView]:
    messages = list(conversation.messages.select_related("conversation__owner").order_by("position"))
    return [
        ExchangeView(question, answer)
        for question, answer in zip(messages, messages[1:], strict=False)
        if question.kind == MessageKind.QUESTION and answer.kind == MessageKind.ANSWER
    ]


def conversation_text(conversation: Conversation) -> str:
    """The whole conversation as a file of text."""
    made = timezone.localtime(timezone.now())
    lines = [
        conversation.title,
        f"Saved from HealthEquiRoute on {made:%-d %B %Y, %H:%M}. Answers are written from data.",
    ]
    for exchange in exchanges_of(conversation):
        lines += ["", f"Question ({exchange.asked_at})", exchange.question.text, "", "Answer", exchange.plain_text]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class ConversationRow:
    conversation: Conversation
    url: str
    when: str
    begins: str = ""


class ConversationPage:
    """One conversation, to be read and gone on with."""

    def __init__(self, conversation: Conversation, box: Box | None = None):
        self.conversation, self.box = conversation, box or Box()
        self.exchanges = exchanges_of(conversation)
        own = Conversation.objects.for_organisation(conversation.organisation).of(conversation.owner)
        others = own.filter(is_archived=False).exclude(pk=conversation.pk).in_order()
        self.others = [_row(one) for one in others.select_related("owner", "organisation")[:MOST_OTHERS]]
        self.begun = f"{timezone.localtime(conversation.made_at):%-d %B %Y}"


class AskBeside:
    """What stands beside another page: a conversation as far as it has come, or what one could begin with.

    `is_answered`: its last answer is new, takes focus and is announced.
    """

    def __init__(self, user, organisation, conversation: Conversation | None, box=None, *, is_answered: bool = False):
        self.conversation, self.box = conversation, box or Box()
        self.exchanges = exchanges_of(conversation) if conversation else []
        if is_answered and self.exchanges:
            last = self.exchanges[-1]
            self.exchanges[-1] = ExchangeView(last.question, last.message, is_new=True)
        self.starters = [] if conversation else list(starters(user, organisation))


class AskPage:
    """Where a conversation begins, and those that there are."""

    def __init__(self, user, organisation, *, box: Box | None = None, find: str = "", is_archive: bool = False):
        self.user, self.organisation = user, organisation
        self.box, self.find, self.is_archive = box or Box(), " ".join(find.split())[:MOST_SEARCHED], is_archive

    @cached_property
    def starters(self) -> list[str]:
        return list(starters(self.user, self.organisation))

    @cached_property
    def _own(self) -> list[Conversation]:
        found = Conversation.objects.for_organisation(self.organisation).of(self.user).in_order()
        return list(found.select_related("owner", "organisation"))

    @property
    def kept_words(self) -> str:
        """How long a conversation is kept in this organisation."""
        return f"{days_for(RULE, self.organisation)} days"

    @property
    def has_any(self) -> bool:
        return bool(self._own)

    @property
    def has_archived(self) -> bool:
        return any(one.is_archived for one in self._own)

    @property
    def found_words(self) -> str:
        number = len(self.rows)
        return f"{number} conversation{'' if number == 1 else 's'} found."

    @cached_property
    def rows(self) -> list[ConversationRow]:
        """Those at hand, or those put away; with a search both, since whoever searches has forgotten where it is."""
        if self.find:
            return [_row(one) for one in with_words(self._own, self.find)]
        return [_row(one) for one in self._own if one.is_archived == self.is_archive]


def _row(conversation: Conversation) -> ConversationRow:
    last, today = timezone.localtime(conversation.last_at), timezone.localdate()
    if last.date() == today:
        when = f"Today, {last:%H:%M}"
    else:
        when = f"{last:%-d %B}" if last.year == today.year else f"{last:%-d %B %Y}"
    return ConversationRow(conversation, reverse("ask-conversation", args=[conversation.pk]), when)

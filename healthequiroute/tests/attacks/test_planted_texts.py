"""Texts that mean harm in every column and every question: shown as the text they are, or refused in words."""

import csv
import io
import re
from urllib.parse import urlencode

import pytest

from accounts.permissions import Role

from .doors import address, knock, names
from .planting import plant

# Leaves an attribute and a script, and is short enough for most columns.
MARKUP = "</script>'\"><i on=1>"
RAW = re.compile(r"<i on=1>|'\"><i")
FILES = re.compile("csv|export|template|refused|file|stops|rejects")
FORMULA = "=1+cmd|' /C x'!A0"
SQL = "0'/**/OR(1=1)--; %s {0} \\"
PAGE_TYPES = ("text/html", "image/svg+xml", "application/xml", "text/xml", "application/gpx+xml")
# Words of questions that pages read, however they are spelt in the source.
ASKED = re.findall(
    r"\w+",
    """
    q page sort range code indicator year period theme view day from to team state tier skill due kind person actor
    action organisation area areas left right run version draft index level bbox fields format limit page_size
    search next tab filter class class_ core20 status show x y z
""",
)


@pytest.fixture
def insiders(world, client_as):
    """Between them they may see everything: every role of the organisation, and the platform."""
    return {"everybody": client_as(*Role), "platform": client_as(user=world.people["platform"])}


def kind_of(answer) -> str:
    return answer.get("Content-Type", "").partition(";")[0]


def unescaped(answer) -> str:
    """What a browser would take for markup of the page, with its surroundings; "" where there is none."""
    if kind_of(answer) not in PAGE_TYPES:
        return ""
    found = RAW.search(answer.text_sent)
    return answer.text_sent[max(found.start() - 150, 0) : found.end() + 50] if found else ""


def every_answer(world, insiders, question="", only=None):
    """What was shown to one of them is not asked of the next."""
    shown = set()
    for who, client in insiders.items():
        for name in only or names():
            if name in shown:
                continue
            path = address(world, name)
            answer = knock(client, "GET", f"{path}{'&' if '?' in path else '?'}{question}")
            if answer.status_code == 200:
                shown.add(name)
            yield f"{who} {name}", answer


def test_planted_markup_is_text_on_every_page(world, insiders):
    taken = plant(MARKUP)
    # Names of teams, people, bases, plans, patches, comments: at least so many tables took it.
    assert len(taken) > 20 and sum(taken.values()) > 40, taken
    found, shown = {}, 0
    for name, answer in every_answer(world, insiders):
        assert answer.status_code < 500 or answer.status_code == 503, name
        shown += "&lt;i on=1&gt;" in answer.text_sent
        if unescaped(answer):
            found[name] = unescaped(answer)
    assert found == {}
    # Otherwise nothing was tested.
    assert shown > 15


def test_no_page_sends_a_question_back_as_markup_or_breaks_over_it(world, insiders):
    found = {}
    question = urlencode(dict.fromkeys(ASKED, f"{MARKUP}{SQL}"))
    for name, answer in every_answer(world, {"everybody": insiders["everybody"]}, question):
        if answer.status_code >= 500 and answer.status_code != 503:
            found[name] = answer.status_code
        elif unescaped(answer):
            found[name] = unescaped(answer)
    assert found == {}


def test_words_of_a_question_are_each_understood_or_refused(world, insiders):
    """Every word gets every value once, beside others that are wrong in another way."""
    values = [SQL, "9" * 30, "-1", "١٢", "\ud7ff", "2026-02-30", "nan", "[]"]
    client = insiders["everybody"]
    for path in ("/plans/", "/audit/", "/search/", "/members/", "/api/v1/route-plans/", "/equity/"):
        for shift in range(len(values)):
            question = {word: values[(number + shift) % len(values)] for number, word in enumerate(ASKED)}
            answer = knock(client, "GET", f"{path}?{urlencode(question)}")
            assert answer.status_code < 500, (path, question)
            assert "syntax error at or near" not in answer.text_sent


def cells(text):
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def test_no_file_for_a_spreadsheet_begins_a_cell_with_a_formula(world, insiders):
    assert sum(plant(FORMULA).values()) > 40
    read, files = 0, [name for name in names() if FILES.search(name)]
    for name, answer in every_answer(world, insiders, only=files):
        if kind_of(answer) != "text/csv" or answer.status_code != 200:
            continue
        read += 1
        for cell in cells(answer.text_sent):
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), (name, cell)
            assert not cell.startswith("-") or re.fullmatch(r"-[0-9.,]+%?|-+", cell), (name, cell)
    assert read >= 5

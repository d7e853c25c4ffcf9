"""Every page has help: a topic, at the same place, for the address that it has."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from healthequiroute.portal.help import reading, search, topic_for, topics
from healthequiroute.portal.help.glossary import alphabetical, term, terms
from healthequiroute.testing.shared import shared

from .people_and_things import build_world, keep_effect
from .test_access_matrix import rows, signed_in


@pytest.fixture
@shared
def world(db, organisation, other_organisation):
    return build_world(organisation=organisation, other_organisation=other_organisation)


def pages(world, organisation):
    """(URL name, HTML) of every address of the matrix that answers somebody with a whole page."""
    keep_effect(organisation)
    cookies = {column: signed_in(person) for column, person in world.people.items()}
    for method, name, cells in rows():
        column = next((column for column, cell in cells.items() if cell == "yes"), None)
        if method != "GET" or column is None:
            continue
        client = Client()
        client.cookies = cookies[column]
        with transaction.atomic():
            answer = client.get(reverse(name, kwargs=world.arguments(name)), world.question(name))
            transaction.set_rollback(True)
        if answer.status_code == 200 and not answer.streaming and "<body" in answer.content.decode(errors="ignore"):
            yield name, answer.content.decode()


# Paper, and the description that a package draws.
WITHOUT_FOOT = re.compile(r"her-list-sheet|swagger-ui|data-list-sheet")


def test_every_page_has_its_help_at_the_same_place(world, organisation):
    without, misplaced, seen = [], [], 0
    for name, html in pages(world, organisation):
        if WITHOUT_FOOT.search(html):
            continue
        seen += 1
        if topic_for(name) is None:
            without.append(name)
        foot = html.partition('<footer class="her-footer')[2]
        if topic := topic_for(name):
            link = f'<a href="/help/{topic.slug}/">Help with this page</a>'
            if foot.count("Help with this page") != 1 or link not in foot:
                misplaced.append(name)
    assert seen > 80
    assert without == [], "Write a topic in healthequiroute/portal/help/topics (docs/preferences-and-help.md)."
    assert misplaced == []


def test_topics_are_whole_and_speak_plainly():
    assert len(topics()) > 30
    for topic in topics():
        assert len(topic.can) >= 1, topic.slug
        assert len(topic.questions) >= 1, topic.slug
        assert len(topic.what.split()) <= 80, topic.slug
        sentences = [*topic.can, *(answer for _, answer in topic.questions)]
        assert all(sentence.endswith((".", "”.")) for sentence in sentences), topic.slug
        assert all(question.endswith("?") for question, _ in topic.questions), topic.slug


def test_words_of_a_topic_are_in_the_glossary():
    known = {each.term for each in terms()}
    assert {word for topic in topics() for word in topic.words} - known == set()


def test_a_file_that_is_not_whole_is_refused_with_its_name(tmp_path, monkeypatch):
    (tmp_path / "odd.toml").write_text('[[topic]]\nslug = "odd"\ntitle = "Odd"\n')
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    with pytest.raises(reading.HelpIsWrong, match="odd.toml, odd"):
        reading.topics.__wrapped__()


def test_two_topics_for_one_page_are_refused(tmp_path, monkeypatch):
    block = '[[topic]]\nslug = "{}"\ntitle = "T"\ngroup = "Data"\npages = ["data"]\nwho = ""\nwhat = ""\n'
    block += "can = []\nquestions = []\nwords = []\n"
    (tmp_path / "two.toml").write_text(block.format("one") + block.format("two"))
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    with pytest.raises(reading.HelpIsWrong, match="same page: data"):
        reading.topics.__wrapped__()


def test_a_search_finds_what_holds_every_word_best_first():
    assert search("scenario")[0].slug == "scenarios"
    assert search("lost phone codes")[0].slug == "signing-in"
    assert search("zzyzx") == []
    assert search("") == list(topics())


@pytest.mark.django_db
def test_help_and_glossary_need_no_account(client):
    assert "Explore" in client.get("/help/").content.decode()
    assert "What you can do" in client.get("/help/my-round/").content.decode()
    assert client.get("/help/there-is-none/").status_code == 404
    glossary = unescape(client.get("/glossary/").content.decode())
    for each in alphabetical():
        assert f'id="{each.slug}"' in glossary
        assert each.meaning in glossary


@pytest.mark.django_db
def test_the_glossary_can_be_searched_and_says_when_nothing_fits(client):
    found = client.get("/glossary/", {"q": "core20"}).content.decode()
    assert 'id="core20"' in found
    assert 'id="engine"' not in found
    assert "No word fits" in client.get("/glossary/", {"q": "zzyzx"}).content.decode()


@pytest.mark.django_db
def test_what_is_searched_for_is_never_markup(client):
    html = client.get("/help/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in html


def test_places_on_the_glossary_page_are_told_apart():
    slugs = [each.slug for each in terms()]
    assert len(set(slugs)) == len(slugs)
    assert term("Core20").slug == "core20"
    with pytest.raises(KeyError):
        term("no such word")

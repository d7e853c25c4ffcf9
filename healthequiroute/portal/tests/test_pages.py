"""Home, Area, search and the pages about the service: what people see and what they do not."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import JobState
from accounts.tests.factories import JobFactory, MembershipFactory, UserFactory
from accounts.tests.sessions import sign_in
from lsoa.models import QualityAlert

from .test_explore import text_of

# A theme's figures on the page of an area.
FOLDED = re.compile(r'<caption class="nhsuk-u-visually-hidden">(.+): indicators of ')


def titles(html):
    return re.findall(r"<title>(.*?)</title>", html.split("<body")[0], re.DOTALL)


def test_home_greets_and_counts_the_areas_of_the_patch(analyst, patch):
    text = text_of(analyst.get("/"))
    assert "Testham" in text
    assert "2 of 4 areas are urgent" in text


def test_home_shows_work_that_failed_as_failed(analyst, organisation):
    JobFactory(organisation=organisation, failed=True, title="Optimise Monday", message="No staff on that day")
    text = text_of(analyst.get("/"))
    assert "Optimise Monday" in text
    assert "No staff on that day" in text
    assert JobState.FAILED.label in text


def test_home_shows_nothing_of_another_organisation(analyst, other_organisation):
    JobFactory(organisation=other_organisation, title="Their secret plan")
    assert "Their secret plan" not in text_of(analyst.get("/"))


def test_somebody_without_organisation_is_told_what_to_do(client_as):
    assert client_as().get("/").status_code == 403


def test_a_platform_administrator_has_a_home(platform_client):
    assert platform_client.get("/").status_code == 200


def test_alerts_about_data_wait_for_those_who_load_it(platform_client, analyst):
    seen = {"check_code": "change", "message": "Odd", "seen_at": timezone.now()}
    for number, severity in enumerate(("warning", "warning", "information")):
        QualityAlert.objects.create(subject=str(number), severity=severity, **seen)
    assert "2 alerts about data" in text_of(platform_client.get("/"))
    assert "alerts about data" not in text_of(analyst.get("/"))
    QualityAlert.objects.update(acknowledged_at=timezone.now())
    assert "alerts about data" not in text_of(platform_client.get("/"))


def test_an_area_with_many_figures_shows_key_figures_and_folds_the_rest(analyst, city, patch, monkeypatch):
    monkeypatch.setattr("healthequiroute.portal.presenters.area.FEW", 0)
    address = reverse("area", args=[city["worst"].code])
    html = analyst.get(address).content.decode()
    assert "Key figures" in html and "Lowest to highest" in html
    assert 'href="?figures=all#all-title"' in html and not FOLDED.search(html), "three quarters of the page's weight"
    whole = analyst.get(address, {"figures": "all"}).content.decode()
    part = analyst.get(address, {"figures": "all"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in part
    assert FOLDED.findall(whole) == FOLDED.findall(part) != []


def test_indicators_are_chosen_by_theme(analyst, city, patch):
    html = analyst.get("/explore/").content.decode()
    assert '<optgroup label="Priority">' in html
    assert html.count("<optgroup") > 2


def test_the_area_page_says_class_reasons_figures_and_where_they_come_from(analyst, city, patch):
    text = text_of(analyst.get(reverse("area", args=[city["worst"].code])))
    for expected in ("Urgent", "Core20", "Rule by rule", "Made-up figures", "90.0%", "Lowest to highest"):
        assert expected in text


def test_a_suppressed_figure_is_shown_as_suppressed(analyst, city, patch):
    assert "Suppressed" in text_of(analyst.get(reverse("area", args=[city["gap"].code])))


def test_the_code_of_an_area_may_be_written_small(analyst, city):
    assert analyst.get(reverse("area", args=[city["worst"].code.lower()])).status_code == 200


def test_an_unknown_area_is_not_found(analyst, db):
    response = analyst.get(reverse("area", args=["E01999999"]))
    assert response.status_code == 404
    assert "Page not found" in text_of(response)


def test_an_area_that_no_run_has_scored_still_has_a_page(analyst, db):
    from lsoa.tests.factories import AreaFactory

    text = text_of(analyst.get(reverse("area", args=[AreaFactory().code])))
    assert "No run has scored this area yet" in text


def test_every_dataset_names_publisher_licence_and_release(analyst, city):
    text = text_of(analyst.get(reverse("about-data")))
    for expected in ("Made-up figures", "Nobody", "2025", "None"):
        assert expected in text


def test_the_accessibility_statement_needs_no_account(client, db):
    assert client.get(reverse("accessibility")).status_code == 200


PAGES = ["/", "/explore/", "/search/?q=x", "/about-data/", "/accessibility/"]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_its_language_title_heading_and_skip_link(analyst, patch, address):
    html = analyst.get(address).content.decode()
    assert '<html lang="en-GB"' in html
    assert len(titles(html)) == 1
    assert re.fullmatch(r"\S.* - HealthEquiRoute", titles(html)[0].strip())
    assert html.count("<h1") == 1
    assert 'href="#maincontent"' in html
    assert html.count('id="maincontent"') == 1


@pytest.mark.parametrize("address", PAGES)
def test_no_page_asks_another_host_or_carries_inline_style(analyst, patch, address):
    html = analyst.get(address).content.decode()
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", html)
    assert not re.search(r"\sstyle=\"", html)
    assert not re.search(r"\son[a-z]+=\"", html)
    assert not re.search(r"<script(?![^>]*(?:nonce=|src=|type=\"application/json\"))", html)


@pytest.mark.parametrize("address", PAGES)
def test_ids_are_unique(analyst, patch, address):
    ids = re.findall(r'\sid="([^"]+)"', analyst.get(address).content.decode())
    assert len(ids) == len(set(ids))


def test_signing_out_is_a_form_that_posts(analyst, patch):
    html = analyst.get("/").content.decode()
    form = re.search(r'<form[^>]+action="/accounts/logout/"[^>]*>.*?</form>', html, re.DOTALL).group()
    assert 'method="post"' in form
    assert "csrfmiddlewaretoken" in form


def test_the_menu_shows_what_a_role_may_use(client_as, patch):
    menu = client_as("viewer").get("/").content.decode().split("</header>")[0]
    assert "Explore" in menu
    assert "Plans" not in menu
    assert "Administration" not in menu


def test_the_page_for_faults_needs_no_request_and_no_database():
    html = render_to_string("errors/500.html")
    assert "Sorry, there is a problem" in html
    assert "<script" not in html


def test_who_belongs_to_several_organisations_finds_the_way_from_one_to_another(client, organisation):
    person = UserFactory()
    MembershipFactory(user=person, organisation=organisation, roles=["viewer"])
    sign_in(client, person)
    change, hint = "change organisation", "If this belongs to another of your organisations"
    assert change not in text_of(client.get("/my-account/"))
    assert hint not in text_of(client.get(reverse("area", args=["E01999999"])))
    other = MembershipFactory(user=person, roles=["viewer"]).organisation
    shown = client.get(reverse("area", args=["E01999999"]))
    assert shown.status_code == 404
    assert hint in text_of(shown)
    assert f"{reverse('my-account')}#organisations-title" in shown.content.decode()
    assert hint in text_of(client.get(reverse("plans")))
    client.post(reverse("switch-organisation"), {"organisation": other.pk})
    assert f"{other.name} , {change}" in text_of(client.get("/my-account/"))

"""The editor of a draft in the Django admin, through its pages: weights, rules, thresholds, minutes, bad input."""

import html
import re

import pytest
from django.urls import reverse

from healthequiroute.testing.shared import shared
from priorities import services
from priorities.editing import DraftContent
from priorities.models import ModelVersion
from priorities.tests.factories import make_areas, publish, spread

pytestmark = pytest.mark.django_db

PRIORITY, DEPRIVATION, AGE75 = 0, 9, 7


@pytest.fixture
@shared
def draft(platform_administrator, second_platform_administrator):
    """A draft of the default model; the same model is in force."""
    make_areas(*spread())
    published = publish(proposed_by=second_platform_administrator, published_by=platform_administrator)
    services.score_areas(by=platform_administrator)
    return services.new_draft(source=published, by=platform_administrator, title="Access counts more")


@pytest.fixture
def editor(platform_client, draft):
    return Editor(platform_client, draft)


class Editor:
    """Opens and sends the pages of a draft as a browser does: with every field of the page."""

    def __init__(self, client, draft):
        self.client, self.draft = client, draft

    def address(self, page, *arguments):
        return reverse(f"admin:priorities_modelversion_{page}", args=[self.draft.pk, *arguments])

    def open(self, page, *arguments):
        response = self.client.get(self.address(page, *arguments))
        assert response.status_code == 200
        return response.content.decode()

    def send(self, page, *arguments, save=True, **fields):
        data = form_fields(self.open(page, *arguments))
        data |= {name.replace("__", "-"): value for name, value in fields.items()}
        data = {name: value for name, value in data.items() if value is not None}
        data["_save_draft" if save else "_show"] = "1"
        response = self.client.post(self.address(page, *arguments), data, follow=True)
        self.draft.refresh_from_db()
        return response

    @property
    def content(self):
        return DraftContent.of(self.draft)

    def table(self, index=PRIORITY):
        return self.content.model.attributes[index].function

    def index_of(self, name):
        return self.content.model.find(name).index


def form_fields(page):
    """What a browser would send of the page's edit form, without buttons."""
    form = page[page.index('<input type="hidden" name="revision"') : page.rindex("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if "name" not in attributes or (kind in ("checkbox", "radio") and " checked" not in tag):
            continue
        found[attributes["name"]] = attributes.get("value", "")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else re.search(r'<option value="([^"]*)"', options).group(1)
    for name, text in re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = text
    return found


def low(table):
    return "".join(str(rule.classes[0]) for rule in table.rules)


def weights(clinical, social, access):
    return {"weight-0-0": clinical, "weight-0-1": social, "weight-0-2": access}


def test_a_page_that_is_sent_as_it_is_changes_nothing(editor):
    for page, *arguments in [("table", PRIORITY), ("input", editor.index_of("AGE75")), ("minutes",)]:
        response = editor.send(page, *arguments)
        assert "Nothing was changed" in response.content.decode()
    assert editor.draft.revision == 0


def test_show_effect_writes_nothing_and_says_what_would_change(editor):
    response = editor.send("table", PRIORITY, save=False, **weights("48", "30", "42"))
    page = response.content.decode()
    assert "would change class" in page and "8 changed" in page and "was standard" in page
    assert editor.draft.revision == 0
    # The others made room, and the form holds what was asked.
    assert 'id="weight-0-2" value="42"' in page and 'id="weight-0-0" value="36"' in page


def test_a_raised_weight_is_saved_and_the_table_stays_consistent(editor):
    before = low(editor.table())
    editor.send("table", PRIORITY, **weights("48", "30", "42"))
    after = low(editor.table())
    assert after != before and editor.draft.revision == 1
    assert editor.draft.accepted_conflicts == {}
    assert all(int(new) >= int(old) for old, new in zip(before[2::3], after[2::3], strict=True))


def test_showing_first_and_saving_then_is_the_same_as_saving(editor, platform_administrator):
    other = Editor(editor.client, services.new_draft(source=editor.draft, by=platform_administrator))
    shown = editor.send("table", PRIORITY, save=False, **weights("48", "30", "42")).content.decode()
    sent = form_fields(shown) | {"_save_draft": "1"}
    response = editor.client.post(editor.address("table", PRIORITY), sent, follow=True)
    assert "is saved" in response.content.decode()
    editor.draft.refresh_from_db()
    other.send("table", PRIORITY, **weights("48", "30", "42"))
    assert low(editor.table()) == low(other.table())


def test_weights_move_only_open_rules_when_the_person_says_so(editor):
    before = low(editor.table())
    fields = weights("30", "20", "50") | {"follow-0": "open", "rule-0-6": "open", "rule-0-13": "open"}
    editor.send("table", PRIORITY, **fields)
    after = low(editor.table())
    assert {k for k in range(48) if before[k] != after[k]} <= {6, 13}
    assert editor.table().entered.count(False) == 2
    assert editor.table().weights is not None


def test_a_rule_is_set_and_stays_as_it_is_entered(editor):
    response = editor.send("table", PRIORITY, **{"rule-0-2": "0:1"})
    assert editor.table().rules[2].classes == (0, 1)
    assert "is saved" in response.content.decode()


def test_contradicting_rules_are_shown_in_place_and_need_a_reason(editor):
    page = editor.send("table", PRIORITY, **{"rule-0-47": "0"})
    text = page.content.decode()
    assert page.status_code == 422 and "contradict" in text and 'id="accept-0"' in text
    assert "say why they should be kept" in text
    assert editor.draft.revision == 0
    editor.send("table", PRIORITY, **{"rule-0-47": "0", "accept-0": "A trial of the reviewers"})
    assert editor.draft.accepted_conflicts["PRIORITY"]["reason"] == "A trial of the reviewers"
    # Mended: nothing is left to accept.
    editor.send("table", PRIORITY, **{"rule-0-47": "3"})
    assert editor.draft.accepted_conflicts == {}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            weights("x", "30", "22"),
            "weight of Clinical need must be a number from 0 to 100, such as 12.5; found “x”",
        ),
        (weights("", "30", "22"), "The weight of Clinical need must be a number from 0 to 100; it is empty"),
        (weights("-1", "30", "22"), "must be a number from 0 to 100; found -1"),
        (weights("nan", "30", "22"), "must be a number from 0 to 100"),
        (weights("1e400", "30", "22"), "must be a number from 0 to 100"),
        (weights("60", "50", "22"), "The weights add up to 132%; they must add up to 100%"),
        (weights("48", "30", "42") | {"room-0": None}, "The weights add up to 120%"),
        ({"follow-0": "some"}, "Choose which rules follow the weights"),
        ({"rule-0-3": "9"}, "Rule 4 cannot be “9”: class 9 is outside the scale of 4 classes"),
        ({"rule-0-3": "<script>"}, "Rule 4 cannot be “&lt;script&gt;”"),
        ({"rule-0-3": "3:1"}, "the interval 3:1 runs backwards"),
        ({"rule-0-47": "0", "accept-0": "x" * 1001}, "The reason has 1,001 characters"),
        ({"revision": "x"}, "does not say which state of the draft it shows"),
    ],
)
def test_bad_input_of_a_table_is_said_and_nothing_is_saved(editor, fields, said):
    fields = fields if "revision" not in fields else fields | weights("36", "22", "42")
    response = editor.send("table", PRIORITY, **fields)
    assert said in response.content.decode()
    assert editor.draft.revision == 0


def test_thresholds_show_all_areas_and_are_saved_as_set_by_hand(editor):
    index = editor.index_of("AGE75")
    page = editor.open("input", index)
    assert "<svg" in page and "20 areas" in page
    editor.send("input", index, **{f"bound-{index}-0": "9.5", f"soft-{index}-0": "0.5", f"up-{index}-0": "below"})
    stored = editor.draft.thresholds["AGE75"]
    assert stored["bounds"][0] == 9.5 and stored["half_widths"][0] == 0.5 and stored["goes_up"][0] is False
    assert editor.draft.thresholds["NO_CAR"] == ModelVersion.objects.get(state="published").thresholds["NO_CAR"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("bound-{}-0", "many", "Bound 1 of Aged 75 and over must be a number, such as 12.5; found “many”"),
        ("bound-{}-0", "", "Bound 1 of Aged 75 and over must be a number; it is empty"),
        ("bound-{}-1", "2", "Bound 2 of Aged 75 and over must lie above"),
        ("bound-{}-0", "inf", "must be a number, such as 12.5; found “inf”"),
        ("soft-{}-0", "-1", "The soft zone of bound 1 of Aged 75 and over must be a number from 0 upwards; found -1"),
        ("soft-{}-0", "40", "overlap"),
        ("up-{}-0", "sideways", "choose one of the list; found “sideways”"),
        ("direction-{}", "round", "choose one of the list; found “round”"),
        ("indicator-{}", "nonsense", "needs an indicator of the list; found “nonsense”"),
    ],
)
def test_bad_thresholds_are_said_and_nothing_is_saved(editor, field, value, said):
    index = editor.index_of("AGE75")
    response = editor.send("input", index, **{field.format(index): value})
    assert response.status_code == 422 and said in response.content.decode()
    assert editor.draft.revision == 0


def test_an_input_reads_another_indicator(editor):
    index = editor.index_of("AGE75")
    editor.send("input", index, **{f"indicator-{index}": "no_car_share"})
    assert editor.draft.inputs["AGE75"] == "no_car_share"


def test_visit_minutes_are_changed_with_their_additions(editor):
    editor.send("minutes", **{"base-3": "75", "where-2": "NO_CAR:2", "plus-2": "5", "why-2": "the way to the door"})
    minutes = editor.draft.minutes
    assert minutes["base"] == [20, 30, 45, 75]
    assert minutes["additions"][2] == {
        "attribute": "NO_CAR",
        "class_index": 2,
        "minutes": 5,
        "reason": "the way to the door",
    }
    editor.send("minutes", **{"plus-0": ""})
    assert [addition["attribute"] for addition in editor.draft.minutes["additions"]] == ["FRAILTY", "NO_CAR"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"base-0": "x"}, "Minutes of Routine must be a number from 1 to 480, such as 12.5; found “x”"),
        ({"base-0": "2.5"}, "Minutes of Routine must be a whole number; found 2.5"),
        ({"review-1": "0"}, "The review interval of Standard must be a number from 1 to 8784; found 0"),
        ({"floor": "90", "ceiling": "15"}, "Floor, ceiling, rounding and base minutes must be positive and in order"),
        ({"where-2": "NOWHERE:1", "plus-2": "5"}, "Addition 3 needs a class of the list; found “NOWHERE:1”"),
        ({"plus-0": "-5"}, "Addition 1 must be a number from 1 to 480; found -5"),
        ({"why-0": "x" * 200}, "The reason of addition 1 has more than 120 characters"),
    ],
)
def test_bad_minutes_are_said_and_nothing_is_saved(editor, fields, said):
    response = editor.send("minutes", **fields)
    assert response.status_code == 422 and said in response.content.decode()
    assert editor.draft.revision == 0


def test_two_editors_do_not_overwrite_each_other_unseen(editor, client_as, second_platform_administrator):
    opened = form_fields(editor.open("table", PRIORITY))
    colleague = Editor(client_as(user=second_platform_administrator), editor.draft)
    colleague.send("table", PRIORITY, **{"rule-0-2": "0:1"})
    response = editor.client.post(
        editor.address("table", PRIORITY), opened | {"rule-0-5": "0:1", "_save_draft": "1"}, follow=True
    )
    page = response.content.decode()
    assert "saved this draft after you opened it" in page
    # What was asked is still in the form, and the draft is the colleague's.
    assert '<option value="0:1" selected' in page
    editor.draft.refresh_from_db()
    assert [editor.table().rules[rule].classes for rule in (2, 5)] == [(0, 1), (1,)]


def test_a_version_in_force_is_shown_and_not_changed(editor):
    published = ModelVersion.objects.get(state="published")
    shown = Editor(editor.client, published)
    page = shown.open("table", PRIORITY)
    assert "cannot be changed here" in page and 'fieldset class="edit-all" disabled' in page
    shown.client.post(
        shown.address("table", PRIORITY), weights("36", "22", "42") | {"_save_draft": "1", "revision": "0"}
    )
    published.refresh_from_db()
    assert low(shown.table()) == low(editor.table()) and published.revision == 0


def test_areas_that_would_move_are_on_the_map_and_in_a_list(editor):
    shown = editor.send("table", PRIORITY, save=False, **weights("48", "30", "42")).content.decode()
    theme = html.unescape(re.search(r'data-moves="([^"]+)"', shown)[1])
    listed = html.unescape(re.search(r'<a href="([^"]+/areas/[^"]+)">List the areas', shown)[1])
    answer = editor.client.get(theme)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/octet-stream"
    moved = [place for place in answer.content if place < 5 and place != 2]
    page = editor.client.get(listed).content.decode()
    assert moved and f"{len(moved)} area" in page and page.count('<a href="/areas/E01') == len(moved)
    one = editor.client.get(f"{listed}from=1&to=2").content.decode()
    assert "from standard to elevated" in one
    # An effect is of its own draft; one that nobody has computed is none.
    for address in (theme.split("=")[0] + "=" + "0" * 24, theme.split("?")[0], theme + "x"):
        assert editor.client.get(address).status_code == 404


def test_parts_that_do_not_exist_are_not_found(editor):
    for page, index in [("table", 7), ("table", 999), ("input", 0), ("input", 999)]:
        assert editor.client.get(editor.address(page, index)).status_code == 404


def test_pages_obey_the_content_security_policy(editor):
    index = editor.index_of("AGE75")
    for page, *arguments in [("change",), ("table", PRIORITY), ("input", index), ("minutes",), ("differences",)]:
        text = editor.open(page, *arguments)
        assert not re.search(r'\sstyle="|<style|\son\w+="', text), page
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text) if "application/json" not in tag), page


def test_nobody_else_gets_in(draft, client_as):
    for client in (client_as("administrator"), client_as("analyst")):
        for page, *arguments in [("change",), ("table", PRIORITY), ("input", AGE75), ("minutes",), ("export",)]:
            address = reverse(f"admin:priorities_modelversion_{page}", args=[draft.pk, *arguments])
            assert client.get(address).status_code == 302, page

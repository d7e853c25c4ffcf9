"""Every action that the sources record reads as words on the page."""

import pytest
from django.apps import apps
from django.conf import settings

from accounts import presenters
from accounts.trail.actions import recorded_actions
from accounts.trail.words import GROUP_WORDS, PAGE_WORDS, group_text, page_text

PACKAGES = ["accounts", "lsoa", "priorities", "routing", "insights", "healthequiroute"]


@pytest.fixture(scope="module")
def recorded():
    """Every source is read for it: once for all tests here."""
    return recorded_actions(settings.BASE_DIR, PACKAGES)


def test_no_action_is_without_words(recorded):
    assert apps.ready
    assert len(recorded) > 100
    without = {action: path for action, path in recorded.items() if action not in presenters.ACTION_WORDS}
    assert without == {}, "Give them words: describe_actions() of the app, or ACTION_WORDS of accounts.presenters."


def test_actions_that_are_handed_over_are_found_too(recorded):
    assert {"plan.published", "member.suspended", "sign_in.failed", "audit.sealed", "personal_data.read"} <= set(
        recorded
    )


def test_groups_and_pages_read_as_words():
    assert group_text("member") == GROUP_WORDS["member"]
    assert group_text("own_thing") == "Own thing"
    assert page_text("members.list") == PAGE_WORDS["members.list"]
    assert page_text("plan.stops") == "plan stops"

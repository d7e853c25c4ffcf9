"""Everything that this app writes into the audit trail reads as a sentence there."""

import re
from pathlib import Path

import pytest

from accounts.notices.kinds import all_kinds
from accounts.presenters import action_text
from priorities import services
from priorities.audit_words import ACTIONS

SUBJECTS = "model|scenario|scores|minutes"


def actions_written() -> set[str]:
    """Kinds of notices have names of the same form; what is taken back is named where its kind is registered."""
    folder = Path(services.__file__).parent
    sources = [*folder.glob("*.py"), folder.parent / "apps.py"]
    named = {name for path in sources for name in re.findall(rf'"((?:{SUBJECTS})\.[a-z_]+)"', path.read_text())}
    return named - ({kind.code for kind in all_kinds()} - set(ACTIONS))


def test_every_action_of_a_service_has_words_and_no_words_are_left_over():
    assert actions_written() == set(ACTIONS)


@pytest.mark.parametrize(("action", "text"), ACTIONS.items())
def test_the_trail_uses_them(action, text):
    assert action_text(action) == text
    assert text[0].isupper() and not text.endswith(".")

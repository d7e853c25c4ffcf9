"""What docs/webhooks.md shows is run as it stands there."""

import re
import subprocess
import time
from pathlib import Path

import pytest
from django.conf import settings

from accounts.notices.signatures import headers, new_secret

TEXT = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()
BODY = '{"type":"plan.published","data":{"name":"Größe"}}'.encode()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return found


@pytest.fixture
def message():
    secret = new_secret()
    return secret, headers([secret, new_secret()], "msg_1", int(time.time()), BODY)


def test_the_python_example_takes_what_is_genuine_and_nothing_else(message):
    secret, given = message
    names = {}
    exec(block("python"), names)
    is_genuine = names["is_genuine"]
    assert is_genuine(secret, given, BODY)
    assert not is_genuine(secret, given, BODY + b" ")
    assert not is_genuine(new_secret(), given, BODY)
    assert not is_genuine(secret, given | {"webhook-id": "msg_2"}, BODY)
    old = headers([secret], "msg_1", int(time.time()) - 600, BODY)
    assert not is_genuine(secret, old, BODY)


def test_the_shell_example_makes_the_same_signature(message, tmp_path):
    secret, given = message
    (tmp_path / "body.json").write_bytes(BODY)
    values = {"ID": given["webhook-id"], "TIMESTAMP": given["webhook-timestamp"], "SECRET": secret}
    done = subprocess.run(
        ["sh", "-euc", block("sh")],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", **values},
        capture_output=True,
        text=True,
        check=True,
    )
    assert given["webhook-signature"].split(" ")[0] == f"v1,{done.stdout.strip()}"


def test_every_event_is_in_the_table():
    from accounts.notices.events import all_events

    assert [event.code for event in all_events() if f"`{event.code}`" not in TEXT] == []

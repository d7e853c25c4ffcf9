"""Early pytest plugin: leads the settings to the test cluster before anything reads them.

Loaded by `-p` in pyproject.toml, ahead of pytest-django. What the process environment already names is kept, so a
machine with servers of its own (or a developer with a database of their own) only sets the variables.
"""

import os
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent
TEST_ENV_FILE = BASE_DIR / ".local" / "test.env"

DEFAULTS = {
    # The owner creates the test database; the tests themselves step down to the application's role.
    "DATABASE_AS_OWNER": "true",
    "HUEY_IMMEDIATE": "true",
    "DEBUG": "false",
}


def _lead_to_test_cluster() -> None:
    if "HER_ENV_FILE" not in os.environ and "DATABASE_HOST" not in os.environ:
        if not TEST_ENV_FILE.is_file():
            raise pytest.UsageError("The test servers have not been started: run `make services` first.")
        os.environ["HER_ENV_FILE"] = str(TEST_ENV_FILE)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


_lead_to_test_cluster()

"""`.env.example` documents exactly the variables that the settings read."""

import ast
import re
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Read by gunicorn.py and compose.yaml, not by the settings.
SERVING = {"WEB_WORKERS", "PORT", "POSTGRES_PASSWORD", "OSRM_DATA"}


def _variables_read() -> set[str]:
    """Constant first arguments of `env.str(...)` and its siblings in the settings package."""
    names = set()
    for path in (BASE_DIR / "healthequiroute" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and node.args:
                constants = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                names.update(value for value in constants if isinstance(value, str) and value.isupper())
    return names


def _variables_documented() -> set[str]:
    return set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))


def test_every_variable_is_documented_and_every_documented_variable_is_read():
    assert _variables_documented() - SERVING == _variables_read()

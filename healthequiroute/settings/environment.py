"""Where settings come from: the process environment first, then one env file.

The file is `$HER_ENV_FILE` when that is set, else `.env`, else `.local/env` (written by `make services`).
"""

import os
from pathlib import Path

from environs import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def _env_file() -> Path | None:
    named = os.environ.get("HER_ENV_FILE")
    if named:
        path = BASE_DIR / named
        if not path.is_file():
            raise RuntimeError(f"HER_ENV_FILE names {path}, which does not exist")
        return path
    return next((path for path in (BASE_DIR / ".env", BASE_DIR / ".local" / "env") if path.is_file()), None)


# FileAwareEnv also accepts NAME_FILE=/run/secrets/..., the way container platforms hand over secrets.
env = FileAwareEnv(eager=False)
_file = _env_file()
if _file is not None:
    env.read_env(_file, recurse=False, override=False)

DEMO_MODE = env.bool("DEMO_MODE", False)
DEBUG = env.bool("DEBUG", False)

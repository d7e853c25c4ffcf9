"""The process of the load: `python -m healthequiroute.portal.bench.load_process URL USERS SECONDS SEED FILE`.

Lines for people on standard output, the figures as JSON in the file.
"""

import json
import os
import sys
from pathlib import Path

import django


def main(url: str, users: str, seconds: str, seed: str, told: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthequiroute.settings")
    django.setup()
    # Knows the demo accounts, which are models.
    from .load import run_load

    figures = run_load(url, int(users), int(seconds), int(seed), _tell)
    Path(told).write_text(json.dumps(figures))


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

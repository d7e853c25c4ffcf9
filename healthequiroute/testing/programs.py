"""Programs that run in a process of a portal, one after the other: to start Django anew for each takes seconds.

`serve()` reads programs from standard input, one JSON text a line, and answers each with a line of JSON: what it
printed, or how it failed. `Portal.run` speaks to it.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout

from django.db import connection


def serve() -> None:
    answers = sys.stdout
    for line in sys.stdin:
        printed = io.StringIO()
        answer = {}
        try:
            with redirect_stdout(printed):
                exec(json.loads(line), {"__name__": "program"})
        except Exception:
            answer["failed"] = traceback.format_exc()
        finally:
            connection.close()
        answers.write(json.dumps(answer | {"printed": printed.getvalue()}) + "\n")
        answers.flush()

"""Which requests are something that a person does, and so keep a session alive.

Counted:     pages that somebody opens and forms that somebody sends;
             requests of scripts that say that somebody is at the page (`HEADER`: static/src/js/session_end.js sends it
             when the pointer, the keyboard or the screen was used within the last minute).
Not counted: polls, streams of events, map tiles and pictures, and pages that load themselves again: an open page that
             nobody looks at must not keep its session alive.
"""

from urllib.parse import urlsplit

HEADER = "X-Somebody-There"


def is_by_a_person(request) -> bool:
    """Whether the request was made by somebody, as far as the browser says; programs without a browser count."""
    if HEADER in request.headers:
        return True
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate" and not _reloads_itself(request)
    # Browsers before Sec-Fetch-Mode: they ask for HTML when they open a page, and for anything when a script does.
    wanted = request.headers.get("Accept", "text/html")
    return "text/html" in wanted and not request.htmx and not _reloads_itself(request)


def _reloads_itself(request) -> bool:
    """A page with a refresh comes from itself; when somebody reloads it, it comes from where they came from."""
    if request.method != "GET" or request.headers.get("Sec-Fetch-User") == "?1":
        return False
    before = urlsplit(request.headers.get("Referer", ""))
    here = urlsplit(request.get_full_path())
    return before.netloc == request.get_host() and (before.path, before.query) == (here.path, here.query)

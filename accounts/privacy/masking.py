"""Nothing personal and no secret reaches the logs, whatever a message, a value or an exception holds.

A structlog processor, last before the text is made; standard-library records go through it as well.
"""

import re
from collections.abc import Mapping

from .encryption import SEALED

# The order matters: what holds other things comes first.
PATTERNS = (
    # JSON web tokens: three parts of URL-safe base 64, the first begins with {" (RFC 7519).
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?"), "[token]"),
    # What an Authorization header says after its scheme.
    (re.compile(r"(?i)\b(bearer|basic|digest|token|api-key|apikey)(\s+|:\s*|=)[A-Za-z0-9._~+/=-]{8,}"), r"\1 [token]"),
    (re.compile(r"\bher_[A-Za-z0-9]{6,}[._-][A-Za-z0-9_-]{16,}"), "[api key]"),
    (
        re.compile(
            r"(?i)\b((?:__Host-|__Secure-)?(?:sessionid|session_key|csrftoken|csrfmiddlewaretoken|password|passwd|secret"
            r"|access_token|refresh_token|id_token|client_secret|code_verifier))(['\"]?\s*[:=]\s*['\"]?)[^\s'\";,&}]+"
        ),
        r"\1\2[hidden]",
    ),
    (SEALED, "[encrypted]"),
    (re.compile(r"\bhers1:[0-9a-f]{32}:[A-Za-z0-9_=-]+"), "[encrypted]"),
    (re.compile(r"(?i)[a-z0-9._%+'-]+(?:@|%40)[a-z0-9-]+(?:\.[a-z0-9-]+)+"), "[email address]"),
    # Postcodes of the United Kingdom (BS 7666), with or without the space.
    (
        re.compile(
            r"\b(?:GIR ?0AA|[A-PR-UWYZa-pr-uwyz](?:[0-9]{1,2}|[A-HK-Ya-hk-y][0-9]{1,2}|[0-9][A-HJKPSTUWa-hjkpstuw]"
            r"|[A-HK-Ya-hk-y][0-9][ABEHMNPRVWXYabehmnprvwxy])(?: |%20|\+)?[0-9][ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})\b"
        ),
        "[postcode]",
    ),
)
# Values under these names are secrets, whatever they look like.
SECRET_NAMES = re.compile(r"(?i)password|secret|authorization|cookie|session_?key|sessionid|api_?key|refresh|csrf")
# Identifiers and times, which logs are for.
PLAIN_NAMES = frozenset({"request_id", "timestamp", "level", "logger", "user_id", "task_id"})
MOST_DEPTH = 6


def masked_text(text: str) -> str:
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


def masked(value, depth: int = 0):
    """The value with every text in it masked; objects become their masked text, since rendering would do that."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, bytes):
        return masked_text(value.decode("utf-8", "replace"))
    if depth >= MOST_DEPTH:
        return masked_text(str(value))
    if isinstance(value, Mapping):
        return {masked_text(str(key)): _named(str(key), each, depth) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(each, depth + 1) for each in value]
    return masked_text(str(value))


def _named(name: str, value, depth: int):
    if SECRET_NAMES.search(name) and value not in (None, "", True, False):
        return "[hidden]"
    return masked(value, depth + 1)


def mask_personal(logger, method_name: str, event: dict) -> dict:
    """structlog processor. Its own entries (_record, _from_structlog) are left to structlog."""
    return {
        name: value if name.startswith("_") or name in PLAIN_NAMES else _named(name, value, 0)
        for name, value in event.items()
    }

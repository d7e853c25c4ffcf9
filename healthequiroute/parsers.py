"""How the API reads JSON bodies."""

import json

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from .refusals import note_fields

# The deepest body that any address takes has six levels.
MOST_LEVELS = 20
TOO_DEEP = f"The JSON is nested too deeply: at most {MOST_LEVELS} levels are taken."


class ObjectParser(JSONParser):
    """One JSON object of text that can be stored; everything else is answered with 400 before a view sees it."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
            # Escapes such as \ud800 read as half a character, which no database takes.
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(TOO_DEEP) from None
        except UnicodeEncodeError:
            raise ParseError("The JSON holds half of a surrogate pair.") from None
        if not isinstance(data, dict):
            raise ParseError("A JSON object is expected.")
        if is_deep(data):
            raise ParseError(TOO_DEEP)
        _note_fields(data, (parser_context or {}).get("request"))
        return data


def _note_fields(data, request) -> None:
    """Serializers leave out what they do not know; what only services decide is worth a line in the log."""
    match = getattr(request, "resolver_match", None)
    if match is not None:
        # Not `request.user`: finding out who asks may be what reads the body, for the secret of a form.
        user = vars(request).get("_user")
        signed_in = user is not None and user.is_authenticated
        note_fields(data, address=match.view_name or match.route, signed_in=signed_in)


def is_deep(data) -> bool:
    """Whether objects and lists lie in each other more than MOST_LEVELS times."""
    level = [data]
    for _ in range(MOST_LEVELS):
        level = [inner for each in level if isinstance(each, dict | list) for inner in _inside(each)]
    return any(isinstance(each, dict | list) for each in level)


def _inside(each):
    return each.values() if isinstance(each, dict) else each

"""How the API reads JSON bodies."""

import json

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ObjectParser(JSONParser):
    """One JSON object of text that can be stored; everything else is answered with 400 before a view sees it."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
            # Escapes such as \ud800 read as half a character, which no database takes.
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except UnicodeEncodeError:
            raise ParseError("The JSON holds half of a surrogate pair.") from None
        if not isinstance(data, dict):
            raise ParseError("A JSON object is expected.")
        return data

"""What a feature says of itself: named, typed, explained, and written as JSON by the database."""

from dataclasses import dataclass, field

from django.db.models import Func, TextField, Value

STRING, INTEGER, NUMBER, BOOLEAN = "string", "integer", "number", "boolean"


@dataclass(frozen=True)
class Property:
    """`expression` is one of the collection's queryset. `lookup`: the field that a filter compares, where there is one.

    `values` are all that there can be.
    """

    name: str
    title: str
    type: str
    expression: object
    description: str = ""
    lookup: str = ""
    values: tuple = field(default=())

    def as_schema(self) -> dict:
        schema = {"title": self.title, "type": self.type}
        if self.description:
            schema["description"] = self.description
        if self.values:
            schema["enum"] = list(self.values)
        return schema


class PropertiesAsJson(Func):
    """One JSON text of all properties, in their order. Not JSONObject: jsonb orders its keys by their length."""

    function = "json_build_object"
    output_field = TextField()
    template = "(%(function)s(%(expressions)s))::text"

    def __init__(self, properties):
        super().__init__(*(part for each in properties for part in (Value(each.name), each.expression)))


class ValueUnreadable(ValueError):
    """A filter's value that is none of the property's type; the message is a sentence."""


def condition(prop: Property, text: str) -> dict:
    """Keyword arguments of `filter()`. In texts `*` stands for any characters (Part 1, 7.15.6)."""
    if prop.type == STRING:
        return _text_condition(prop, text)
    return {prop.lookup: _typed(prop, text)}


def _text_condition(prop, text) -> dict:
    if "*" not in text:
        return {prop.lookup: text}
    if len(text) > 100 or text.count("*") > 3:
        raise ValueUnreadable(f"{prop.name}: at most 100 characters and three stars.")
    pattern = "".join(".*" if sign == "*" else _escaped(sign) for sign in text)
    return {f"{prop.lookup}__regex": f"^{pattern}$"}


def _escaped(sign: str) -> str:
    return sign if sign.isalnum() or sign == " " else f"\\{sign}"


def _typed(prop, text):
    if prop.type == BOOLEAN:
        # GDAL writes 1 and 0.
        if text not in ("true", "false", "1", "0"):
            raise ValueUnreadable(f"{prop.name}: expected true or false.")
        return text in ("true", "1")
    try:
        number = int(text) if prop.type == INTEGER else float(text)
    except ValueError:
        raise ValueUnreadable(f"{prop.name}: expected a {'whole ' * (prop.type == INTEGER)}number.") from None
    if not abs(number) < 2**31:
        raise ValueUnreadable(f"{prop.name}: expected a number of usual size.")
    return number

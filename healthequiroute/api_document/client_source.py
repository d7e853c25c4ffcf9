"""Writes the typed Python client from the OpenAPI document.

One file that needs nothing but Python: the generators on offer write hundreds of files that need a library each.
"""

import json
import keyword
import re
from pathlib import Path
from textwrap import fill, indent

TEMPLATE = Path(__file__).with_name("client_template.py.txt")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
WIDTH = 116


def source(document: dict) -> str:
    """The whole file. The same document gives the same text."""
    schemas = document["components"]["schemas"]
    types = "\n\n\n".join(_type(name, schema) for name, schema in sorted(schemas.items()))
    methods = "\n\n".join(
        indent(_method(path, method, operation), "    ")
        for path, operations in sorted(document["paths"].items())
        for method, operation in operations.items()
    )
    return TEMPLATE.read_text().replace("# TYPES\n", f"{types}\n").replace("    # METHODS\n", f"{methods}\n")


def _type(name: str, schema: dict) -> str:
    if "enum" in schema:
        return f"{name} = {_literal(schema)}"
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{name} = {_hint(schema)}"
    required = set(schema.get("required", []))
    if any(keyword.iskeyword(key) or not key.isidentifier() for key in schema["properties"]):
        return _functional(name, schema["properties"], required)
    about = _docstring(schema.get("description", ""))
    fields = [
        f"    {key}: {_hint(value) if key in required else f'NotRequired[{_hint(value)}]'}"
        for key, value in schema["properties"].items()
    ]
    return "\n".join([f"class {name}(TypedDict):", *([indent(about, "    ")] if about else []), *fields])


def _functional(name: str, properties: dict, required: set[str]) -> str:
    """For members whose names are words of Python."""
    fields = [
        f"        {json.dumps(key)}: {_hint(value) if key in required else f'NotRequired[{_hint(value)}]'},"
        for key, value in properties.items()
    ]
    return "\n".join([f"{name} = TypedDict(", f'    "{name}",', "    {", *fields, "    },", ")"])


def _hint(schema: dict) -> str:
    """The Python type of a schema, as text. Names of other types are quoted: they may be written further down."""
    nullable = " | None" if schema.get("nullable") else ""
    if "$ref" in schema:
        return f'"{schema["$ref"].rpartition("/")[2]}{nullable}"'
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            parts = [_hint(each) for each in schema[key]]
            inner = " | ".join(dict.fromkeys(part.strip('"') for part in parts))
            return f'"{inner}{nullable}"'
    if "enum" in schema:
        return f"{_literal(schema)}{nullable}"
    kind = schema.get("type")
    if kind == "array":
        return f"list[{_hint(schema.get('items', {}))}]{nullable}"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {_hint(more) if isinstance(more, dict) and more else 'Any'}]{nullable}"
    return f"{PLAIN[kind]}{nullable}" if kind in PLAIN else "Any"


def _literal(schema) -> str:
    values = [each for each in schema["enum"] if each is not None]
    if not values:
        return "None"
    none = " | None" if None in schema["enum"] else ""
    return f"Literal[{', '.join(repr(each).replace(chr(39), chr(34)) for each in values)}]{none}"


def _docstring(text: str) -> str:
    if not text:
        return ""
    lines = [fill(part, WIDTH - 12, break_long_words=False, break_on_hyphens=False) for part in text.splitlines()]
    words = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{words}\n"""' if "\n" in words else f'"""{words}"""'


def _method(path, method, operation) -> str:
    parameters = operation.get("parameters", [])
    inside = [each for each in parameters if each["in"] == "path"]
    asked = [each for each in parameters if each["in"] == "query"]
    told = [each for each in parameters if each["in"] == "header"]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    signature = ["self", *(f"{_name(each)}: {_bare(each['schema'])}" for each in inside)]
    if content is not None:
        needed = operation["requestBody"].get("required", False)
        body = _hint(content.get("schema", {}))
        signature.append(f"body: {body}" if needed else f"body: {_optional(body)} = None")
    if named := asked + told:
        needed = [f"{_name(each)}: {_bare(each['schema'])}" for each in named if each.get("required")]
        others = [f"{_name(each)}: {_bare(each['schema'])} | None = None" for each in named if not each.get("required")]
        signature += ["*", *needed, *others]
    answer, kind = _answer(operation)
    words = _docstring(_told(operation))
    pairs, headers = _pairs(asked), _pairs(told)
    template = re.sub(r"\{(\w+)\}", lambda found: "{_step(" + _safe(found[1]) + ")}", path)
    call = [f'"{method.upper()}"', f'f"{template}"' if inside else f'"{path}"']
    call += [f"{{{pairs}}}"] if asked else []
    call += [f"headers={{{headers}}}"] if told else []
    call += ["body=body"] if content is not None else []
    call += [f'kind="{kind}"'] if kind != "json" else []
    return "\n".join([
        f"def {operation['operationId']}(",
        *(f"    {part}," for part in signature),
        f") -> {answer}:",
        indent(words, "    "),
        f"    return self._ask({', '.join(call)})",
    ])  # fmt: skip


def _pairs(parameters) -> str:
    return ", ".join(f'"{each["name"]}": {_name(each)}' for each in parameters)


def _told(operation) -> str:
    summary, description = operation.get("summary", ""), operation.get("description", "")
    told = f"{summary.rstrip('.')}."
    return told if description in ("", summary) else f"{told}\n\n{description}"


def _optional(hint: str) -> str:
    return f'"{hint.strip(chr(34))} | None"' if hint.startswith('"') else f"{hint} | None"


def _bare(schema) -> str:
    """The type of a parameter; enumerations have no name of their own there."""
    return _hint({key: value for key, value in schema.items() if key != "nullable"}).strip('"')


def _name(parameter) -> str:
    name = _safe(parameter["name"])
    return name.lower() if parameter["in"] == "header" else name


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name == "self" else name.replace("-", "_")


def _answer(operation) -> tuple[str, str]:
    """The type of the answer, and how it is read: json, text or nothing."""
    for status, answer in sorted(operation["responses"].items()):
        if not status.startswith("2"):
            continue
        for media, content in answer.get("content", {}).items():
            if "json" in media:
                return _hint(content.get("schema", {})), "json"
            return "str", "text"
        return "None", "none"
    return "None", "none"

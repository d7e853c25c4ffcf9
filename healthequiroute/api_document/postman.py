"""The API as a Postman collection, format v2.1.0 (https://schema.getpostman.com/json/collection/v2.1.0/collection.json).

One folder for each subject, one request for each operation with its example, variables for the portal's address and for
the API key. Bruno, Insomnia, Hoppscotch and newman read the same format.
"""

import json
import re
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
STATUS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 409: "Conflict"}


def collection(document: dict, *, host: str = "https://healthequiroute.example.org") -> dict:
    """`document`: OpenAPI 3. The same document gives the same collection, ids included."""
    folders: dict[str, list] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            folders.setdefault(operation["tags"][0], []).append(_item(document, path, method, operation))
    about = {tag["name"]: tag["description"] for tag in document.get("tags", [])}
    info = document["info"]
    return {
        "info": {
            "_postman_id": _id(info["title"]),
            "name": info["title"],
            "description": info["description"],
            "version": info["version"],
            "schema": SCHEMA,
        },
        "auth": {
            "type": "apikey",
            "apikey": [
                {"key": "key", "value": "Authorization", "type": "string"},
                {"key": "value", "value": "Api-Key {{apiKey}}", "type": "string"},
                {"key": "in", "value": "header", "type": "string"},
            ],
        },
        "variable": [
            {"key": "host", "value": host, "type": "string", "description": "Address of the portal, without a stroke"},
            {"key": "apiKey", "value": "", "type": "string", "description": "An API key, as the portal showed it once"},
        ],
        "item": [
            {"name": name, "description": about.get(name, ""), "item": items} for name, items in sorted(folders.items())
        ],
    }


def _id(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"healthequiroute:{text}"))


def _item(document, path, method, operation) -> dict:
    request = _request(document, path, method, operation)
    name = operation.get("summary") or operation["operationId"]
    return {
        "id": _id(operation["operationId"]),
        "name": name,
        "request": request,
        "response": [answer for answer in [_answer(name, request, operation)] if answer],
    }


def _request(document, path, method, operation) -> dict:
    parameters = operation.get("parameters", [])
    request = {
        "method": method.upper(),
        "header": [{"key": "Accept", "value": "application/json, */*;q=0.5"}, *_headers(parameters)],
        "url": _url(path, parameters),
        "description": operation.get("description", ""),
    }
    if operation.get("security") == [{}] or not operation.get("security", True):
        request["auth"] = {"type": "noauth"}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None:
        request["header"].append({"key": "Content-Type", "value": "application/json"})
        body = json.dumps(_example(content) or {}, indent=2, ensure_ascii=False)
        request["body"] = {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}
    return request


def _headers(parameters) -> list[dict]:
    """Conditions that a request may send, switched off where it need not."""
    return [
        {
            "key": each["name"],
            "value": _text(_example(each) or ""),
            "description": each.get("description", ""),
            "disabled": not each.get("required", False),
        }
        for each in parameters
        if each["in"] == "header"
    ]


def _url(path, parameters) -> dict:
    """Path variables as `:name`. Query parameters without an example are there, switched off."""
    steps = [re.sub(r"^\{(.+)\}$", r":\1", step) for step in path.strip("/").split("/")]
    query = [
        {
            "key": each["name"],
            "value": _text(each.get("example", "")),
            "description": each.get("description", ""),
            "disabled": "example" not in each and not each.get("required", False),
        }
        for each in parameters
        if each["in"] == "query"
    ]
    used = [(each["key"], each["value"]) for each in query if not each["disabled"]]
    raw = "{{host}}/" + "/".join(steps) + ("/" if path.endswith("/") else "")
    variables = [
        {"key": each["name"], "value": _text(each.get("example", "")), "description": each.get("description", "")}
        for each in parameters
        if each["in"] == "path"
    ]
    return {
        "raw": raw + (f"?{urlencode(used)}" if used else ""),
        "host": ["{{host}}"],
        "path": [*steps, *([""] if path.endswith("/") else [])],
        "query": query,
        "variable": variables,
    }


def _text(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value[0]) if isinstance(value, list) and value else str(value)


def _example(content):
    """The one example of a body: its own, or the first of several."""
    if "example" in content:
        return content["example"]
    return next((each["value"] for each in content.get("examples", {}).values()), None)


def _answer(name, request, operation) -> dict | None:
    for status, answer in sorted(operation["responses"].items()):
        for kind, content in answer.get("content", {}).items() if status.isdigit() else ():
            example = _example(content)
            if example is not None and int(status) < 400:
                body = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
                return {
                    "id": _id(f"{name} {status}"),
                    "name": answer.get("description") or STATUS.get(int(status), status),
                    "originalRequest": {
                        key: request[key] for key in ("method", "header", "url", "body") if key in request
                    },
                    "status": STATUS.get(int(status), status),
                    "code": int(status),
                    "_postman_previewlanguage": "json" if "json" in kind else "text",
                    "header": [{"key": "Content-Type", "value": kind}],
                    "cookie": [],
                    "body": body,
                }
    return None

"""The OpenAPI document and what is made of it: nothing is missing, nothing is out of date."""

import importlib.util
import json
import subprocess
import sys
import typing
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis
from django.conf import settings
from django.core.management import call_command

from healthequiroute.api_document import running
from healthequiroute.api_document.client_source import source
from healthequiroute.api_document.describing import TAGS
from healthequiroute.api_document.document import openapi_document
from healthequiroute.api_document.postman import collection

CLIENT = settings.BASE_DIR / "docs" / "clients" / "python" / "healthequiroute_client.py"
ONE_REQUEST = {"get", "post", "put", "patch", "delete"}


def operations():
    return [
        (method, path, operation)
        for path, methods in openapi_document()["paths"].items()
        for method, operation in methods.items()
    ]


def examples_of(content):
    return [content["example"]] if "example" in content else [e["value"] for e in content.get("examples", {}).values()]


def test_the_document_is_valid_and_made_without_a_warning(capfd):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")
    assert "warn" not in capfd.readouterr().err.lower()
    schemathesis.openapi.from_dict(openapi_document()).validate()


def test_every_operation_explains_itself():
    incomplete = [
        f"{operation['operationId']}: {name}"
        for _, _, operation in operations()
        for name in ("summary", "description", "tags", "operationId")
        if not operation.get(name)
    ]
    assert incomplete == []
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names)) > 60
    assert {tag for _, _, operation in operations() for tag in operation["tags"]} <= set(TAGS)


def test_every_operation_has_an_example_of_request_and_answer():
    missing = []
    for _, _, operation in operations():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body and body.get("schema") and not examples_of(body):
            missing.append(f"{operation['operationId']}: request")
        answers = [a for s, a in operation["responses"].items() if s.startswith("2")]
        assert answers, operation["operationId"]
        if any(a.get("content") for a in answers) and not any(
            examples_of(content) for a in answers for content in a.get("content", {}).values()
        ):
            missing.append(f"{operation['operationId']}: answer")
    assert missing == []


def test_every_operation_names_its_refusals_with_an_example():
    document = openapi_document()
    for _, path, operation in operations():
        assert {"401", "403", "429", "500"} <= set(operation["responses"]), operation["operationId"]
        assert "404" in operation["responses"] or "{" not in path
    for answer in document["components"]["responses"].values():
        example = answer["content"]["application/problem+json"]["example"]
        jsonschema_rs.validate(document["components"]["schemas"]["Problem"], example)


def test_every_call_belongs_to_an_operation():
    known = {operation["operationId"] for _, _, operation in operations()}
    assert {call.operation for call in running.CALLS} <= known
    assert set(running.recorded()) == {call.operation for call in running.CALLS}


def test_examples_hold_no_secret():
    text = running.ANSWERS.read_text()
    assert "aldermoor-demo-only" not in text
    assert not [part for part in text.split('"') if part.startswith("eyJ") and "..." not in part]


def test_webhooks_are_described():
    described = openapi_document()["x-webhooks"]
    assert described
    for each in described.values():
        assert each["post"]["requestBody"]["content"]["application/json"]["example"]


@pytest.fixture(scope="module")
def told():
    return collection(openapi_document())


class TestThePostmanCollection:
    """Held against what the format's schema asks for (v2.1.0)."""

    def test_has_the_form(self, told):
        jsonschema_rs.validate(POSTMAN, told)

    def test_has_every_operation_once_and_always_the_same(self, told):
        requests = [item for folder in told["item"] for item in folder["item"]]
        assert len(requests) == len(operations())
        ids = [item["id"] for item in requests]
        assert len(ids) == len(set(ids))
        assert told == collection(openapi_document())

    def test_addresses_are_made_of_variables(self, told):
        for folder in told["item"]:
            for item in folder["item"]:
                url = item["request"]["url"]
                assert url["raw"].startswith("{{host}}/api/v1/")
                named = {step[1:] for step in url["path"] if step.startswith(":")}
                assert named == {each["key"] for each in url["variable"]}
        assert {each["key"] for each in told["variable"]} == {"host", "apiKey"}

    def test_signing_in_needs_no_key(self, told):
        token = next(folder for folder in told["item"] if folder["name"] == "token")
        assert all(item["request"]["auth"] == {"type": "noauth"} for item in token["item"])

    def test_bodies_are_json_that_can_be_sent(self, told):
        bodies = [i["request"]["body"]["raw"] for f in told["item"] for i in f["item"] if "body" in i["request"]]
        assert len(bodies) > 10
        assert all(isinstance(json.loads(body), dict) for body in bodies)

    def test_the_command_writes_it(self, capsys, told):
        call_command("export_postman", host="https://portal.example/")
        written = json.loads(capsys.readouterr().out)
        assert written["variable"][0]["value"] == "https://portal.example"
        assert written["item"] == told["item"]

    @pytest.mark.django_db
    def test_can_be_taken_from_the_portal(self, client_as):
        response = client_as("viewer").get("/api/v1/postman.json")
        assert response["Content-Disposition"] == 'attachment; filename="healthequiroute.postman_collection.json"'
        assert response.json()["variable"][0]["value"] == "http://testserver"


_HEADERS = {"type": "array", "items": {"type": "object", "required": ["key", "value"]}}
_DESCRIPTION = {"type": ["string", "null"]}
# The parts of collection.json (v2.1.0) that a collection of requests uses.
POSTMAN = {
    "type": "object",
    "required": ["info", "item"],
    "properties": {
        "info": {
            "type": "object",
            "required": ["name", "schema"],
            "properties": {"schema": {"const": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}},
        },
        "auth": {"type": "object", "required": ["type"], "properties": {"type": {"enum": ["apikey", "noauth"]}}},
        "variable": {"type": "array", "items": {"type": "object", "required": ["key", "value", "type"]}},
        "item": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "item"],
                "properties": {
                    "description": _DESCRIPTION,
                    "item": {"type": "array", "items": {"$ref": "#/$defs/item"}},
                },
            },
        },
    },
    "$defs": {
        "url": {
            "type": "object",
            "required": ["raw", "host", "path"],
            "properties": {
                "raw": {"type": "string"},
                "host": {"type": "array", "items": {"type": "string"}},
                "path": {"type": "array", "items": {"type": "string"}},
                "query": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["key", "value"],
                        "properties": {
                            "key": {"type": "string"}, "value": {"type": "string"}, "disabled": {"type": "boolean"},
                            "description": _DESCRIPTION,
                        },
                    },
                },
                "variable": {"type": "array", "items": {"type": "object", "required": ["key", "value"]}},
            },
        },
        "request": {
            "type": "object",
            "required": ["method", "url", "header"],
            "properties": {
                "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
                "url": {"$ref": "#/$defs/url"},
                "header": _HEADERS,
                "auth": {"type": "object", "required": ["type"]},
                "body": {
                    "type": "object",
                    "required": ["mode", "raw"],
                    "properties": {"mode": {"const": "raw"}, "raw": {"type": "string"}},
                },
            },
        },
        "item": {
            "type": "object",
            "required": ["request", "name", "id"],
            "properties": {
                "request": {"$ref": "#/$defs/request"},
                "response": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name", "originalRequest", "code", "status", "header", "body"],
                        "properties": {
                            "originalRequest": {"$ref": "#/$defs/request"}, "code": {"type": "integer"},
                            "status": {"type": "string"}, "header": _HEADERS, "body": {"type": "string"},
                        },
                    },
                },
            },
        },
    },
}  # fmt: skip


class TestThePythonClient:
    def test_is_up_to_date(self):
        # `manage.py export_python_client > docs/clients/python/healthequiroute_client.py` makes it so.
        assert CLIENT.read_text() == source(openapi_document())

    def test_its_types_can_all_be_read(self):
        client = client_module()
        classes = [each for each in vars(client).values() if isinstance(each, type) and each.__module__ == "her_client"]
        assert len(classes) > 50
        for each in classes:
            typing.get_type_hints(each)
        for _, _, operation in operations():
            hints = typing.get_type_hints(getattr(client.Client, operation["operationId"]))
            assert "return" in hints

    def test_needs_nothing_but_python(self):
        command = [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({str(CLIENT)!r})"]
        assert subprocess.run(command, capture_output=True, text=True).stderr == ""

    def test_refuses_an_address_without_a_scheme(self):
        with pytest.raises(ValueError, match="begins with https"):
            client_module().Client("portal.example")


def client_module(path: Path = CLIENT):
    spec = importlib.util.spec_from_file_location("her_client", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["her_client"] = module
    spec.loader.exec_module(module)
    return module

"""The API's one error format: problem details, RFC 9457 (`application/problem+json`)."""

import json

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from .conditional import NotModified, not_modified

CONTENT_TYPE = "application/problem+json"
# Of what is said about one field, which may quote what was sent.
MOST_SAID = 500


def problem(*, request, status: int, title: str, detail: str = "", errors=None) -> dict:
    """The members of a problem document. `errors` lists invalid fields as {"pointer", "detail"}."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path}
    if errors:
        body["errors"] = errors
    return body


def problem_response(*, request, status, title, detail="", errors=None) -> HttpResponse:
    body = problem(request=request, status=status, title=title, detail=detail, errors=errors)
    return HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)


def exception_handler(exc, context):
    """DRF exception handler: every refusal becomes a problem document; unknown errors go on to Django's handler."""
    if isinstance(exc, NotModified):
        return not_modified(exc.etag)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(str(exc) or None)
    elif isinstance(exc, ValidationError):
        exc = exceptions.ValidationError(exc.messages)
    if not isinstance(exc, exceptions.APIException):
        return None
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(exc.wait))
    invalid = isinstance(exc, exceptions.ValidationError)
    body = problem(
        request=context["request"],
        status=exc.status_code,
        title=str(exc.default_detail).rstrip("."),
        detail="Some values are not valid." if invalid else _text(exc.detail),
        errors=list(_field_errors(exc.detail)) if invalid else None,
    )
    set_rollback()
    return Response(body, status=exc.status_code, headers=headers, content_type=CONTENT_TYPE)


def _text(detail) -> str:
    if isinstance(detail, dict):
        return " ".join(_text(value) for value in detail.values() if not isinstance(value, list))
    return str(detail)


def _field_errors(detail, pointer=""):
    """Flatten DRF's nested error detail into JSON-pointer entries."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _field_errors(value, pointer if key == "non_field_errors" else f"{pointer}/{key}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _field_errors(value, f"{pointer}/{index}" if nested else pointer)
    else:
        said = str(detail)
        yield {"pointer": pointer or "/", "detail": said if len(said) <= MOST_SAID else f"{said[:MOST_SAID]}…"}


PROBLEM = {
    "type": "object",
    "description": "What cannot be done, and why, in words (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The address that was asked."},
        "errors": {
            "type": "array",
            "description": "What is wrong with single values, where the status is 400.",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Which value of the body or the query, as /a/0/b."},
                    "detail": {"type": "string", "description": "What was expected of it."},
                },
            },
        },
    },
}


def describe_problems(result, **options):
    """Hook of drf-spectacular: every operation says in which form it refuses."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            for status, answer in answers.items():
                if status.startswith("4"):
                    answer.setdefault("content", content)
            answers.setdefault("4XX", {"description": "It cannot be done; `detail` says why.", "content": content})
    return result

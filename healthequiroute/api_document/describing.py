"""Hooks of drf-spectacular: a summary, an example of request and answer and the refusals of every operation."""

from django.urls import Resolver404, resolve

from healthequiroute.problems import CONTENT_TYPE, PROBLEM

from .calls import CALLS
from .running import recorded
from .versions import DEPRECATED

SUMMARIES = {call.operation: call.summary for call in CALLS}
TAGS = {
    "token": "Signing in: pairs of tokens for programs that a person runs",
    "areas": "Small areas with their figures",
    "priorities": "The priority of each area, why it is so, and runs",
    "search": "Places of every kind",
    "exports": "Files for other programs",
    "dashboard": "Figures of the home page",
    "ml": "What is to be expected: forecasts and their models, demand and capacity",
    "inequality": "How unequally figures are spread",
    "me": "What somebody chose for themselves",
    "saved-views": "Views of Explore that somebody saved",
    "route-plans": "Plans, their life, changes by hand, files, and what happens on the day",
    "assignments": "Rounds of a plan",
    "visit-links": "Visits that belong together",
    "equity": "Who is reached and who is not",
    "chat": "Questions in words, answered from data, and one's own conversations",
    "mileage": "Kilometres for claims",
    "notifications": "What somebody was told of",
    "reports": "Reports and their files",
    "feedback": "What people say about pages",
}
# What is answered where the recorded call was refused, as it must be on any day but the plan's own.
ANSWERS_LIKE = {"route_plans_close_create": "route_plans_publish_create"}
# Status, why, and an example of what `detail` says.
_REFUSALS = {
    "400": ("A value is not valid: `errors` names it.", "Invalid input", "Some values are not valid."),
    "401": ("No proof of who asks, or one that is not taken.", "Authentication credentials were not provided",
            "Authentication credentials were not provided."),
    "403": ("Whoever asks may not do this.", "You do not have permission to perform this action",
            "You do not have permission to perform this action."),
    "404": ("There is no such thing, or it is another organisation's.", "Not found", "Not found."),
    "406": ("Nobody makes the form that Accept asks for.", "Could not satisfy the request Accept header",
            "Could not satisfy the request Accept header."),
    "412": ("The thing is another one than If-Match says.", "Precondition failed",
            "It was changed meanwhile: ask for it again."),
    "415": ("The body is in a form that is not read.", "Unsupported media type",
            "Unsupported media type \"text/csv\" in request."),
    "428": ("If-Match is missing: two people may be changing the thing.", "Precondition required",
            "Ask for it, and send its ETag as If-Match with the change."),
    "429": ("Too many requests: Retry-After says for how many seconds.", "Request was throttled",
            "Request was throttled. Expected available in 30 seconds."),
    "500": ("Something went wrong on our side.", "Server error", "Something went wrong on our side."),
}  # fmt: skip
_SAFE = ("get", "head")


def explain(result, **options):
    """The last hook but one: what the views say themselves stays."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    result["components"].setdefault("responses", {}).update({f"Status{code}": _refusal(code) for code in _REFUSALS})
    used = {tag for operations in result["paths"].values() for each in operations.values() for tag in each["tags"]}
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    examples = recorded()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            name = operation["operationId"]
            _explain_operation(path, method, operation, examples.get(name))
            if name in ANSWERS_LIKE and ANSWERS_LIKE[name] in examples:
                _give_answer(operation, examples[ANSWERS_LIKE[name]])
    return result


def _view_name(path, example) -> str:
    """The name of the address behind a path of the document, found with the arguments of its example."""
    try:
        return resolve(path.format(**(example or {}).get("path", {}))).view_name
    except (KeyError, Resolver404):
        return ""


def _refusal(status: str) -> dict:
    text, title, detail = _REFUSALS[status]
    example = {"type": "about:blank", "title": title, "status": int(status), "detail": detail}
    example["instance"] = "/api/v1/areas/"
    if status == "400":
        example["errors"] = [{"pointer": "/page_size", "detail": "A valid integer is required."}]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {CONTENT_TYPE: {"schema": schema, "example": example}}}


def _explain_operation(path, method, operation, example) -> None:
    name = operation["operationId"]
    if "summary" not in operation and name in SUMMARIES:
        operation["summary"] = SUMMARIES[name]
    operation.setdefault("description", operation.get("summary", ""))
    if deprecation := DEPRECATED.get(f"{_view_name(path, example)}:{method}"):
        operation["deprecated"] = True
        operation["description"] += f"\n\n{deprecation.sentence}"
    for status in _statuses(path, method, operation):
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Status{status}"})
    if example:
        _give_example(operation, example)


def _statuses(path, method, operation) -> list[str]:
    """Which refusals can come, beside those that the view names."""
    found = ["401", "403", "406", "429", "500"]
    if "{" in path:
        found.append("404")
    if "requestBody" in operation:
        found += ["400", "415"]
    elif any(each["in"] == "query" for each in operation.get("parameters", [])):
        found.append("400")
    named = {each["name"]: each for each in operation.get("parameters", []) if each["in"] == "header"}
    if "If-Match" in named:
        found += ["412", "428"] if named["If-Match"].get("required") else ["412"]
    return sorted(found)


def _give_example(operation, example) -> None:
    for parameter in operation.get("parameters", []):
        value = (example["path"] | example["query"]).get(parameter["name"])
        if value is not None and "example" not in parameter:
            parameter["example"] = value
    if example["sent"] is not None:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if not (content.get("examples") or content.get("example")):
                content["example"] = example["sent"]
    _give_answer(operation, example)


def _give_answer(operation, example) -> None:
    answer = operation["responses"].get(str(example["status"]), {})
    for kind, content in answer.get("content", {}).items():
        fits = kind in (example["kind"], "*/*")
        if fits and not (content.get("examples") or content.get("example")):
            content["example"] = example["answer"]


def describe_webhooks(result, **options):
    """What other systems are told of, as `x-webhooks`: OpenAPI knows `webhooks` from 3.1 on."""
    from accounts.notices.events import openapi_webhooks

    result["x-webhooks"] = openapi_webhooks()
    return result

"""What people read where they may not go, and where we failed: who can help, and by which number the log knows it."""

import re

import pytest
import structlog
from django.template.loader import render_to_string

from accounts.permissions import Permission, Role, roles_with
from healthequiroute import errors


def words(html) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_whoever_lacks_a_right_reads_which_roles_have_it_and_who_gives_it(client_as):
    answer = client_as("viewer").get("/teams/")
    assert answer.status_code == 403
    text = words(answer.content.decode())
    assert Permission.MANAGE_TEAMS.description in text
    for role in roles_with(Permission.MANAGE_TEAMS):
        assert role.label in text
    assert "An administrator of your organisation can give it to you." in text
    assert "Approver" not in text


def test_platform_pages_say_who_runs_the_platform(client_as):
    text = words(client_as("administrator").get("/organisations/").content.decode())
    assert "Only platform administrators can do this" in text
    assert "can give it to you" not in text


def test_the_roles_of_a_right_are_those_of_the_table():
    assert roles_with(Permission.APPROVE_PLANS) == [Role.APPROVER]
    assert roles_with(Permission.LOAD_DATA) == []


def test_our_fault_has_a_reference(rf):
    with structlog.contextvars.bound_contextvars(request_id="0000-4711"):
        answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert answer["X-Request-ID"] == "0000-4711"
    assert "0000-4711" in answer.content.decode()
    assert "reference" not in words(errors.server_error(rf.get("/")).content.decode()).lower()


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        ("_empty", {"title": "No plans yet", "text": "Why", "action_url": "/x/", "action_text": "Begin"}, "Begin"),
        ("_busy", {"title": "Counting", "percent": 40, "url": "/jobs/", "poll_url": "/poll/"}, "40%"),
        ("_no_permission", {"right": "make plans", "roles": ["Planner"]}, "This role has it: Planner."),
        ("_failed", {"title": "Not sent", "kept": "What you wrote is kept.", "retry_url": "/again/"}, "Try again"),
    ],
)
def test_each_state_says_what_it_is_for(template, values, said):
    assert said in words(render_to_string(f"layouts/{template}.html", values))


def test_what_is_over_asks_no_more():
    assert "hx-get" in render_to_string("layouts/_busy.html", {"title": "Counting", "poll_url": "/poll/"})
    assert "hx-get" not in render_to_string("layouts/_busy.html", {"title": "Counted"})

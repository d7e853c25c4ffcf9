"""Fields that nobody offered: whose something is, its state and its rights are never taken from what was sent."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps

from accounts.models import Membership, User
from accounts.permissions import Role
from lsoa.models import Patch
from routing.models import Team

# Who or what somebody is, whose something is, and how far it has come: decided by services.
DECIDED = {
    *("id", "pk", "organisation", "organisation_id", "owner", "created_by", "created_at", "state", "status", "user_id"),
    *("is_platform_administrator", "is_superuser", "is_staff", "is_active", "is_demo", "is_break_glass", "password"),
    *("permissions", "approved_by", "published_by", "approved_at", "published_at", "digest", "sequence"),
}
# Where the field is what the form is about, and its service asks for the right to give it: the Django admin's form of
# accounts and the form of feeds are for platform administrators, the others choose among one's own, or filter a list.
MEANT = {
    # A phone names what it records, so that what it sends twice counts once.
    "id": ("routing.round_forms.EntryForm",),
    "is_break_glass": ("accounts.forms.ChangeUserForm",),
    "is_demo": ("accounts.forms.ChangeUserForm",),
    "is_active": ("accounts.forms.ChangeUserForm", "routing."),
    "is_platform_administrator": ("accounts.forms.ChangeUserForm",),
    "organisation": ("accounts.", "lsoa.feed_forms."),
    "password": ("accounts.",),
    "state": ("routing.", "accounts.", "healthequiroute.portal.feedback.forms.FeedbackFilter"),
    "status": ("accounts.",),
}


def our_forms():
    """Every form class of the product: all modules that may hold one are imported first."""
    for app in ("accounts", "lsoa", "priorities", "routing", "insights", "healthequiroute"):
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if "form" in module.name.rpartition(".")[2] and ".tests" not in module.name:
                importlib.import_module(module.name)
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if one.__module__.partition(".")[0] in {app.name.partition(".")[0] for app in apps.get_app_configs()}:
            found.add(one)
    return {each for each in found if each.__module__.startswith(OURS)}


OURS = ("accounts", "lsoa", "priorities", "routing", "insights", "healthequiroute")


def test_no_form_offers_what_services_decide():
    offered = {}
    all_forms = our_forms()
    assert len(all_forms) > 20
    for form in all_forms:
        for name in set(getattr(form, "base_fields", {})) & DECIDED:
            if not f"{form.__module__}.{form.__name__}".startswith(MEANT.get(name, ("nowhere",))):
                offered.setdefault(f"{form.__module__}.{form.__name__}", []).append(name)
    assert offered == {}


@pytest.mark.django_db
def test_no_body_of_the_api_takes_what_services_decide(api_client_as):
    schema = api_client_as("viewer").get("/api/v1/schema/?format=json").json()
    parts, taken = schema["components"]["schemas"], {}
    bodies = 0
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                bodies += 1
                name = content["schema"].get("$ref", "").rpartition("/")[2]
                fields = parts.get(name, content["schema"]).get("properties", {})
                extra = {one for one in fields if one in DECIDED and not fields[one].get("readOnly")}
                if extra - ({"password"} if path.endswith("/token/") else set()):
                    taken[f"{method} {path}"] = extra
    assert bodies > 20
    assert taken == {}


EXTRA = {
    "is_platform_administrator": "on",
    "is_superuser": "true",
    "is_active": "on",
    "organisation_id": "00000000-0000-0000-0000-000000000000",
    "state": "published",
    "id": "1",
    "approved_by": "1",
    "created_by": "1",
}


@pytest.mark.django_db
def test_a_member_is_changed_in_what_the_form_shows_alone(client_as, make_user, organisation, other_organisation):
    victim = make_user(["viewer"])
    membership = Membership.objects.get(user=victim)
    client = client_as("administrator")
    form = {"roles": ["analyst"], "organisation": str(other_organisation.pk)} | EXTRA
    client.post(f"/members/{membership.pk}/", form)
    membership.refresh_from_db()
    victim.refresh_from_db()
    assert membership.roles == ["analyst"]
    assert membership.organisation == organisation
    assert not victim.is_platform_administrator
    assert not User.objects.filter(is_platform_administrator=True).exists()


@pytest.mark.django_db
def test_no_role_that_does_not_exist_is_given(client_as, make_user):
    membership = Membership.objects.get(user=make_user(["viewer"]))
    client = client_as("administrator")
    for roles in (["platform"], ["administrator", "root"], ["Viewer"], ["viewer; planner"]):
        client.post(f"/members/{membership.pk}/", {"roles": roles})
        membership.refresh_from_db()
        assert membership.roles == ["viewer"]
    assert "platform" not in {role.value for role in Role}


@pytest.mark.django_db
def test_a_team_stays_with_its_organisation(client_as, organisation, other_organisation):
    patch = Patch.objects.create(organisation=organisation, name="Somewhere")
    team = Team.objects.create(organisation=organisation, name="Nurses", patch=patch)
    client = client_as("administrator", "planner")
    client.post(f"/teams/{team.pk}/", {"name": "Nurses", "organisation": str(other_organisation.pk)} | EXTRA)
    client.post("/organisation/", {"organisation": str(other_organisation.pk)})
    team.refresh_from_db()
    assert team.organisation == organisation

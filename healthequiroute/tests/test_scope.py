"""The check itself is checked: it sees each way around the organisation, and finds none in the product."""

import pytest
from django.conf import settings

from healthequiroute.testing import scope_check

APPS = ["accounts", "lsoa", "priorities", "routing", "insights", "healthequiroute"]
OWNED = {"Visit", "RoutePlan"}


@pytest.mark.parametrize(
    "line",
    [
        "Visit.objects.all()",
        "Visit.objects.filter(pk=1)",
        "Visit.objects.get(pk=1).plan",
        "models.Visit.objects.select_related('plan').filter(pk=1)",
        "Visit._default_manager.first()",
        "Plan.objects.get(pk=1)",
        "get_object_or_404(Visit, pk=1)",
        "shortcuts.get_object_or_404(models.Visit, pk=1)",
        "get_object_or_404(Visit.objects, pk=1)",
        "class Form:\n    visit = ModelChoiceField(queryset=Visit.objects.all())",
        "class Page(ListView):\n    model = Visit",
    ],
)
def test_a_way_around_the_organisation_is_found(line):
    source = "from routing.models import RoutePlan as Plan\n" + line
    assert len(scope_check.check_source(source, OWNED)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Visit.objects.for_organisation(request.organisation).filter(pk=1)",
        "get_object_or_404(Visit.objects.for_organisation(organisation), pk=1)",
        "plan.visits.all()",
        "Area.objects.all()",
        "Visit.objects.none()",
        "Visit.DoesNotExist",
        "class VisitSerializer:\n    class Meta:\n        model = Visit",
        "Visit.objects.filter(pk=1)  # unscoped: the task was given the id by its own service",
    ],
)
def test_what_keeps_to_the_organisation_is_left_alone(line):
    assert scope_check.check_source(line, OWNED) == []


def test_models_that_belong_to_an_organisation_are_known():
    assert {"Membership", "Job", "AuditEvent", "Patch", "Visit", "RoutePlan", "RouteStop"} <= scope_check.owned_models()
    assert not {"Area", "User", "Organisation", "Dataset"} & scope_check.owned_models()


def test_the_product_keeps_to_it():
    paths = list(scope_check.checked_files(settings.BASE_DIR, APPS))
    assert {path.name for path in paths} >= {"members.py", "api.py", "tasks.py", "plan_day.py", "tables.py"}
    assert [str(violation) for violation in scope_check.check(paths, scope_check.owned_models())] == []

"""Django admin of runs and scores: looks at everything, changes nothing but through services."""

import pytest
from django.urls import reverse

from accounts.audit import SystemActor
from priorities import services
from priorities.models import ModelVersion
from priorities.tests.factories import make_areas, publish, spread

pytestmark = pytest.mark.django_db


def test_every_model_has_a_read_only_page(platform_client):
    make_areas(*spread())
    publish()
    run = services.score_areas(by=SystemActor("test:admin"))
    for row in (ModelVersion.objects.get(), run, run.scores.first()):
        name = row._meta.model_name
        assert platform_client.get(reverse(f"admin:priorities_{name}_changelist")).status_code == 200
        page = platform_client.get(reverse(f"admin:priorities_{name}_change", args=[row.pk]))
        assert page.status_code == 200 and b'name="_save"' not in page.content
        assert platform_client.get(reverse(f"admin:priorities_{name}_add")).status_code == 403

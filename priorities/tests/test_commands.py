"""install_default_model and score_priorities: answers on standard output, the rest on standard error."""

import pytest
from django.core.management import CommandError, call_command

from accounts.tests.factories import OrganisationFactory
from lsoa.models import Patch
from priorities.models import ModelVersion, PriorityScore
from priorities.tests.factories import make_areas, publish, spread

pytestmark = pytest.mark.django_db


def test_installs_and_publishes_with_two_administrators(capsys, platform_administrator, second_platform_administrator):
    make_areas(*spread(), is_synthetic=True)
    call_command(
        "install_default_model",
        proposed_by=platform_administrator.email,
        published_by=second_platform_administrator.email,
    )
    assert ModelVersion.objects.get().state == "published"
    assert capsys.readouterr().out.startswith("LSOA visit priority, version 1: published; thresholds from 20 areas of")


def test_one_administrator_alone_cannot_publish(platform_administrator):
    make_areas(*spread())
    email = platform_administrator.email
    with pytest.raises(CommandError, match="second administrator"):
        call_command("install_default_model", proposed_by=email, published_by=email)
    assert not ModelVersion.objects.exists()


def test_without_names_a_draft_is_left():
    make_areas(*spread())
    call_command("install_default_model")
    assert ModelVersion.objects.get().state == "draft"


def test_scores_and_answers_in_one_line(capsys):
    make_areas(*spread())
    publish()
    call_command("score_priorities")
    written = capsys.readouterr()
    assert written.out.startswith("20 areas scored in ") and written.out.count("\n") == 1
    assert "Reading the figures" in written.err


def test_scores_a_patch(capsys, organisation):
    areas = make_areas(*spread())
    publish()
    patch = Patch.objects.create(organisation=organisation, name="North", slug="north")
    patch.areas.set(areas[:3])
    call_command("score_priorities", patch="north")
    assert PriorityScore.objects.count() == 3


def test_a_patch_that_is_unknown_or_ambiguous_is_refused(organisation):
    make_areas(*spread())
    publish()
    with pytest.raises(CommandError, match="no patch 'north'"):
        call_command("score_priorities", patch="north")
    for owner in (organisation, OrganisationFactory()):
        Patch.objects.create(organisation=owner, name="North", slug="north")
    with pytest.raises(CommandError, match="Several organisations"):
        call_command("score_priorities", patch="north")


def test_without_a_published_model_says_what_to_do():
    with pytest.raises(CommandError, match="install_default_model"):
        call_command("score_priorities")


def test_a_number_must_be_that_of_the_published_version():
    make_areas(*spread())
    publish()
    with pytest.raises(CommandError, match="Version 7 is not published; version 1 is"):
        call_command("score_priorities", model="LSOA visit priority:7")

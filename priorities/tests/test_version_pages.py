"""The life of a version through the admin's pages: draft, review, publication by a second person, restoring, files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Job
from healthequiroute.testing.shared import shared
from priorities import services
from priorities.default_model import FILE
from priorities.dex.dxi import read_dxi
from priorities.models import ModelVersion
from priorities.tests.drafts import contradicting
from priorities.tests.factories import make_areas, publish, spread

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def published(platform_administrator, second_platform_administrator):
    make_areas(*spread())
    version = publish(proposed_by=second_platform_administrator, published_by=platform_administrator)
    services.score_areas(by=platform_administrator)
    return version


@pytest.fixture
@shared
def draft(published, platform_administrator):
    return services.new_draft(source=published, by=platform_administrator, title="Access counts more")


@pytest.fixture
def first(client_as, platform_administrator):
    return client_as(user=platform_administrator)


@pytest.fixture
def second(client_as, second_platform_administrator):
    return client_as(user=second_platform_administrator)


def page(client, version, name="change", *arguments, status=200):
    response = client.get(reverse(f"admin:priorities_modelversion_{name}", args=[version.pk, *arguments]))
    assert response.status_code == status
    return response.content.decode()


def take(client, version, name, text="", **fields):
    address = reverse("admin:priorities_modelversion_step", args=[version.pk, name])
    response = client.post(address, {"text": text} | fields, follow=True)
    return response.content.decode()


def state(version):
    return ModelVersion.objects.get(pk=version.pk).state


def test_a_draft_is_made_changed_reviewed_published_and_the_old_version_restored(first, second, published):
    take(first, published, "draft", "Access counts more")
    draft = ModelVersion.objects.get(title="Access counts more")
    services.save_draft(
        version=draft,
        by=draft.created_by,
        revision=0,
        thresholds={"NO_CAR": {"bounds": [10, 20], "half_widths": [1, 1]}},
    )
    shown = page(first, draft)
    assert "Changes compared with LSOA visit priority, version 1" in shown and "Ask for review" in shown
    assert "would change class" in shown
    take(first, draft, "propose", "Too many areas without cars are missed")
    assert state(draft) == "review"
    # Whoever proposed it is not offered to publish it, and cannot by address either.
    assert "another platform administrator has to publish it" in page(first, draft)
    assert "is not possible for you now" in take(first, draft, "publish") and state(draft) == "review"
    asked = page(second, draft, "step", "publish")
    assert "Too many areas without cars are missed" in asked and "No car" not in asked
    take(second, draft, "publish")
    assert (state(draft), state(published)) == ("published", "retired")
    assert Job.objects.filter(kind=services.SCORE_KIND).exists()
    take(first, published, "restore", "The new one sends teams to the wrong places")
    assert (state(draft), state(published)) == ("retired", "published")
    assert "The new one sends teams to the wrong places" in page(first, published)


@pytest.mark.parametrize(
    ("name", "said"), [("propose", "Why should this version"), ("draft", "What will the draft try")]
)
def test_a_step_that_needs_words_says_so(first, draft, name, said):
    response = first.post(reverse("admin:priorities_modelversion_step", args=[draft.pk, name]), {"text": "  "})
    assert response.status_code == 422 and said in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()
    assert state(draft) == "draft" and ModelVersion.objects.count() == 2


def test_words_that_are_too_long_are_refused(first, draft):
    response = first.post(
        reverse("admin:priorities_modelversion_step", args=[draft.pk, "propose"]), {"text": "x" * 2001}
    )
    assert response.status_code == 422 and "This has 2,001 characters" in response.content.decode()


def test_a_reviewer_returns_a_version_with_a_note(first, second, draft):
    take(first, draft, "propose", "A trial")
    take(second, draft, "return", "Leave the low class alone")
    assert state(draft) == "draft"
    assert "Leave the low class alone" in page(first, draft)
    take(first, draft, "propose", "Now with the low class as it was")
    take(first, draft, "withdraw")
    assert state(draft) == "draft"


def test_contradictions_are_shown_to_the_reviewer_who_confirms_them(first, second, draft, platform_administrator):
    services.save_draft(
        version=draft,
        by=platform_administrator,
        revision=0,
        definition=contradicting(draft.definition),
        accepted_conflicts={"CLINICAL_NEED": "Wanted by the board"},
    )
    take(first, draft, "propose", "A trial")
    asked = page(second, draft, "step", "publish")
    assert "Rules of this version contradict each other" in asked and "Wanted by the board" in asked
    assert "Confirm that you have seen them" in take(second, draft, "publish") and state(draft) == "review"
    take(second, draft, "publish", confirmed="yes")
    assert state(draft) == "published"


def test_a_draft_is_deleted(first, draft):
    take(first, draft, "delete")
    assert not ModelVersion.objects.filter(pk=draft.pk).exists()


def test_steps_that_do_not_exist_or_do_not_fit_are_refused(first, published, draft):
    assert "is not possible for you now" in take(first, published, "delete")
    assert first.get(reverse("admin:priorities_modelversion_step", args=[draft.pk, "explode"])).status_code == 404


def test_what_differs_is_said_in_words_and_in_its_effect(first, published, draft, platform_administrator):
    services.save_draft(
        version=draft,
        by=platform_administrator,
        revision=0,
        thresholds={"NO_CAR": {"bounds": [1, 2], "half_widths": [0, 0]}},
    )
    shown = page(first, draft, "differences")
    assert f"From {published} to {draft}" in shown and "Households without a car" in shown
    assert "of 20 areas" in shown
    wrong = first.get(reverse("admin:priorities_modelversion_differences", args=[draft.pk]), {"with": "nonsense"})
    assert wrong.status_code == 404


def test_a_scenario_of_an_organisation_is_not_found(first, published, organisation, make_user):
    analyst = make_user(roles=["analyst"])
    theirs = services.new_scenario(source=published, organisation=organisation, title="Ours", by=analyst)
    page(first, theirs, status=404)
    assert "Ours" not in first.get(reverse("admin:priorities_modelversion_changelist")).content.decode()


def test_a_model_goes_out_as_a_file_and_comes_back_as_a_draft(first, published):
    response = first.get(reverse("admin:priorities_modelversion_export", args=[published.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="lsoa-visit-priority-version-1.dxi"'
    assert response.content.decode() == published.definition
    done = send_file(first, response.content, name="Borrowed model", reason="A trial")
    assert "was made from the file" in done.content.decode()
    imported = ModelVersion.objects.get(name="Borrowed model")
    assert imported.state == "draft" and read_dxi(imported.definition) == read_dxi(published.definition)
    # What is missing is said, and can be completed here.
    shown = page(first, imported)
    assert "Before this version can be proposed" in shown and "no indicator" in shown
    assert "There is no effect to show" in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Choose a .dxi file"),
        (b"", "The file is no model that can be read"),
        (b"name,value\n1,2\n", "The file is no model that can be read"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><DEXi>&b;</DEXi>', "The file is no model that can be read"),
        (FILE.read_bytes().replace(b"<LOW>012122223</LOW>", b"<LOW>01212222</LOW>", 1), "CLINICAL_NEED"),
        (FILE.read_bytes().replace(b"<NAME>LSOA visit priority</NAME>", b"", 1), "A model needs a name"),
    ],
)
def test_files_that_are_no_model_are_refused_with_the_reason(first, content, said):
    response = send_file(first, content)
    assert response.status_code == 422 and said in response.content.decode()
    assert not ModelVersion.objects.exists()


def send_file(client, content, **fields):
    upload = {"file": SimpleUploadedFile("model.dxi", content)} if content is not None else {}
    return client.post(reverse("admin:priorities_modelversion_import"), fields | upload, follow=True)


def test_thresholds_from_newer_data_are_seen_and_applied_by_a_person(first, draft, platform_administrator):
    services.save_draft(
        version=draft, by=platform_administrator, revision=0, thresholds={"GP_TRAVEL": {"percentiles": [40, 75]}}
    )
    shown = page(first, draft, "thresholds")
    assert "Nothing would change" in shown
    make_areas(*spread(30))
    shown = page(first, draft, "thresholds")
    assert "Travel to a GP practice" in shown
    before = ModelVersion.objects.get(pk=draft.pk)
    address = reverse("admin:priorities_modelversion_thresholds", args=[draft.pk])
    digest = shown.split('name="digest" value="')[1].split('"')[0]
    sent = {"digest": digest, "revision": str(before.revision), "input": ["GP_TRAVEL"]}
    assert "The data changed" in first.post(address, sent | {"digest": "old"}, follow=True).content.decode()
    assert "Choose at least one input" in first.post(address, sent | {"input": []}, follow=True).content.decode()
    first.post(address, sent)
    after = ModelVersion.objects.get(pk=draft.pk)
    assert after.thresholds["GP_TRAVEL"]["bounds"] != before.thresholds["GP_TRAVEL"]["bounds"]
    assert after.thresholds["AGE75"] == before.thresholds["AGE75"]


def test_an_imported_model_is_completed_here_and_proposed(first, published):
    send_file(first, FILE.read_bytes(), name="Borrowed model")
    draft = ModelVersion.objects.get(name="Borrowed model")
    model = read_dxi(draft.definition)
    for index in model.inputs:
        draft.refresh_from_db()
        indicator = published.inputs[model.attributes[index].name]
        address = reverse("admin:priorities_modelversion_input", args=[draft.pk, index])
        sent = {f"indicator-{index}": indicator, "revision": str(draft.revision), "_save_draft": "1"}
        response = first.post(address, sent, follow=True)
        assert "is saved" in response.content.decode()
    draft.refresh_from_db()
    assert draft.inputs == published.inputs
    # Bounds that are left empty are set from the figures of the indicator.
    assert all(entry["bounds"] for entry in draft.thresholds.values())
    assert "Before this version can be proposed" not in page(first, draft)
    take(first, draft, "propose", "Borrowed from a neighbour")
    assert state(draft) == "review"

"""Pages travel compressed to whom it gives no secret away."""

import gzip

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

OWN = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}


def test_pages_are_compressed_and_say_the_same(client_as):
    viewer = client_as("viewer")
    packed = viewer.get(reverse("glossary"), headers=OWN)
    assert packed["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed["Vary"]
    html = gzip.decompress(packed.content).decode()
    assert html.rstrip().endswith("</html>") and len(packed.content) < len(html) / 3
    typed = viewer.get(reverse("glossary"), headers=OWN | {"Sec-Fetch-Site": "none"})
    assert typed["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_what_another_site_asks_for_is_sent_plain(client_as, site):
    headers = {"Accept-Encoding": "gzip"} | ({"Sec-Fetch-Site": site} if site else {})
    answer = client_as("viewer").get(reverse("glossary"), headers=headers)
    assert "Content-Encoding" not in answer and b"</html>" in answer.content


def test_the_length_of_the_same_answer_differs(client_as):
    viewer = client_as("viewer")
    lengths = {len(viewer.get(reverse("glossary"), headers=OWN).content) for _ in range(12)}
    assert len(lengths) > 1


@pytest.mark.parametrize("name", ["account_login", "api-keys", "webhooks"])
def test_pages_that_show_secrets_are_not(client_as, client, name):
    asker = client if name == "account_login" else client_as("administrator")
    answer = asker.get(reverse(name), headers=OWN)
    assert answer.status_code == 200 and "Content-Encoding" not in answer


def test_answers_to_forms_are_not(client_as):
    answer = client_as("planner").post(reverse("plan-create"), {}, headers=OWN)
    assert answer.status_code in (200, 400, 422) and "Content-Encoding" not in answer

"""The glossary and the topics of help as the assistant reads them."""

from django.urls import reverse

from insights.assistant import reference

from .glossary import terms
from .reading import topics


def register() -> None:
    reference.register(glossary=_words, help_topics=_topics)


def _words() -> list[reference.Word]:
    page = reverse("glossary")
    return [reference.Word(each.term, each.meaning, f"{page}#{each.slug}") for each in terms()]


def _topics() -> list[reference.HelpText]:
    return [
        reference.HelpText(each.title, each.what, each.can, each.questions, reverse("help-topic", args=[each.slug]))
        for each in topics()
    ]

"""Help, topic by topic, and the glossary. Open to everybody: who cannot sign in needs help most."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..help import search, topic_by_slug
from ..help.glossary import alphabetical, term

MOST_LETTERS = 100


@login_not_required
@require_safe
def help_index(request):
    """All topics by group, or those that hold every word that is asked for, the best first."""
    asked = request.GET.get("q", "").strip()[:MOST_LETTERS]
    found = search(asked)
    groups = [(group, list(topics)) for group, topics in groupby(found, key=lambda topic: topic.group)]
    return render(request, "help/index.html", {"asked": asked, "found": found, "groups": groups})


@login_not_required
@require_safe
def help_topic(request, slug):
    topic = topic_by_slug(slug)
    if topic is None:
        raise Http404
    return render(request, "help/topic.html", {"topic": topic, "words": [term(name) for name in topic.words]})


@login_not_required
@require_safe
def glossary(request):
    """Every word, by its letter. `q` narrows them to those that hold it."""
    asked = request.GET.get("q", "").strip()[:MOST_LETTERS]
    held = [each for each in alphabetical() if asked.lower() in f"{each.term} {each.meaning}".lower()]
    letters = [(letter, list(words)) for letter, words in groupby(held, key=lambda each: each.term[0].upper())]
    return render(request, "help/glossary.html", {"asked": asked, "letters": letters, "number": len(held)})

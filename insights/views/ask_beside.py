"""Ask beside the page that somebody is looking at: the conversation that they had open there last, or an empty box."""

from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.people.flags import Flag, needs_flag
from accounts.permissions import Permission

from ..models import Conversation
from ..presenters.ask import AskBeside, Box
from ..services.conversations import MOST_LETTERS
from .ask import asked_of, own_conversations, within_organisation

# Which conversation stands beside the pages: part of the session, so that it ends with it.
OPEN = "ask_beside"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def beside(request):
    """What the panel holds, by htmx. `?q=` fills the box and sends nothing; `?new=1` lets go of the conversation;
    `?again=1`: the panel was open on the page before, and focus stays on this one. POST begins a conversation.

    Without htmx it leads to the page of Ask, with the same question in the box.
    """
    if not request.htmx:
        return redirect(f"{reverse('ask')}?{urlencode({'q': _question(request)})}" if _question(request) else "ask")
    if request.method == "POST":
        return _begun(request)
    if request.GET.get("new") == "1":
        request.session.pop(OPEN, None)
    page = AskBeside(request.user, request.organisation, _open(request), Box(_question(request)))
    return render(request, "ask/_beside.html", {"page": page, "takes_focus": request.GET.get("again") != "1"})


def _begun(request):
    """The conversation with its first answer; the form again where the question was refused."""
    asked, box, _status = asked_of(request, None)
    if asked is None:
        answer = render(request, "ask/_box.html", {"box": box, "is_beside": True, "is_sent": True})
        answer["HX-Retarget"], answer["HX-Reswap"] = "#ask-form", "outerHTML"
        return answer
    request.session[OPEN] = str(asked.conversation.pk)
    page = AskBeside(request.user, request.organisation, asked.conversation, is_answered=True)
    return render(request, "ask/_beside.html", {"page": page})


def _question(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:MOST_LETTERS]


def _open(request) -> Conversation | None:
    """None also where it was deleted or put away since, or belongs to another organisation of the person."""
    return own_conversations(request).filter(pk=request.session.get(OPEN), is_archived=False).first()

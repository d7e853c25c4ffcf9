"""Ask: beginning and going on with a conversation, and what somebody does with their own."""

from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import undo
from accounts.access import requires
from accounts.list_files import asked_kind, list_file_response
from accounts.people.flags import Flag, needs_flag
from accounts.permissions import Permission

from ..models import Conversation, Message
from ..presenters.ask import AskPage, Box, ConversationPage, ExchangeView, conversation_text
from ..presenters.ask_files import answer_table
from ..services import conversations as services
from ..undoing import CONVERSATION

FAILED = (
    "Sorry, there is a problem on our side, and your question was not answered. It is still in the box: try again in a "
    "few minutes."
)


def within_organisation(view):
    """View decorator: a conversation belongs to an organisation, so somebody without one has nothing here."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.organisation is None:
            return render(request, "accounts/no_membership.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def ask(request):
    """`?q=` fills the box and sends nothing; POST begins a conversation."""
    box, status = Box(request.GET.get("q", "")[: services.MOST_LETTERS]), 200
    if request.method == "POST":
        asked, box, status = asked_of(request, None)
        if asked:
            return redirect(_place(asked.answer))
    shown = {"find": request.GET.get("find", ""), "is_archive": request.GET.get("archived") == "1"}
    page = AskPage(request.user, request.organisation, box=box, **shown)
    return render(request, "ask/ask.html", {"page": page}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def conversation(request, pk):
    """404 for somebody else's. A question that comes by htmx is answered with what is put below the others."""
    found, box, status = _own(request, pk), None, 200
    if request.method == "POST":
        asked, box, status = asked_of(request, found)
        if asked and not request.htmx:
            return redirect(_place(asked.answer))
        if asked:
            exchange = ExchangeView(asked.question, asked.answer, is_new=True)
            return render(request, "ask/_answered.html", {"exchange": exchange, "box": Box(), "conversation": found})
        if request.htmx:
            answer = render(request, "ask/_box.html", {"box": box, "conversation": found, "is_sent": True})
            answer["HX-Retarget"], answer["HX-Reswap"] = "#ask-form", "outerHTML"
            return answer
    return render(request, "ask/conversation.html", {"page": ConversationPage(found, box)}, status=status)


@require_POST
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def change(request, pk):
    """Rename, keep at the top or put away; back to where it was asked for."""
    found, asked = _own(request, pk), request.POST
    back = reverse("ask") if asked.get("back") == "list" else reverse("ask-conversation", args=[pk])
    changes = {name: asked[name] == "1" for name in ("pin", "archive") if name in asked}
    try:
        services.change_conversation(conversation=found, by=request.user, title=asked.get("title"), **changes)
    except services.QuestionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _changed_words(changes))
    return redirect(back)


@require_POST
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def delete(request, pk):
    found, back = _own(request, pk), reverse("ask")
    with undo.keeping(request, kind=CONVERSATION, thing=found, back=back, done="The conversation is back.") as kept:
        services.delete_conversation(conversation=found, by=request.user)
    messages.success(request, "The conversation is deleted.", extra_tags=kept.tag)
    return redirect(back)


@never_cache
@require_safe
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def text(request, pk):
    """The whole conversation as a file of text."""
    found = _own(request, pk)
    services.take_text(conversation=found, by=request.user)
    answer = HttpResponse(conversation_text(found), content_type="text/plain; charset=utf-8")
    name = f"ask-{slugify(found.title)[:60].strip('-') or 'conversation'}-{found.last_at:%Y-%m-%d}.txt"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@never_cache
@require_safe
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def answer(request, pk):
    """The table of an answer as a file (`?file=`); without that, the answer's place in its conversation."""
    message = _own_answer(request, pk)
    kind, view = asked_kind(request), ExchangeView(message, message)
    if kind and view.answer.table:
        return list_file_response(request, answer_table(view.answer), kind)
    return redirect(_place(message))


@require_POST
@requires(Permission.VIEW_AREAS)
@needs_flag(Flag.ASK)
@within_organisation
def rate(request, pk):
    """Say whether an answer was useful; by htmx the line of the rating comes back."""
    message = _own_answer(request, pk)
    asked = {name: request.POST.get(name, "") for name in ("rating", "reason")}
    try:
        message = services.rate_answer(message=message, by=request.user, **asked)
    except services.QuestionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        if request.htmx:
            exchange = ExchangeView(message, message)
            return render(request, "ask/_rating.html", {"exchange": exchange, "is_swapped": True})
    return redirect(_place(message).replace("#answer-", "#rating-"))


def asked_of(request, found):
    """(what was asked and answered, or None; the box as it is shown again; status)."""
    question, key = request.POST.get("question", ""), _key(request.POST.get("key", ""))
    try:
        asked = services.ask_question(
            question=question, organisation=request.organisation, by=request.user, conversation=found, sent_key=key
        )
    except services.QuestionRefused as refusal:
        status = 429 if isinstance(refusal, services.TooManyQuestions) else 422
        return None, Box(question, str(refusal)), status
    except services.AnswerFailed:
        return None, Box(question, FAILED), 503
    return asked, None, 200


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def own_conversations(request):
    """A QuerySet of the person's own within the organisation that they work in."""
    own = Conversation.objects.for_organisation(request.organisation).of(request.user)
    return own.select_related("owner", "organisation")


def _own(request, pk) -> Conversation:
    return get_object_or_404(own_conversations(request), pk=pk)


def _own_answer(request, pk) -> Message:
    own = Message.objects.for_organisation(request.organisation).of(request.user).answers()
    return get_object_or_404(own.select_related("conversation__owner", "conversation__organisation"), pk=pk)


def _place(message: Message) -> str:
    return f"{reverse('ask-conversation', args=[message.conversation_id])}#answer-{message.pk}"


def _changed_words(changes) -> str:
    words = "The conversation has a new name."
    if "pin" in changes:
        words = "The conversation stays at the top of your list." if changes["pin"] else "It is not pinned any more."
    if "archive" in changes:
        words = "The conversation is archived." if changes["archive"] else "The conversation is in your list again."
    return words

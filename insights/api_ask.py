"""Ask in the API: `/api/v1/chat/`. Conversations are somebody's own, so a key of another system has none."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.access import HasPermission, PeopleAlone, request_organisation
from accounts.people.flags import Flag, is_on
from accounts.permissions import Permission

from .models import Conversation, Message, Rating, RatingReason, with_words
from .presenters.ask import answer_of
from .services import conversations as services


class OwnConversations(PeopleAlone):
    message = "Conversations are for people: sign in, or use an access token. An API key has none."


class WithinOrganisation(HasPermission.of(Permission.VIEW_AREAS)):
    """In an organisation that has the feature: 404 where it is off, as for the page."""

    message = "Ask needs an organisation that you belong to."

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        organisation = request_organisation(request)
        if not is_on(Flag.ASK, organisation):
            raise exceptions.NotFound
        return organisation is not None


class CouldNotAnswer(APIException):
    status_code = 503
    default_detail = "Something went wrong on our side, and nothing was stored. Send the question again."
    default_code = "not_answered"


class ConversationSerializer(serializers.ModelSerializer):
    """A conversation without its messages. Pinning brings it back from the archive, archiving takes the pin away."""

    class Meta:
        model = Conversation
        fields = ["id", "title", "is_pinned", "is_archived", "made_at", "last_at"]
        read_only_fields = ["made_at", "last_at"]
        extra_kwargs = {
            "title": {"required": False, "max_length": services.MOST_TITLE_LETTERS},
            "is_pinned": {"required": False},
            "is_archived": {"required": False},
        }


class MessageSerializer(serializers.ModelSerializer):
    """A question (`text`: what the safety checks left of it; `removed`: kinds of data taken out) or an answer."""

    answer = serializers.SerializerMethodField(
        help_text="For answers: paragraphs that cite facts as [f1], the facts with their sources, table, links, "
        "notices, suggestions."
    )

    class Meta:
        model = Message
        fields = ["id", "position", "kind", "text", "removed", "answer", "rating", "rating_reason", "made_at"]

    def get_answer(self, message) -> dict | None:
        return answer_of(message).as_json() if message.content else None


class QuestionSerializer(serializers.Serializer):
    """Without `conversation` a new one begins. Send the same `key` again to have a question asked once."""

    question = serializers.CharField(max_length=services.MOST_LETTERS)
    conversation = serializers.UUIDField(required=False, allow_null=True)
    key = serializers.UUIDField(required=False, allow_null=True)


class ExchangeSerializer(serializers.Serializer):
    conversation = ConversationSerializer()
    question = MessageSerializer()
    answer = MessageSerializer()


class FeedbackSerializer(serializers.Serializer):
    """`rating` empty takes it back; a reason goes with `down` alone."""

    rating = serializers.ChoiceField(choices=Rating.choices, allow_blank=True)
    reason = serializers.ChoiceField(choices=RatingReason.choices, allow_blank=True, required=False, default="")


class OwnView(viewsets.GenericViewSet):
    permission_classes = [OwnConversations, WithinOrganisation]

    def conversations(self):
        own = Conversation.objects.for_organisation(request_organisation(self.request)).of(self.request.user)
        return own.select_related("owner", "organisation")


class ChatViewSet(OwnView):
    """Asking: the question and its answer."""

    serializer_class = QuestionSerializer
    queryset = Conversation.objects.none()

    @extend_schema(operation_id="chat_create", responses={201: ExchangeSerializer})
    def create(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        conversation = None
        if asked.get("conversation"):
            conversation = self.conversations().filter(pk=asked["conversation"]).first()
            if conversation is None:
                raise exceptions.ValidationError({"conversation": "You have no such conversation."})
        try:
            exchange = services.ask_question(
                question=asked["question"],
                organisation=request_organisation(request),
                by=request.user,
                conversation=conversation,
                sent_key=asked.get("key"),
            )
        except services.TooManyQuestions as refusal:
            raise exceptions.Throttled(wait=refusal.seconds) from refusal
        except services.QuestionRefused as refusal:
            raise exceptions.ValidationError({"question": str(refusal)}) from refusal
        except services.AnswerFailed:
            raise CouldNotAnswer from None
        return Response(ExchangeSerializer(exchange).data, status=status.HTTP_201_CREATED)


class ConversationViewSet(mixins.ListModelMixin, OwnView):
    """Your own conversations in the organisation, pinned ones first, then the latest."""

    serializer_class = ConversationSerializer
    queryset = Conversation.objects.none()
    http_method_names = ["get", "patch", "delete", "head", "options"]

    def get_queryset(self):
        return self.conversations().in_order()

    @extend_schema(
        parameters=[OpenApiParameter("search", str, description="words of a title or of a question; all must be there")]
    )
    def list(self, request):
        rows = self.get_queryset()
        if words := request.query_params.get("search", ""):
            rows = rows.filter(pk__in=[row.pk for row in with_words(rows, words)])
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def partial_update(self, request, pk=None):
        """Rename, pin or archive."""
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        try:
            changed = services.change_conversation(
                conversation=serializer.instance,
                by=request.user,
                title=asked.get("title"),
                pin=asked.get("is_pinned"),
                archive=asked.get("is_archived"),
            )
        except services.QuestionRefused as refusal:
            raise exceptions.ValidationError({"title": str(refusal)}) from refusal
        return Response(self.get_serializer(changed).data)

    @extend_schema(responses={204: None})
    def destroy(self, request, pk=None):
        services.delete_conversation(conversation=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def messages(self, request, pk=None):
        """Questions and answers in their order."""
        rows = self.get_object().messages.select_related("conversation__owner").order_by("position")
        return Response(MessageSerializer(rows, many=True).data)


class MessageViewSet(OwnView):
    """Answers in your own conversations."""

    serializer_class = FeedbackSerializer
    queryset = Message.objects.none()

    def get_queryset(self):
        own = Message.objects.for_organisation(request_organisation(self.request)).of(self.request.user)
        return own.answers().select_related("conversation__owner", "conversation__organisation")

    @extend_schema(
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)], responses=MessageSerializer
    )
    @action(detail=True, methods=["post"])
    def feedback(self, request, pk=None):
        """Say whether an answer was useful, and what was wrong with it."""
        # Somebody else's is not found, whatever is said of it.
        message = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        message = services.rate_answer(message=message, by=request.user, **serializer.validated_data)
        return Response(MessageSerializer(message).data)


def register(router) -> None:
    """Add the routes of this module to the API's router."""
    router.register("chat/conversations", ConversationViewSet, basename="api-chat-conversations")
    router.register("chat/messages", MessageViewSet, basename="api-chat-messages")
    router.register("chat", ChatViewSet, basename="api-chat")

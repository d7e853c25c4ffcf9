"""REST: a change by hand, looked at or kept. The same judge and the same service as the page."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.access import HasPermission
from accounts.permissions import Permission

from . import services
from .api import Conflict
from .api_plans import Choice, OfPlanViewSet
from .editing import EditError, Effect, Frozen, Move, Proposal, PutIn, Reorder
from .plan_editing import KINDS, OpenPlan, why_not_editable
from .planning.replanning import UnfitDisruption
from .presenters.editing_preview import edit_values
from .problem_building import NothingToPlan

PROBLEM = "application/problem+json"
MEANWHILE = "Somebody else changed the plan in the meantime: ask for it again."


class NoSuchChange(APIException):
    """What was asked makes no sense for this plan."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "The change makes no sense for this plan."
    default_code = "no_such_change"


class EditSerializer(serializers.Serializer):
    """A change by hand. People and visits go by their references; which fields it needs depends on its kind."""

    kind = Choice(choices=KINDS)
    version = serializers.IntegerField(min_value=0, help_text="The version of the plan that was looked at.")
    dry_run = serializers.BooleanField(default=False, help_text="Look at it only: nothing is stored.")
    visit = serializers.CharField(required=False, max_length=40)
    other = serializers.CharField(required=False, max_length=40, help_text="swap: the other visit.")
    staff = serializers.CharField(required=False, max_length=40)
    from_staff = serializers.CharField(
        required=False, max_length=40, help_text="move: whose part moves, where several people go together."
    )
    place = serializers.IntegerField(
        required=False, min_value=0, max_value=9999, help_text="How many visits come before; none: the best place."
    )
    start = serializers.CharField(
        required=False, allow_blank=True, max_length=5, help_text="HH:MM; set_start without it: as early as possible."
    )
    index = serializers.IntegerField(required=False, min_value=0, max_value=99, help_text="move_break: which break.")
    visits = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=500, help_text="reorder: the new order."
    )


class FiguresSerializer(serializers.Serializer):
    drive_seconds = serializers.IntegerField(source="drive")
    metres = serializers.IntegerField()
    late_seconds = serializers.IntegerField(source="late")
    overtime_seconds = serializers.IntegerField(source="overtime")
    unserved_by_tier = serializers.DictField(child=serializers.IntegerField())
    usual_carer = serializers.IntegerField(
        source="with_carer", help_text="Visits whose usual or preferred carer comes."
    )
    cost = serializers.FloatField(help_text="The judge's total.")


class ViolationSerializer(serializers.Serializer):
    rule = serializers.CharField()
    staff = serializers.CharField(allow_null=True)
    visit = serializers.CharField(allow_null=True)
    detail = serializers.CharField()


class PreviewSerializer(serializers.Serializer):
    """What a change does. `violations` are the rules that keep it from being stored."""

    feasible = serializers.BooleanField()
    is_kept = serializers.BooleanField()
    version = serializers.IntegerField(help_text="The plan's version now.")
    summary = serializers.CharField()
    violations = ViolationSerializer(many=True)
    before = FiguresSerializer()
    after = FiguresSerializer()
    shifted = serializers.ListField(help_text="Visits with another start or person; seconds into the day by person.")
    alternatives = serializers.ListField(help_text="Changes that keep every rule, in the form of this request.")


class PlanEditViewSet(OfPlanViewSet):
    """Changes of a plan by hand: of one that is proposed, published or in progress. Of a day under way, what has begun
    stays: a change that would move it is refused with the rule `begun`.
    """

    permission_classes = [HasPermission.of(Permission.EDIT_PLANS)]

    @extend_schema(
        request=EditSerializer,
        responses={
            200: PreviewSerializer,
            409: OpenApiResponse(description="Another version, or not in that state."),
            422: OpenApiResponse(description="It makes no sense, or breaks a rule: see `violations`, `alternatives`."),
        },
    )
    @action(detail=True, methods=["post"])
    def edits(self, request, pk=None):
        """Look at a change (`dry_run`), or keep it. One that breaks a rule is never kept."""
        plan = self.get_object()
        asked = EditSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        why = why_not_editable(plan)
        if why or values["version"] != plan.version:
            raise Conflict(why or MEANWHILE)
        try:
            opened = OpenPlan(plan)
            edit = opened.edit_from(values)
            if values["dry_run"]:
                return Response(_told(opened, opened.draft.proposed(edit), is_kept=False))
            kept, proposal = services.apply_edit(plan=plan, edit=edit, version=values["version"], by=request.user)
        except Frozen as error:
            return self._frozen(opened, error)
        except EditError as error:
            raise NoSuchChange(error.in_words(str)) from error
        except (NothingToPlan, UnfitDisruption) as error:
            raise Conflict(str(error)) from error
        except services.EditRefused as error:
            return self._refused(opened, error)
        except services.PlanStateError as error:
            raise Conflict(error.messages[0]) from error
        return Response(_told(opened, proposal, is_kept=True) | {"version": kept.version})

    def _refused(self, opened, error):
        """Problem details with what is broken and what could be done instead."""
        told = _told(opened, error.proposal, is_kept=False)
        return self._problem(" ".join(error.messages), told["violations"], told["alternatives"])

    def _frozen(self, opened, error):
        """What has begun is a rule of its own, which no change may break."""
        why = opened.refused(error)
        violation = {"rule": "begun", "staff": next(iter(error.staff), None), "visit": error.visit, "detail": why}
        return self._problem(why, [violation], [])

    def _problem(self, detail, violations, alternatives):
        body = {
            "type": "about:blank",
            "title": "The change breaks a rule",
            "status": status.HTTP_422_UNPROCESSABLE_ENTITY,
            "detail": detail,
            "instance": self.request.path,
            "violations": violations,
            "alternatives": alternatives,
        }
        return Response(body, status=status.HTTP_422_UNPROCESSABLE_ENTITY, content_type=PROBLEM)


def _told(opened: OpenPlan, proposal: Proposal, *, is_kept) -> dict:
    effect = Effect(opened.problem, proposal)
    return {
        "feasible": proposal.feasible,
        "is_kept": is_kept,
        "version": opened.plan.version,
        "summary": opened.summary(proposal),
        "violations": [
            {
                "rule": violation.rule,
                "staff": violation.staff,
                "visit": violation.visit,
                "detail": opened.told(proposal.verdict, violation),
            }
            for violation in proposal.broken
        ],
        "before": FiguresSerializer(effect.before).data,
        "after": FiguresSerializer(effect.after).data,
        "shifted": [{"visit": each.visit, "before": each.before, "after": each.after} for each in effect.shifted],
        "alternatives": [] if proposal.feasible else _instead(opened, proposal),
    }


def _instead(opened, proposal):
    start = opened.draft.nearest_start(proposal)
    found = [start] if start else [place.proposal for place in opened.draft.alternatives(proposal)]
    return [_request_of(opened, each.edit) for each in found]


def _request_of(opened, edit):
    """The change in the form of a request."""
    values = edit_values(edit, opened)
    values.pop("to", None)
    if isinstance(edit, Reorder):
        values["visits"] = list(edit.visits)
    elif isinstance(edit, Move):
        values |= {"staff": edit.staff, "place": edit.place}
    elif isinstance(edit, PutIn) and edit.places:
        values |= {"staff": edit.places[0][0], "place": edit.places[0][1]}
    return values


def register(router):
    """Adds this module's routes to the API root."""
    router.register("route-plans", PlanEditViewSet, basename="route-plan-editing")

"""REST: demand and capacity of the organisation's teams, `GET /api/v1/ml/demand/`."""

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission
from insights.demand.estimates import Estimate
from insights.demand.moves import Kind, Move
from insights.demand.weeks import Reason, State, WeekResult
from insights.demand_reading import OrganisationDemand, TeamDemand, demand_of
from insights.presenters.demand import Cell
from insights.presenters.demand_words import hours
from routing.api_plans import answer_with_etag
from routing.models import Team


class RangeSerializer(serializers.Serializer):
    """Whole hours; the range holds what comes in 8 of 10 cases."""

    expected = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class DemandCountSerializer(serializers.Serializer):
    """A number of visits under the small-number rule."""

    count = serializers.IntegerField(allow_null=True, help_text="0 or a multiple of 5; null: not told.")
    suppressed = serializers.CharField(allow_null=True, help_text="`small_number_rule`, or null.")


class DemandVisitsSerializer(serializers.Serializer):
    due_or_booked = DemandCountSerializer()
    new = DemandCountSerializer()
    repeats = DemandCountSerializer(allow_null=True, help_text="Null: no share tells, none are counted.")


class DemandWeekSerializer(serializers.Serializer):
    monday = serializers.DateField()
    state = serializers.ChoiceField(choices=[state.value for state in State])
    hours_asked_for = RangeSerializer()
    hours_on_rota = serializers.IntegerField(allow_null=True, help_text="Null: no rota for the whole week.")
    hours_short = serializers.IntegerField()
    hours_to_spare = serializers.IntegerField()
    visits = DemandVisitsSerializer()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=[reason.value for reason in Reason]))


class DemandTeamSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    weeks = DemandWeekSerializer(many=True)


class DemandMoveSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    team = serializers.UUIDField()
    monday = serializers.DateField()
    hours = serializers.IntegerField()
    from_team = serializers.UUIDField(allow_null=True, help_text="Whose hours, for `borrow`.")
    to_week = serializers.DateField(allow_null=True, help_text="Where the visits go, for `other_week`.")
    leaves_short = serializers.IntegerField()
    leaves_to_spare = serializers.IntegerField()


class DemandSerializer(serializers.Serializer):
    teams = DemandTeamSerializer(many=True)
    moves = DemandMoveSerializer(many=True, help_text="What could be moved; nothing is moved by itself.")


EXAMPLE = {
    "teams": [{"id": "6f1c7e0e-2f0d-4b52-9a0e-0d3b8a1c9e11", "name": "Coast and country nursing", "weeks": [
        {"monday": "2026-12-07", "state": "short", "hours_asked_for": {"expected": 116, "low": 98, "high": 134},
         "hours_on_rota": 82, "hours_short": 34, "hours_to_spare": 0,
         "visits": {"due_or_booked": {"count": 10, "suppressed": None}, "new": {"count": 90, "suppressed": None},
                    "repeats": None},
         "reasons": ["absence", "no_share"]}]}],
    "moves": [{"kind": "borrow", "team": "6f1c7e0e-2f0d-4b52-9a0e-0d3b8a1c9e11", "monday": "2026-12-07", "hours": 19,
               "from_team": "0b0f4f0c-5f57-44a1-9d0a-6a2f5c0a7d42", "to_week": None, "leaves_short": 15,
               "leaves_to_spare": 0}],
}  # fmt: skip
TEAM = OpenApiParameter("team", OpenApiTypes.UUID, description="One team of your organisation. Left out: all of them.")


class DemandViewSet(viewsets.ViewSet):
    """What each team will be asked for in the next six whole weeks, against its rota."""

    permission_classes = [HasPermission.of(Permission.VIEW_PLANS)]

    @extend_schema(
        operation_id="ml_demand_retrieve",
        parameters=[TEAM],
        # All teams and weeks in one object.
        responses=forced_singular_serializer(DemandSerializer),
        examples=[OpenApiExample("A week that is short", EXAMPLE, response_only=True)],
    )
    def list(self, request):
        """Teams and weeks with hours, ranges and reasons, and what could be moved; as on the page of that name."""
        organisation = request_organisation(request)
        found = demand_of(organisation)
        return answer_with_etag(request, _answer(found, _asked(request, organisation)))


def _asked(request, organisation) -> str | None:
    if not (text := request.query_params.get("team")):
        return None
    field = serializers.UUIDField()
    try:
        team = field.to_internal_value(text)
    except ValidationError as error:
        raise ValidationError({"team": error.detail}) from error
    if not Team.objects.for_organisation(organisation).filter(pk=team).exists():
        raise ValidationError({"team": ["Your organisation has no such team."]})
    return str(team)


def _answer(found: OrganisationDemand, only: str | None) -> dict:
    teams = [team for team in found.teams if only in (None, team.team_id)]
    moves = [move for move in found.moves if only in (None, move.team, move.other)]
    return {"teams": [_team(team) for team in teams], "moves": [_move(move) for move in moves]}


def _team(team: TeamDemand) -> dict:
    return {"id": team.team_id, "name": team.name, "weeks": [_week(week) for week in team.weeks]}


def _week(week: WeekResult) -> dict:
    cell = Cell(week)
    return {
        "monday": week.monday.isoformat(),
        "state": week.state.value,
        "hours_asked_for": _range(week.asked),
        "hours_on_rota": None if week.staffed is None else hours(week.staffed),
        "hours_short": hours(week.short),
        "hours_to_spare": hours(week.room),
        "visits": {
            "due_or_booked": cell.standing.as_dict(),
            "new": cell.new.as_dict(),
            "repeats": None if cell.repeats is None else cell.repeats.as_dict(),
        },
        "reasons": [reason.value for reason in week.reasons],
    }


def _range(estimate: Estimate) -> dict:
    return {"expected": hours(estimate.mean), "low": hours(estimate.low), "high": hours(estimate.high)}


def _move(move: Move) -> dict:
    return {
        "kind": move.kind.value,
        "team": move.team,
        "monday": move.monday.isoformat(),
        "hours": move.hours,
        "from_team": move.other,
        "to_week": move.to.isoformat() if move.to else None,
        "leaves_short": round(move.left_short),
        "leaves_to_spare": int(move.left_room),
    }


def register(router) -> None:
    """Add the routes of this module to the API's router."""
    router.register("ml/demand", DemandViewSet, basename="ml-demand")

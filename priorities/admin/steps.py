"""The steps in the life of a version as pages ask for them: one table, one form."""

from collections.abc import Callable
from dataclasses import dataclass

from priorities import services
from priorities.models import ModelVersion
from priorities.rule_conflicts import conflicts_of

State = ModelVersion.State


@dataclass(frozen=True)
class Text:
    """What a step asks for: ``name`` of the service's argument; ``most`` characters."""

    name: str
    label: str
    hint: str
    is_required: bool = True
    most: int = 2_000


@dataclass(frozen=True)
class Step:
    """``states``: in which it is offered. ``run(version, by, text, confirmed)`` returns the version to go to, or None
    for the list. ``is_main``: the one that is usually next. ``may``: whether it is offered to this person."""

    name: str
    title: str
    button: str
    explanation: str
    done: str
    states: tuple[str, ...]
    run: Callable
    text: Text | None = None
    is_main: bool = False
    may: Callable = lambda version, person: True


def _draft(version, by, text, confirmed):
    return services.new_draft(source=version, by=by, title=text)


def _propose(version, by, text, confirmed):
    return services.propose_version(version=version, by=by, reason=text)


def _return(version, by, text, confirmed):
    return services.return_version(version=version, by=by, note=text)


def _publish(version, by, text, confirmed):
    return services.publish_version(version=version, by=by, confirm_conflicts=confirmed)


def _restore(version, by, text, confirmed):
    return services.restore_version(version=version, by=by, reason=text)


def _delete(version, by, text, confirmed):
    services.delete_draft(version=version, by=by)


def _recalculate(version, by, text, confirmed):
    services.start_score_run(version=version, by=by)
    return version


def is_own(version: ModelVersion, person) -> bool:
    return version.proposed_by_id == person.pk


def needs_confirmation(step: Step, version: ModelVersion) -> tuple[str, ...]:
    """Sentences about contradicting rules that a reviewer confirms having seen."""
    if step.name != "publish":
        return ()
    found = conflicts_of(version.compiled.model)
    return tuple(
        f"{sentence} Accepted because: {version.accepted_conflicts.get(name, {}).get('reason', 'no reason was given')}"
        for name, conflict in found.items()
        for sentence in conflict.sentences
    )


STEPS = {
    step.name: step
    for step in (
        Step(
            "propose",
            "Ask for review",
            "Ask for review",
            "Another platform administrator looks at the changes and publishes them, or returns them to you with a "
            "note. Until then nothing changes for anybody.",
            "is proposed; another platform administrator can publish it",
            (State.DRAFT,),
            _propose,
            Text("reason", "Why should this version come into force?", "The reviewer reads this, and so does whoever "
                 "asks later why a class changed."),
            is_main=True,
        ),
        Step(
            "publish",
            "Publish",
            "Publish",
            "It comes into force for everybody, the version in force now is retired, and the priorities of all areas "
            "are calculated anew. The old version can be restored in one step.",
            "is in force; the priorities of all areas are being calculated anew",
            (State.REVIEW,),
            _publish,
            is_main=True,
            may=lambda version, person: not is_own(version, person),
        ),
        Step(
            "return",
            "Return to draft",
            "Return to draft",
            "It becomes a draft again and can be changed.",
            "is a draft again",
            (State.REVIEW,),
            _return,
            Text("note", "What should be changed?", "Whoever proposed it reads this."),
            may=lambda version, person: not is_own(version, person),
        ),
        Step(
            "withdraw",
            "Withdraw",
            "Withdraw the proposal",
            "It becomes a draft again and can be changed.",
            "is a draft again",
            (State.REVIEW,),
            _return,
            may=is_own,
        ),
        Step(
            "restore",
            "Restore",
            "Restore this version",
            "This very version comes back into force, the one in force now is retired, and the priorities of all areas "
            "are calculated anew.",
            "is in force again; the priorities of all areas are being calculated anew",
            (State.RETIRED,),
            _restore,
            Text("reason", "Why should this version come back into force?", "It is kept with the version."),
            is_main=True,
        ),
        Step(
            "draft",
            "New draft from this version",
            "Make a draft",
            "A copy that can be changed. This version stays as it is.",
            "is a new draft",
            (State.DRAFT, State.REVIEW, State.PUBLISHED, State.RETIRED),
            _draft,
            Text("title", "What will the draft try?", "In a few words, for example “Access counts more”.", most=120),
        ),
        Step(
            "recalculate",
            "Recalculate",
            "Recalculate all areas",
            "The priorities of all areas are calculated anew from the figures in force.",
            "is used: the priorities of all areas are being calculated anew",
            (State.PUBLISHED,),
            _recalculate,
        ),
        Step(
            "delete",
            "Delete",
            "Delete this draft",
            "The draft is deleted for good. Nothing that is or was in force changes.",
            "is deleted",
            (State.DRAFT,),
            _delete,
        ),
    )
}  # fmt: skip


def steps_for(version: ModelVersion, person) -> list[Step]:
    """The steps that can be taken now, the usual one first."""
    found = [step for step in STEPS.values() if version.state in step.states and step.may(version, person)]
    return sorted(found, key=lambda step: not step.is_main)

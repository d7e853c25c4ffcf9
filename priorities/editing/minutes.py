"""Visit minutes of a draft as a form edits them."""

from collections.abc import Mapping
from dataclasses import dataclass

from priorities.dex.minutes import DEFAULT_POLICY, Addition, MinutesPolicy
from priorities.dex.model import ModelError
from priorities.editing.content import DraftContent
from priorities.editing.fields import Problem, Unreadable, number
from priorities.editing.labels import class_label, label_of
from priorities.model_versions import ROOT, minutes_from_json, minutes_to_json

LONGEST_REASON = 120
# Lines for additions beyond those that are there.
SPARE = 2
LONGEST_VISIT, LONGEST_INTERVAL = 480, 24 * 366
LIMITS = (
    ("first_visit", "A first visit takes longer by (minutes)", 0, LONGEST_VISIT),
    ("round_to", "Rounded to (minutes)", 1, 60),
    ("floor", "Never less than (minutes)", 1, LONGEST_VISIT),
    ("ceiling", "Never more than (minutes)", 1, LONGEST_VISIT),
)


@dataclass(frozen=True)
class NumberField:
    name: str
    label: str
    value: str
    problem: str


@dataclass(frozen=True)
class AdditionRow:
    """Fields of one addition; a line whose minutes are empty is none. ``where``: choices (value, text, is chosen)."""

    number: int
    where_name: str
    where: tuple[tuple[str, str, bool], ...]
    minutes: NumberField
    reason_name: str
    reason: str
    problem: str


@dataclass(frozen=True)
class MinutesEdit:
    """``classes``: (class, minutes, review interval). ``minutes``: to be stored; as before where there are problems."""

    classes: tuple[tuple[str, NumberField, NumberField], ...]
    limits: tuple[NumberField, ...]
    additions: tuple[AdditionRow, ...]
    minutes: dict
    problems: tuple[Problem, ...]


class _Form:
    """Texts of the fields, from the form or from the policy, and what is wrong with them."""

    def __init__(self, data: Mapping[str, str]):
        self.data = data
        self.texts: dict[str, str] = {}
        self.problems: dict[str, str] = {}

    def whole(self, name: str, subject: str, before: object, least: int, most: int) -> int | None:
        text = self.texts[name] = self.data.get(name, str(before)).strip()
        try:
            found = number(text, least=least, most=most)
            if found != int(found):
                raise Unreadable(f"must be a whole number; found {text}")
        except Unreadable as error:
            self.problems[name] = f"{subject} {error}."
            return None
        return int(found)

    def field(self, name: str, label: str) -> NumberField:
        return NumberField(name, label, self.texts.get(name, ""), self.problems.get(name, ""))


def read_minutes(content: DraftContent, data: Mapping[str, str]) -> MinutesEdit:
    """Return what ``data`` makes of the minutes of ``content``; an empty ``data`` shows them as they are."""
    model = content.model
    root = model.attributes[ROOT]
    policy = minutes_from_json(content.minutes) if content.minutes else None
    form = _Form(data)
    names = [class_label(root, index) for index in range(root.size)]
    old_base = policy.base if policy else ("",) * root.size
    old_review = policy.review_hours if policy else ("",) * root.size
    shown = policy or DEFAULT_POLICY
    base = [
        form.whole(f"base-{k}", f"Minutes of {name}", old_base[k], 1, LONGEST_VISIT) for k, name in enumerate(names)
    ]
    review = [
        form.whole(f"review-{k}", f"The review interval of {name}", old_review[k], 1, LONGEST_INTERVAL)
        for k, name in enumerate(names)
    ]
    numbers = {
        name: form.whole(name, f"“{label}”", getattr(shown, name), least, most) for name, label, least, most in LIMITS
    }
    additions, rows = _additions(content, policy, form)
    if policy is None and not data:
        # Nothing is wrong with a form that nobody has filled in yet.
        form.problems = {}
    elif not form.problems:
        wanted = MinutesPolicy(tuple(base), tuple(review), tuple(additions), **numbers)
        try:
            wanted.check(model, root=ROOT)
        except ModelError as fault:
            form.problems["floor"] = f"{fault.reason[:1].upper()}{fault.reason[1:]}."
        else:
            policy = wanted if policy is None or wanted != policy else policy
    classes = tuple(
        (name, form.field(f"base-{k}", "Minutes"), form.field(f"review-{k}", "Hours")) for k, name in enumerate(names)
    )
    limits = tuple(form.field(name, label) for name, label, _, _ in LIMITS)
    is_same = policy is not None and content.minutes and policy == minutes_from_json(content.minutes)
    stored = content.minutes if is_same or policy is None or form.problems else minutes_to_json(policy)
    return MinutesEdit(
        classes, limits, tuple(rows(form)), stored, tuple(Problem(name, text) for name, text in form.problems.items())
    )


def _additions(content: DraftContent, policy: MinutesPolicy | None, form: _Form):
    old = policy.additions if policy else ()
    count = len(old) + SPARE
    choices = _places(content)
    known = {value for value, _ in choices}
    found, shown = [], []
    for k in range(count):
        before = old[k] if k < len(old) else None
        where = form.data.get(f"where-{k}", f"{before.attribute}:{before.class_index}" if before else "").strip()
        reason = form.data.get(f"why-{k}", before.reason if before else "").strip()
        text = form.data.get(f"plus-{k}", str(before.minutes) if before else "").strip()
        shown.append((k, where, reason, text))
        if not text:
            continue
        minutes = form.whole(f"plus-{k}", f"Addition {k + 1}", text, 1, LONGEST_VISIT)
        if where not in known:
            form.problems[f"where-{k}"] = f"Addition {k + 1} needs a class of the list; found “{where[:40]}”."
        elif len(reason) > LONGEST_REASON:
            form.problems[f"why-{k}"] = f"The reason of addition {k + 1} has more than {LONGEST_REASON} characters."
        elif minutes is not None:
            attribute, _, index = where.rpartition(":")
            found.append(Addition(attribute, int(index), minutes, reason))

    def rows(form: _Form):
        for k, where, reason, text in shown:
            form.texts.setdefault(f"plus-{k}", text)
            problem = form.problems.get(f"where-{k}") or form.problems.get(f"why-{k}", "")
            chosen = tuple((value, label, value == where) for value, label in (("", "No addition"), *choices))
            plus = form.field(f"plus-{k}", "Minutes")
            yield AdditionRow(k + 1, f"where-{k}", chosen, plus, f"why-{k}", reason, problem)

    return found, rows


def _places(content: DraftContent) -> list[tuple[str, str]]:
    """Classes that may add minutes: of every attribute that its name alone finds."""
    attributes = content.model.attributes
    names = [attribute.name for attribute in attributes]
    return [
        (f"{attribute.name}:{index}", f"{label_of(attribute)}: {class_label(attribute, index).lower()}")
        for attribute in attributes
        if attribute.parent is not None and names.count(attribute.name) == 1
        for index in range(attribute.size)
        if attribute.scale is not None and not attribute.scale.continuous
    ]

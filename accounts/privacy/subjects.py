"""Who is meant by "a person": an account, and the rows of other apps that are the same human being.

An app registers its kind of person (`PersonKind`), where its texts about them may stand (`register_scope`), and what
else must happen when they are erased (`register_duty`), in `personal_data.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.apps import apps
from django.db import models

from ..models import Organisation, User

ACCOUNT = "accounts.user"
ERASED_NAME = "Erased person"


@dataclass(frozen=True)
class PersonKind:
    """One model whose rows are people. `of_user`: the rows of an account; `scoped`: those of an organisation; `words`:
    who that is, as in "somebody of a team".
    """

    label: str
    words: str
    of_user: Callable[[User], Iterable[models.Model]]
    scoped: Callable[[Organisation], models.QuerySet]
    organisation_of: Callable[[models.Model], Organisation]
    names_of: Callable[[models.Model], Iterable[str]]
    reference_of: Callable[[models.Model], str]
    is_reference_telling: Callable[[models.Model], bool]
    account_of: Callable[[models.Model], User | None]

    def row(self, pk) -> models.Model:
        """ObjectDoesNotExist where it is gone."""
        return apps.get_model(self.label)._base_manager.get(pk=pk)

    def found_by(self, organisation: Organisation, text: str) -> list[models.Model]:
        """Rows of the organisation with this short reference, or "TEAM / REFERENCE"."""
        team, slash, reference = (part.strip() for part in text.rpartition("/"))
        found = self.scoped(organisation).filter(reference__iexact=reference)
        return list(found.filter(team__name__iexact=team) if slash else found)


@dataclass
class Person:
    """An account (or None) with everything that belongs to it: rows by model label."""

    account: User | None
    rows: dict[str, list[models.Model]] = field(default_factory=dict)
    organisations: list[Organisation] = field(default_factory=list)

    def ids(self, label: str) -> list:
        if label == ACCOUNT:
            return [self.account.pk] if self.account is not None else []
        return [row.pk for row in self.rows.get(label, [])]

    def subjects(self) -> list[tuple[str, str]]:
        """(model label, id as text) of every row that is this person."""
        found = [(label, str(row.pk)) for label, rows in self.rows.items() for row in rows]
        return [*([(ACCOUNT, str(self.account.pk))] if self.account is not None else []), *found]

    @cached_property
    def names(self) -> list[str]:
        """What the person is called in texts, the longest first: addresses, names, postcodes of their home."""
        found = {name for label, rows in self.rows.items() for row in rows for name in kinds[label].names_of(row)}
        if self.account is not None:
            found |= {self.account.email, self.account.full_name}
            found |= set(self.account.emailaddress_set.values_list("email", flat=True))
        return sorted({name.strip() for name in found if name and len(name.strip()) > 1}, key=lambda name: -len(name))

    def references(self) -> list[tuple[models.Model, str, bool]]:
        """(row, short reference, whether nobody else of the organisation has the same one)."""
        return [
            (row, kinds[label].reference_of(row), kinds[label].is_reference_telling(row))
            for label, rows in self.rows.items()
            for row in rows
        ]


@dataclass(frozen=True)
class MentionScope:
    """Where texts of an app may name a person. `rows`: of a model and person; `knows`: whether the short references
    of a row of the person (that of a team, say) mean this person in a row of the app.
    """

    rows: Callable[[type[models.Model], Person], models.QuerySet]
    knows: Callable[[models.Model, models.Model], bool]


kinds: dict[str, PersonKind] = {}
scopes: dict[str, MentionScope] = {}
# name -> rows about a person that hold no text: they go with, or stay as figures of, the person's rows.
records: dict[str, Callable[[Person], models.QuerySet]] = {}


@dataclass(frozen=True)
class ErasureDuty:
    """What an app does beside the inventory. `obstacles`: why it must not happen yet, in words; `erase`: returns
    counts.
    """

    obstacles: Callable[[Person], list[str]]
    erase: Callable[..., dict[str, int]]
    clean_up: Callable[[Person], None] = lambda person: None


duties: dict[str, ErasureDuty] = {}


def register_kind(kind: PersonKind) -> None:
    kinds[kind.label] = kind


def register_duty(app_label: str, duty: ErasureDuty) -> None:
    duties[app_label] = duty


def register_records(name: str, rows: Callable[[Person], models.QuerySet]) -> None:
    """Rows that a copy of somebody's data shows beside the fields of the inventory."""
    records[name] = rows


def register_scope(app_label: str, scope: MentionScope) -> None:
    scopes[app_label] = scope


def person_of_account(user: User) -> Person:
    """The account with the rows of other apps that belong to it."""
    rows = {label: list(kind.of_user(user)) for label, kind in kinds.items()}
    organisations = {membership.organisation_id: membership.organisation for membership in user.memberships.all()}
    for label, found in rows.items():
        for row in found:
            organisation = kinds[label].organisation_of(row)
            organisations[organisation.pk] = organisation
    return Person(user, rows, list(organisations.values()))


def person_of(label: str, pk) -> Person:
    """The person behind a model label and id. ObjectDoesNotExist; ValueError as in `person_of_row`."""
    if label == ACCOUNT:
        return person_of_account(User.objects.get(pk=pk))
    return person_of_row(apps.get_model(label)._base_manager.get(pk=pk))


def person_of_row(row: models.Model) -> Person:
    """Somebody without an account: one row of another app. ValueError where it belongs to an account."""
    kind = kinds[row._meta.label_lower]
    if kind.account_of(row) is not None:
        raise ValueError(f"{kind.label} {row.pk} belongs to an account.")
    return Person(None, {kind.label: [row]}, [kind.organisation_of(row)])

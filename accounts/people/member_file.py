"""People of an organisation as a CSV file: name, address, roles. Read strictly, looked at before anything is written.

full_name,email,roles
Femi Ade,femi.ade@example.nhs.uk,planner; approver
"""

import csv
import io
from dataclasses import dataclass, field

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from .. import audit, services
from ..models import Membership, Organisation, User
from ..permissions import Role
from .limits import RefusedChange, check_members

MOST_ROWS = 500
MOST_BYTES = 256 * 1024
COLUMNS = ("full_name", "email", "roles")
# Others' words for our columns.
ALIASES = {
    "name": "full_name",
    "fullname": "full_name",
    "e_mail": "email",
    "address": "email",
    "mail": "email",
    "role": "roles",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# How long a preview can be carried out.
PREVIEW_SECONDS = 3600
_SALT = "accounts.people.member_file"


@dataclass(frozen=True)
class Person:
    """A row that can be taken: `line` of the file, roles in the order of `Role`."""

    line: int
    full_name: str
    email: str
    roles: tuple[str, ...]

    @property
    def labels(self) -> str:
        return ", ".join(Role(role).label for role in self.roles)


@dataclass
class MemberFile:
    """`bad` are (line, what is wrong with it)."""

    people: list[Person] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)


def template() -> str:
    """The heading and one made-up row."""
    return "full_name,email,roles\nFemi Ade,femi.ade@example.nhs.uk,planner; approver\n"


def read(content: bytes, organisation: Organisation) -> MemberFile:
    """Every row, good or bad. RefusedChange for a file that is none of these as a whole."""
    reader, file, seen = _reader(content), MemberFile(), {}
    members = set(Membership.objects.for_organisation(organisation).values_list("user__email", flat=True))
    try:
        names = [_column(name) for name in next(reader, [])]
        if sorted(names) != sorted(COLUMNS):
            found = ", ".join(names)[:120] or "nothing"
            raise RefusedChange(f"The heading must be {', '.join(COLUMNS)}; it is {found}.")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _take(file, reader.line_num, cells, names, seen, members, organisation)
    except csv.Error as error:
        raise RefusedChange(f"Line {reader.line_num} is not CSV: {error}.") from error
    number = len(file.people) + len(file.bad)
    if not number:
        raise RefusedChange("The file has a heading but no rows.")
    if number > MOST_ROWS:
        raise RefusedChange(f"The file has {number:,} rows; at most {MOST_ROWS} people at once.")
    return file


def seal(file: MemberFile, *, organisation: Organisation, by) -> str:
    """What the preview's button carries: the good rows, for this organisation, person and hour alone."""
    rows = [[person.line, person.full_name, person.email, list(person.roles)] for person in file.people]
    return signing.dumps([str(organisation.pk), str(by.pk), rows], salt=_SALT, compress=True)


def unseal(text: str, *, organisation: Organisation, by) -> list[Person]:
    """RefusedChange for anything but a fresh seal of the same organisation and person."""
    try:
        owner, person, rows = signing.loads(text, salt=_SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature as error:
        raise RefusedChange("This preview is too old or was changed. Choose the file again.") from error
    if (owner, person) != (str(organisation.pk), str(by.pk)):
        raise RefusedChange("This preview belongs to another organisation or person. Choose the file again.")
    return [Person(line, name, email, tuple(roles)) for line, name, email, roles in rows]


@transaction.atomic
def add_people(*, organisation: Organisation, people: list[Person], by) -> list[Membership]:
    """All of them or, with RefusedChange that names the line, none. One event for each, and one for the file."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_members(locked, len(people))
    added = []
    for person in people:
        try:
            added.append(
                services.add_member(
                    email=person.email, full_name=person.full_name, organisation=locked, roles=person.roles, by=by
                )
            )
        except RefusedChange as refusal:
            raise RefusedChange(f"Line {person.line}: {refusal} Nobody was added.") from refusal
    details = {"people": len(added)}
    audit.record(action="members.imported", by=by, organisation=locked, target=locked, details=details)
    return added


def _reader(content):
    if len(content) > MOST_BYTES:
        raise RefusedChange(f"The file is larger than {MOST_BYTES // 1024} kB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedChange("The file is not UTF-8 text. Save it as “CSV UTF-8”.") from error
    if "\0" in text:
        raise RefusedChange("The file is not a text file. Save it as “CSV UTF-8”.")
    heading = text.partition("\n")[0]
    return csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(",;\t", key=heading.count))


def _column(name) -> str:
    name = "_".join(name.strip().lower().replace("-", " ").split())
    return ALIASES.get(name, name)


def _take(file, line, cells, names, seen, members, organisation) -> None:
    if len(cells) != len(names):
        file.bad.append((line, f"It has {len(cells)} columns, the heading {len(names)}."))
        return
    row = {
        name: " ".join(cell.split()) if name != "email" else cell.strip().lower()
        for name, cell in zip(names, cells, strict=True)
    }
    wrong = _wrong(row, cells, seen, members, organisation)
    if wrong:
        file.bad.append((line, wrong))
        return
    seen[row["email"]] = line
    roles = _roles(row["roles"])
    file.people.append(
        Person(line, row["full_name"], row["email"], tuple(role.value for role in Role if role in roles))
    )


def _wrong(row, cells, seen, members, organisation) -> str:
    """What is wrong with a row, for whoever made the file; "" for nothing."""
    if any(cell.lstrip(" ").startswith(FORMULA) for cell in cells):
        return "A cell begins like a formula (=, +, - or @)."
    if not row["full_name"] or len(row["full_name"]) > User._meta.get_field("full_name").max_length:
        return "The name is missing or longer than 150 letters."
    try:
        validate_email(row["email"])
        services.check_domain(organisation, row["email"])
        roles = _roles(row["roles"])
    except ValidationError:
        return f"“{row['email'][:60]}” is not an email address."
    except RefusedChange as refusal:
        return str(refusal)
    if len(row["email"]) > User._meta.get_field("email").max_length:
        return "The address is too long."
    if row["email"] in seen:
        return f"The same address stands in line {seen[row['email']]}."
    if row["email"] in members:
        return "Belongs to the organisation already."
    return "" if roles else "No role is named."


def _roles(text) -> set[Role]:
    """Roles by name or label, between semicolons, commas or bars. RefusedChange for an unknown one."""
    words = [word.strip() for word in text.replace("|", ";").replace(",", ";").split(";") if word.strip()]
    known = {role.value.replace("_", " "): role for role in Role}
    for word in words:
        if word.lower().replace("_", " ") not in known:
            raise RefusedChange(f"“{word[:40]}” is no role. Known are {', '.join(known)}.")
    return {known[word.lower().replace("_", " ")] for word in words}

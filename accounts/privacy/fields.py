"""A text that lies in the table encrypted and is plain everywhere else."""

import json
from dataclasses import dataclass
from functools import partial

from django.contrib.gis.geos import Point
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import connections, models, router
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import class_prepared
from django.dispatch import receiver

from . import encryption

# What stands where the key of an erased person is gone.
ERASED_TEXT = "[erased]"


class _Sealed(str):
    """Already encrypted: on its way from a row to the database."""

    __slots__ = ()


@dataclass(frozen=True)
class _Loaded:
    """As the column holds it: opened when somebody asks the row for it, since the row is part of the seal."""

    sealed: str


class _SealedAttribute(DeferredAttribute):
    """Opens what was read from the table, for the row that it was read with."""

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = super().__get__(instance, owner)
        if isinstance(value, _Loaded):
            value = self.field.read(value.sealed, instance.pk)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value):
        # Without this, what lies in the row would be found before `__get__` is asked.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """TextField whose column holds sealed texts (blank stays blank: that there is nothing is no secret).

    `subject` leads from the row to the person whom the text belongs to ("staff", "user"; "self" for the row): it is
    then sealed under that person's own key, and destroying the key makes it unreadable for good; `ERASED_TEXT` is
    read instead. Without it the keys of the setting seal it. Rows can be filtered by blank or not blank alone.

    Table, column and row are authenticated with each text: one that was moved to another row is Undecryptable there.
    That is why rows are saved or bulk_created (a primary key is drawn beforehand), and texts are read from rows:
    FieldError where a queryset would write one; `values()` gives an object that tells nothing.
    """

    erased = ERASED_TEXT
    descriptor_class = _SealedAttribute

    def __init__(self, *args, subject: str = "", **kwargs):
        self.subject = subject
        super().__init__(*args, **kwargs)
        if self.max_length:
            self.validators = [*self.validators, MaxLengthValidator(self.max_length)]

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.subject:
            kwargs["subject"] = self.subject
        return name, path, args, kwargs

    def about(self, row) -> str:
        """What is authenticated with the text of a row (its primary key): where it lies."""
        return about(self.model._meta.db_table, self.column, row)

    def pre_save(self, instance, add):
        kept = instance.__dict__.get(self.attname)
        if isinstance(kept, _Loaded):
            # Nobody looked at it, so nobody changed it.
            return _Sealed(kept.sealed)
        text = self.to_text(super().pre_save(instance, add))
        return text if not text else _Sealed(self.seal(text, self.person_of(instance), instance.pk))

    def to_text(self, value) -> str | None:
        """What is sealed."""
        return value if value is None else str(value)

    def from_text(self, text: str):
        """What the row holds."""
        return text

    def person_of(self, instance) -> models.Model | None:
        """Whom the row's text belongs to: None where it belongs to nobody in particular."""
        if not self.subject:
            return None
        person = instance
        for step in [] if self.subject == "self" else self.subject.split("__"):
            person = getattr(person, step) if person is not None else None
        return person

    def seal(self, text: str, person: models.Model | None, row) -> str:
        """What the column of a row holds for this text of that person (None: nobody's in particular)."""
        from . import subject_keys

        if row is None:
            raise FieldError(f"{self} is sealed for its row, which has no primary key yet.")
        if person is None:
            return encryption.encrypt(text, about=self.about(row))
        return subject_keys.encrypt_for(person, text, about=self.about(row))

    def get_prep_value(self, value):
        text = value if isinstance(value, _Sealed) else self.to_text(value)
        if not text or isinstance(text, _Sealed):
            return text if text is None else str(text)
        # For comparisons that constraints make with a row before it is saved: never stored, opens nowhere.
        return encryption.encrypt(text, about="comparison")

    def get_db_prep_save(self, value, connection):
        if value and not isinstance(value, _Sealed):
            raise FieldError(f"{self} is sealed for its row: save the row, or bulk_create it.")
        return super().get_db_prep_save(value, connection)

    def from_db_value(self, value, expression, connection):
        return _Loaded(value) if value else value

    def read(self, sealed: str | None, row):
        """What the column of a row (its primary key) holds. Undecryptable where no key opens it, or not for this
        row.
        """
        from . import subject_keys

        if not sealed:
            return sealed
        if subject_keys.is_sealed(sealed):
            text = subject_keys.decrypt(sealed, about=self.about(row))
            return self.erased if text is None else self.from_text(text)
        return self.from_text(encryption.decrypt(sealed, about=self.about(row)))

    def get_lookup(self, lookup_name):
        return {"exact": _BlankOnly, "isnull": super().get_lookup("isnull")}.get(lookup_name)


class EncryptedPointField(EncryptedTextField):
    """A place (EPSG:4326) that lies in the table as a sealed text and is a GEOS Point everywhere else."""

    erased = None

    def to_python(self, value):
        return value

    def to_text(self, value) -> str | None:
        return None if value is None else json.dumps([value.x, value.y])

    def from_text(self, text: str) -> Point:
        return Point(*json.loads(text), srid=4326)

    def formfield(self, **kwargs):
        """Places are looked up from postcodes, never typed."""
        return


def about(table: str, column: str, row) -> str:
    """Where the text of a row lies: what its seal is bound to."""
    return f"{table}.{column}.{row}"


@receiver(class_prepared)
def _number_rows_beforehand(sender, **kwargs):
    """Rows that the database numbers get their number before their texts are sealed."""
    pk = sender._meta.pk
    if isinstance(pk, models.AutoField) and any(isinstance(one, EncryptedTextField) for one in sender._meta.fields):
        pk.get_pk_value_on_save = partial(_drawn_number, pk)


def _drawn_number(pk, instance):
    """The next number of the table; None where nothing is to be sealed."""
    sealed = [one for one in instance._meta.fields if isinstance(one, EncryptedTextField)]
    if not any(getattr(instance, one.attname) for one in sealed):
        return None
    alias = router.db_for_write(type(instance), instance=instance)
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [instance._meta.db_table, pk.column])
        return cursor.fetchone()[0]


class _BlankOnly(models.lookups.Exact):
    """Sealed texts are never equal: only blank can be asked for."""

    def get_prep_lookup(self):
        if self.rhs != "":
            raise FieldError("An encrypted text can be compared with blank alone.")
        return ""

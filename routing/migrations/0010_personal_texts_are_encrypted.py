"""Homes, notes from the door and the reasons of decisions lie encrypted: under each person's own key where they are
somebody's, under the keys of the setting where they are nobody's in particular.
"""

import json

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point
from django.db import connection, migrations, models

import accounts.privacy.fields
from accounts.privacy import encryption, subject_keys

BATCH = 1_000
# (table, column, column with the person's key or "")
TEXTS = (
    ("routing_staffmember", "home_postcode", "id"),
    ("routing_staffmember", "home", "id"),
    ("routing_roundevent", "note", "staff_id"),
    ("routing_visitrecord", "note", "staff_id"),
    ("routing_routeplan", "decision_reason", ""),
    ("routing_routeplan", "returned_reason", ""),
    ("routing_unservedvisit", "decision_reason", ""),
)
SEALED = "ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_is_sealed CHECK ({column} = '' OR {column} ~ '^hers?1:')"
UNSEALED = "ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_is_sealed"


def seal(apps, schema_editor):
    keys, staff = apps.get_model("accounts", "SubjectKey").objects, apps.get_model("routing", "StaffMember")
    for table, column, person in TEXTS:

        def sealed(text, owner, about=f"{table}.{column}", has_person=bool(person)):
            if has_person:
                return subject_keys.encrypt_for(staff(pk=owner), text, about=about, rows=keys)
            return encryption.encrypt(text, about=about)

        _rewrite(table, column, person, sealed)


def unseal(apps, schema_editor):
    for table, column, person in TEXTS:

        def plain(text, owner, about=f"{table}.{column}"):
            if not subject_keys.is_sealed(text):
                return encryption.decrypt(text, about=about)
            found = subject_keys.decrypt(text, about=about)
            return accounts.privacy.fields.ERASED_TEXT if found is None else found

        _rewrite(table, column, person, plain)


def _rewrite(table, column, person, change):
    """Every text of a column that is not blank, in batches by key."""
    select = (
        f"SELECT id, {column}, {person or 'NULL'} FROM {table} "  # noqa: S608 - names are constants
        f"WHERE {column} <> '' AND (%(after)s IS NULL OR id::text > %(after)s) ORDER BY id::text LIMIT {BATCH}"
    )
    update = f"UPDATE {table} SET {column} = %s WHERE id = %s"  # noqa: S608
    after = None
    with connection.cursor() as cursor:
        while True:
            cursor.execute(select, {"after": after})
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.executemany(update, [(change(text, owner), pk) for pk, text, owner in rows])
            after = str(rows[-1][0])


def points_to_text(apps, schema_editor):
    people = apps.get_model("routing", "StaffMember").objects
    with connection.cursor() as cursor:
        for pk, home in people.filter(home_as_point__isnull=False).values_list("pk", "home_as_point"):
            cursor.execute("UPDATE routing_staffmember SET home = %s WHERE id = %s", [json.dumps([home.x, home.y]), pk])


def text_to_points(apps, schema_editor):
    people = apps.get_model("routing", "StaffMember").objects
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, home FROM routing_staffmember WHERE home IS NOT NULL")
        for pk, text in cursor.fetchall():
            people.filter(pk=pk).update(home_as_point=Point(*json.loads(text), srid=4326))


def _text(model, name, **options):
    field = accounts.privacy.fields.EncryptedTextField(blank=True, **options)
    return migrations.AlterField(model, name, field)


HOME_OR_BASE = models.Q(
    ("home__isnull", False), models.Q(("ends_at", "base"), ("starts_from", "base")), _connector="OR"
)
HOME_IS_KNOWN = models.CheckConstraint(condition=HOME_OR_BASE, name="staff_home_is_known")
WHY_DECIDED = "Why tier-1 visits were deferred, or a plan was rejected."
WHY_RETURNED = "Why a publication or an approval was last taken back; blank once it is given again."


class Migration(migrations.Migration):
    dependencies = [("routing", "0009_visit_deferred_from"), ("accounts", "0005_subject_keys")]

    operations = [
        migrations.RemoveConstraint("staffmember", "staff_home_is_known"),
        migrations.RenameField("staffmember", "home", "home_as_point"),
        migrations.AlterField("staffmember", "home_as_point", PointField(srid=4326, null=True, blank=True)),
        migrations.AddField(
            "staffmember",
            "home",
            accounts.privacy.fields.EncryptedPointField(null=True, blank=True, subject="self"),
        ),
        _text("staffmember", "home_postcode", max_length=8, subject="self"),
        _text("roundevent", "note", max_length=500, subject="staff"),
        _text("visitrecord", "note", max_length=500, subject="staff"),
        _text("routeplan", "decision_reason", help_text=WHY_DECIDED),
        _text("routeplan", "returned_reason", help_text=WHY_RETURNED),
        _text("unservedvisit", "decision_reason", max_length=500),
        migrations.RunPython(points_to_text, text_to_points),
        migrations.RunPython(seal, unseal),
        migrations.RemoveField("staffmember", "home_as_point"),
        migrations.AddConstraint("staffmember", HOME_IS_KNOWN),
        *(
            migrations.RunSQL(SEALED.format(table=table, column=column), UNSEALED.format(table=table, column=column))
            for table, column, _ in TEXTS
        ),
    ]

"""History of decisions on plans and of rights in teams (routing.models.history)."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_row_history_of_accounts"),
        ("lsoa", "0010_feeds"),
        ("routing", "0010_personal_texts_are_encrypted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutePlanHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("day", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("optimising", "Optimising"),
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("published", "Published"),
                            ("in_progress", "In progress"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=0, help_text="Number of the PlanVersion that the routes show."),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StaffMemberHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "works_alone",
                    models.BooleanField(default=True, help_text="Whether nobody hearing from them raises an alert."),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("max_visits", models.PositiveSmallIntegerField(default=14)),
                (
                    "overtime_minutes",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How long they may work past the end of a shift, paid as overtime."
                    ),
                ),
                (
                    "starts_from",
                    models.CharField(choices=[("base", "Base"), ("home", "Home")], default="base", max_length=4),
                ),
                (
                    "ends_at",
                    models.CharField(choices=[("base", "Base"), ("home", "Home")], default="base", max_length=4),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StaffSkillHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "expires_on",
                    models.DateField(blank=True, help_text="Last day on which it is valid; blank: no end.", null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TeamHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routeplan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_routeplanhistory" ("approved_by_id", "closed_by_id", "day", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_by_id", "returned_by_id", "state", "team_id", "version") VALUES (NEW."approved_by_id", NEW."closed_by_id", NEW."day", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."published_by_id", NEW."returned_by_id", NEW."state", NEW."team_id", NEW."version"); RETURN NULL;',
                    hash="3155a1ef2c9375d4f1c79048c88a3f400914a804",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_26708",
                    table="routing_routeplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routeplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."approved_by_id" IS DISTINCT FROM (NEW."approved_by_id") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") OR OLD."returned_by_id" IS DISTINCT FROM (NEW."returned_by_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "routing_routeplanhistory" ("approved_by_id", "closed_by_id", "day", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_by_id", "returned_by_id", "state", "team_id", "version") VALUES (NEW."approved_by_id", NEW."closed_by_id", NEW."day", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."published_by_id", NEW."returned_by_id", NEW."state", NEW."team_id", NEW."version"); RETURN NULL;',
                    hash="02149ec9f8e47b5c4783dad64624af4782ce8e4a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f0dcf",
                    table="routing_routeplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routeplan",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_routeplanhistory" ("approved_by_id", "closed_by_id", "day", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_by_id", "returned_by_id", "state", "team_id", "version") VALUES (OLD."approved_by_id", OLD."closed_by_id", OLD."day", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."published_by_id", OLD."returned_by_id", OLD."state", OLD."team_id", OLD."version"); RETURN NULL;',
                    hash="1501296d6eaa2137d2b708ead6952713fae93a07",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9d0d0",
                    table="routing_routeplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffmember",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_staffmemberhistory" ("base_id", "ends_at", "is_active", "max_visits", "overtime_minutes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_from", "team_id", "user_id", "works_alone") VALUES (NEW."base_id", NEW."ends_at", NEW."is_active", NEW."max_visits", NEW."overtime_minutes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."starts_from", NEW."team_id", NEW."user_id", NEW."works_alone"); RETURN NULL;',
                    hash="3c5be3f73582758d87c3138236cf448a24748f54",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2c169",
                    table="routing_staffmember",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffmember",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."base_id" IS DISTINCT FROM (NEW."base_id") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."max_visits" IS DISTINCT FROM (NEW."max_visits") OR OLD."overtime_minutes" IS DISTINCT FROM (NEW."overtime_minutes") OR OLD."starts_from" IS DISTINCT FROM (NEW."starts_from") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."works_alone" IS DISTINCT FROM (NEW."works_alone"))',
                    func='INSERT INTO "routing_staffmemberhistory" ("base_id", "ends_at", "is_active", "max_visits", "overtime_minutes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_from", "team_id", "user_id", "works_alone") VALUES (NEW."base_id", NEW."ends_at", NEW."is_active", NEW."max_visits", NEW."overtime_minutes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."starts_from", NEW."team_id", NEW."user_id", NEW."works_alone"); RETURN NULL;',
                    hash="cacfdd8be2baf9295df7d925a30ea2b713f0048e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_53b39",
                    table="routing_staffmember",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffmember",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_staffmemberhistory" ("base_id", "ends_at", "is_active", "max_visits", "overtime_minutes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_from", "team_id", "user_id", "works_alone") VALUES (OLD."base_id", OLD."ends_at", OLD."is_active", OLD."max_visits", OLD."overtime_minutes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."starts_from", OLD."team_id", OLD."user_id", OLD."works_alone"); RETURN NULL;',
                    hash="323f0dcc52bf846aaf2081a65c4adf0268624b94",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c5d90",
                    table="routing_staffmember",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffskill",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_staffskillhistory" ("expires_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "skill_id", "staffmember_id") VALUES (NEW."expires_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."skill_id", NEW."staffmember_id"); RETURN NULL;',
                    hash="9e1aea5dad1da58f0c65d22ec0f60c92790a2890",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9512e",
                    table="routing_staffmember_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffskill",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."skill_id" IS DISTINCT FROM (NEW."skill_id") OR OLD."staffmember_id" IS DISTINCT FROM (NEW."staffmember_id"))',
                    func='INSERT INTO "routing_staffskillhistory" ("expires_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "skill_id", "staffmember_id") VALUES (NEW."expires_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."skill_id", NEW."staffmember_id"); RETURN NULL;',
                    hash="cbd48e2eca38ce4343a6edb0c9ca7cea0326ebf2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_cfe81",
                    table="routing_staffmember_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffskill",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_staffskillhistory" ("expires_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "skill_id", "staffmember_id") VALUES (OLD."expires_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."skill_id", OLD."staffmember_id"); RETURN NULL;',
                    hash="5bb4f28265738180d651cee9ceafeb9762a1b3ab",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_8720a",
                    table="routing_staffmember_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_teamhistory" ("organisation_id", "patch_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."organisation_id", NEW."patch_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="b9b96286e32064a8d546ba6f3be19c9f54c06b7e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c9598",
                    table="routing_team",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."patch_id" IS DISTINCT FROM (NEW."patch_id"))',
                    func='INSERT INTO "routing_teamhistory" ("organisation_id", "patch_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."organisation_id", NEW."patch_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id"); RETURN NULL;',
                    hash="205aac7d8bed53f2ef1e51e5a579cc36990c928d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e1ab6",
                    table="routing_team",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "routing_teamhistory" ("organisation_id", "patch_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."organisation_id", OLD."patch_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="9b7dc087bdbef05f61a6626818943eb14a754b85",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6d5df",
                    table="routing_team",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="routeplanhistory",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Who decided, either way.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routeplanhistory",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Blank where the night after the day closed it.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routeplanhistory",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="routeplanhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.routeplan",
            ),
        ),
        migrations.AddField(
            model_name="routeplanhistory",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routeplanhistory",
            name="returned_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routeplanhistory",
            name="team",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.team",
            ),
        ),
        migrations.AddField(
            model_name="staffmemberhistory",
            name="base",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.depot",
            ),
        ),
        migrations.AddField(
            model_name="staffmemberhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.staffmember",
            ),
        ),
        migrations.AddField(
            model_name="staffmemberhistory",
            name="team",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.team",
            ),
        ),
        migrations.AddField(
            model_name="staffmemberhistory",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="staffskillhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.staffskill",
            ),
        ),
        migrations.AddField(
            model_name="staffskillhistory",
            name="skill",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.skill",
            ),
        ),
        migrations.AddField(
            model_name="staffskillhistory",
            name="staff",
            field=models.ForeignKey(
                db_column="staffmember_id",
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.staffmember",
            ),
        ),
        migrations.AddField(
            model_name="teamhistory",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="teamhistory",
            name="patch",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="lsoa.patch",
            ),
        ),
        migrations.AddField(
            model_name="teamhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="routing.team",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routeplanhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="d0d35d61454ecf5504d023d629378f825f8c06e9",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_60827",
                    table="routing_routeplanhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routeplanhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="301457c10cd260017381b2777d2afebd84bbd0c3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d4e7d",
                    table="routing_routeplanhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffmemberhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="492c257cf99c1fe11ec734b7c84ebbf4e3fb4062",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_34238",
                    table="routing_staffmemberhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffmemberhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="42d7c578e2ba9168b6bcd609c39c101c232789ed",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_20818",
                    table="routing_staffmemberhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffskillhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="2236ad99750a5f5673ef318887f160553de45dac",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_1111d",
                    table="routing_staffskillhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffskillhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3dc46293f66a021f363d22a7c4d79b12cb212d90",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_25527",
                    table="routing_staffskillhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="teamhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="f958e97574be22a9c5753b1e6cf3226b1cac8070",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_6af5b",
                    table="routing_teamhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="teamhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="32c0acf9b7215e5158dd4b3eadd4bec71938d3d5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_45dd2",
                    table="routing_teamhistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]

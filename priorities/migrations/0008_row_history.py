"""History of the models that decide priorities (priorities.models.history)."""

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
        ("priorities", "0007_words_of_erased_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ModelVersionHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("name", models.CharField(max_length=100)),
                ("number", models.PositiveIntegerField()),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Counts the changes of a draft: two editors cannot overwrite each other unseen.",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "In review"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("definition", models.TextField(help_text="The model as .dxi.")),
                ("definition_sha256", models.CharField(max_length=64)),
                ("inputs", models.JSONField(help_text="Input attribute to indicator code.")),
                (
                    "thresholds",
                    models.JSONField(
                        default=dict,
                        help_text="Per input: bounds, half-widths, how they were found and from which datasets.",
                    ),
                ),
                (
                    "minutes",
                    models.JSONField(help_text="Visit minutes and review interval per class, and the additions."),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VisitMinutesOverrideHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modelversion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "priorities_modelversionhistory" ("based_on_id", "definition", "definition_sha256", "inputs", "minutes", "name", "number", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by_id", "published_by_id", "restored_by_id", "revision", "state", "thresholds") VALUES (NEW."based_on_id", NEW."definition", NEW."definition_sha256", NEW."inputs", NEW."minutes", NEW."name", NEW."number", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."proposed_by_id", NEW."published_by_id", NEW."restored_by_id", NEW."revision", NEW."state", NEW."thresholds"); RETURN NULL;',
                    hash="656ac4503c42e9b7b5c764c5fdba15da200e4bc0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_661c2",
                    table="priorities_modelversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modelversion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."based_on_id" IS DISTINCT FROM (NEW."based_on_id") OR OLD."definition" IS DISTINCT FROM (NEW."definition") OR OLD."definition_sha256" IS DISTINCT FROM (NEW."definition_sha256") OR OLD."inputs" IS DISTINCT FROM (NEW."inputs") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") OR OLD."restored_by_id" IS DISTINCT FROM (NEW."restored_by_id") OR OLD."revision" IS DISTINCT FROM (NEW."revision") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."thresholds" IS DISTINCT FROM (NEW."thresholds"))',
                    func='INSERT INTO "priorities_modelversionhistory" ("based_on_id", "definition", "definition_sha256", "inputs", "minutes", "name", "number", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by_id", "published_by_id", "restored_by_id", "revision", "state", "thresholds") VALUES (NEW."based_on_id", NEW."definition", NEW."definition_sha256", NEW."inputs", NEW."minutes", NEW."name", NEW."number", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."proposed_by_id", NEW."published_by_id", NEW."restored_by_id", NEW."revision", NEW."state", NEW."thresholds"); RETURN NULL;',
                    hash="6509bac7751b1839f2f4df1b1236b0d02a55b38c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dca05",
                    table="priorities_modelversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modelversion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "priorities_modelversionhistory" ("based_on_id", "definition", "definition_sha256", "inputs", "minutes", "name", "number", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by_id", "published_by_id", "restored_by_id", "revision", "state", "thresholds") VALUES (OLD."based_on_id", OLD."definition", OLD."definition_sha256", OLD."inputs", OLD."minutes", OLD."name", OLD."number", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."proposed_by_id", OLD."published_by_id", OLD."restored_by_id", OLD."revision", OLD."state", OLD."thresholds"); RETURN NULL;',
                    hash="b514879b8e6428402e196de0277e4e19c32c038d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c3586",
                    table="priorities_modelversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visitminutesoverride",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "priorities_visitminutesoverridehistory" ("area_id", "created_by_id", "ended_at", "ended_by_id", "minutes", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."area_id", NEW."created_by_id", NEW."ended_at", NEW."ended_by_id", NEW."minutes", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="da617f452e4694d3378950fd5624a9db2db1cb24",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b8d6d",
                    table="priorities_visitminutesoverride",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visitminutesoverride",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."area_id" IS DISTINCT FROM (NEW."area_id") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id"))',
                    func='INSERT INTO "priorities_visitminutesoverridehistory" ("area_id", "created_by_id", "ended_at", "ended_by_id", "minutes", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."area_id", NEW."created_by_id", NEW."ended_at", NEW."ended_by_id", NEW."minutes", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id"); RETURN NULL;',
                    hash="3ddab65fe287cb39b300f80effbc88caea4a4275",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9b983",
                    table="priorities_visitminutesoverride",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visitminutesoverride",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "priorities_visitminutesoverridehistory" ("area_id", "created_by_id", "ended_at", "ended_by_id", "minutes", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."area_id", OLD."created_by_id", OLD."ended_at", OLD."ended_by_id", OLD."minutes", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="3ee42db51c67f9fc66e59d214c10066967f7ef09",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d28e9",
                    table="priorities_visitminutesoverride",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="modelversionhistory",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="priorities.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="modelversionhistory",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Whose scenario this is; empty for versions that may come into force.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="modelversionhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="priorities.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="modelversionhistory",
            name="proposed_by",
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
            model_name="modelversionhistory",
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
            model_name="modelversionhistory",
            name="restored_by",
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
            model_name="visitminutesoverridehistory",
            name="area",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="lsoa.area",
            ),
        ),
        migrations.AddField(
            model_name="visitminutesoverridehistory",
            name="created_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="visitminutesoverridehistory",
            name="ended_by",
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
            model_name="visitminutesoverridehistory",
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
            model_name="visitminutesoverridehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="priorities.visitminutesoverride",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modelversionhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="3ce0984bd37f931caf82623b4df1c482d38c82e4",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_088d0",
                    table="priorities_modelversionhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modelversionhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8cf77505ffb8d048a6b86f1c82f71d654c4e7eae",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9d80c",
                    table="priorities_modelversionhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visitminutesoverridehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="e286d991156a56dc3025c7239acec81f6c45e730",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_57fe1",
                    table="priorities_visitminutesoverridehistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="visitminutesoverridehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d4ba6b88d088e458f2e21dc0932c0b8aeee16705",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e0ce6",
                    table="priorities_visitminutesoverridehistory",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RemoveIndex(model_name="priorityscore", name="score_current_by_class"),
        migrations.AddIndex(
            model_name="priorityscore",
            index=models.Index(
                condition=models.Q(("is_current", True)),
                fields=["-priority", "-rank_offset"],
                name="score_current_by_urgency",
            ),
        ),
    ]

"""Drafts of organisations, versions that come back into force, and scores that say how sure they are."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_chain"),
        ("lsoa", "0010_feeds"),
        ("priorities", "0002_content_is_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VisitMinutesOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes", models.PositiveSmallIntegerField()),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="modelversion",
            name="model_version_number_once",
        ),
        migrations.AddField(
            model_name="modelversion",
            name="accepted_conflicts",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Per attribute whose rules contradict each other: who accepted that, and why.",
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="drafts",
                to="priorities.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose scenario this is; empty for versions that may come into force.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="model_versions",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="proposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="restored_at",
            field=models.DateTimeField(blank=True, help_text="When it came into force again.", null=True),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="restored_because",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="restored_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="review_note",
            field=models.TextField(blank=True, help_text="What the reviewer said when the version was returned."),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="revision",
            field=models.PositiveIntegerField(
                default=0, help_text="Counts the changes of a draft: two editors cannot overwrite each other unseen."
            ),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="title",
            field=models.CharField(blank=True, help_text="What its author tries, in a few words.", max_length=120),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="updated_at",
            field=models.DateTimeField(auto_now=True),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="updated_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="priorityscore",
            name="changed_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not changed"),
                    ("model", "The model"),
                    ("data", "The figures"),
                    ("both", "Model and figures"),
                ],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="priorityscore",
            name="changed_inputs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(),
                help_text="Inputs whose class differs from the score before.",
                null=True,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="priorityscore",
            name="class_probabilities",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.FloatField(),
                help_text="Probability of each class when figures near a threshold count for both sides.",
                null=True,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="priorityscore",
            name="expected_minutes",
            field=models.FloatField(help_text="Minutes by the probabilities of the classes.", null=True),
        ),
        migrations.AddField(
            model_name="priorityscore",
            name="rank_offset",
            field=models.FloatField(
                db_default=0,
                help_text="Place inside the class, from -0.5 (least need) to 0.5: priority + offset ranks areas.",
            ),
        ),
        migrations.AddField(
            model_name="priorityscore",
            name="stability",
            field=models.FloatField(
                help_text="Share of draws of figures, thresholds and weights in which the class stays the same.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="priorityscore",
            name="unmet_need",
            field=models.BooleanField(help_text="Deprived and in bad health, but little diagnosed.", null=True),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.UniqueConstraint(
                fields=("name", "number", "organisation"), name="model_version_number_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("organisation__isnull", True), ("state", "draft"), _connector="OR"),
                name="model_scenario_is_never_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("restored_at__isnull", True),
                    models.Q(("restored_by__isnull", False), models.Q(("restored_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="model_restored_by_somebody_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="priorityscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("rank_offset__gte", -0.5), ("rank_offset__lte", 0.5)),
                name="score_offset_stays_in_its_class",
            ),
        ),
        migrations.AddConstraint(
            model_name="priorityscore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stability__isnull", True), models.Q(("stability__gte", 0), ("stability__lte", 1)), _connector="OR"
                ),
                name="score_stability_valid",
            ),
        ),
        migrations.AddField(
            model_name="visitminutesoverride",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="visit_minutes_overrides", to="lsoa.area"
            ),
        ),
        migrations.AddField(
            model_name="visitminutesoverride",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="visitminutesoverride",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="visitminutesoverride",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="visit_minutes_overrides",
                to="accounts.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitminutesoverride",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("area", "organisation"),
                name="minutes_override_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitminutesoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gte", 5), ("minutes__lte", 240)), name="minutes_override_is_a_visit"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitminutesoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="minutes_override_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitminutesoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__isnull", True), ("ended_by__isnull", False), _connector="OR"),
                name="minutes_override_ended_by_somebody",
            ),
        ),
    ]

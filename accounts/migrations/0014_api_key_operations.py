"""Use of API keys is counted for each operation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_notifications")]

    operations = [
        migrations.AddField(
            model_name="apikeyusage",
            name="operation",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.RemoveConstraint(model_name="apikeyusage", name="api_key_usage_once"),
        migrations.AddConstraint(
            model_name="apikeyusage",
            constraint=models.UniqueConstraint(
                fields=["key", "day", "status", "operation"], name="api_key_usage_of_operation_once"
            ),
        ),
    ]

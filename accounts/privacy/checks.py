"""What `manage.py check` asks about personal data."""

from django.core.checks import Error, Tags, Warning, register

from . import inventory


@register("privacy", deploy=True)
def every_telling_field_is_declared(app_configs=None, **kwargs):
    """A field that nobody thought about is a field that nobody erases."""
    hint = "Say in the app's personal_data.py why it is kept and what erasure does, or why it is not personal."
    missing = [
        Error(f"{name} is declared neither personal nor not personal.", hint=hint, id="privacy.E001")
        for name in inventory.undeclared_fields()
    ]
    gone = [
        Error(f"{name} is declared in personal_data.py but does not exist.", id="privacy.E002")
        for name in inventory.declared_in_vain()
    ]
    return [*missing, *gone]


@register("privacy", Tags.database, deploy=True)
def older_keys_are_not_needed(app_configs=None, databases=None, **kwargs):
    """Asked with `--database default`: before an older key is taken away, nothing may lie under it."""
    if not databases:
        return []
    from .rotation import under_older_keys

    hint = "Run `manage.py rotate_field_keys`, and take older keys of FIELD_ENCRYPTION_KEYS away after that only."
    return [
        Warning(f"{name}: {count} texts are sealed under an older key.", hint=hint, id="privacy.W001")
        for name, count in under_older_keys().items()
    ]

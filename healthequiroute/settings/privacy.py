"""Personal data: keys of encrypted fields, periods after which data are let go. docs/privacy.md explains them."""

from environs import validate

from .environment import DEMO_MODE, env

DEMO_FIELD_KEY = "demo-only-field-key-not-for-real-use-0123456789"


def _keys_are_long_and_secret(keys):
    if not keys or any(len(key) < 32 for key in keys):
        raise validate.ValidationError("Each key has at least 32 characters, and there is at least one.")
    if DEMO_FIELD_KEY in keys:
        raise validate.ValidationError("This is the key of the demo mode, which everybody knows.")


# The first encrypts, all decrypt.
FIELD_ENCRYPTION_KEYS = (
    env.list("FIELD_ENCRYPTION_KEYS", [DEMO_FIELD_KEY])
    if DEMO_MODE
    else env.list("FIELD_ENCRYPTION_KEYS", validate=_keys_are_long_and_secret)
)

# Days by kind of data instead of the usual ones, e.g. notifications=60,round_notes=90. `apply_retention` lists them.
RETENTION_DAYS = env.dict("RETENTION_DAYS", {}, subcast_values=int)

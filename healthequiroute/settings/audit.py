"""The audit trail's seals, and what the history of rows keeps. docs/audit.md explains both."""

import pghistory

from .environment import BASE_DIR, DEMO_MODE, env

# Where seals are written: a place that the database's owner cannot write to.
AUDIT_SEAL_DIRECTORY = env.str("AUDIT_SEAL_DIRECTORY", str(BASE_DIR / ".local" / "seals") if DEMO_MODE else "")
# File with the Ed25519 private key (PEM) that signs seals and manifests. The demo makes its own.
AUDIT_SEAL_KEY = env.str("AUDIT_SEAL_KEY", str(BASE_DIR / ".local" / "audit-seal.key") if DEMO_MODE else "")
# File with the public keys that count, one PEM block after another; our own counts anyway.
AUDIT_SEAL_PUBLIC_KEYS = env.str("AUDIT_SEAL_PUBLIC_KEYS", "")

# Each row of history holds its context: there is no second table that would have to be changed.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_APPEND_ONLY = True
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="+", related_query_name="+")
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"
PGTRIGGER_INSTALL_ON_MIGRATE = False

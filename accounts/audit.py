"""The door to the audit trail: every write of a service leaves one event through `record`, every look at data of named
people one through `record_reading`. What is behind it: `accounts.trail`.
"""

from .trail.findings import Kind, Verification
from .trail.recording import ActorMissing, SystemActor, pseudonym_of, record, record_reading
from .trail.verification import verify

__all__ = [
    "ActorMissing",
    "Kind",
    "SystemActor",
    "Verification",
    "pseudonym_of",
    "record",
    "record_reading",
    "verify",
]

"""The audit trail: recording, checking, sealing, reading and exporting it. `accounts.audit` is the door for others."""

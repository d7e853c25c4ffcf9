"""Lists of people, organisations, keys, messages and the audit trail, as files (`accounts.list_files`)."""

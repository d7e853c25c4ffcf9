"""Early pytest plugin (`-p healthequiroute.testing.environment`): tests read the test cluster's settings.

Loaded before pytest-django reads the settings. A variable that the caller has set keeps its value.
"""

import os

os.environ.setdefault("HER_ENV_FILE", ".local/test.env")
# The owner creates and migrates the test database; `healthequiroute.testing.database` then hands over
# to the application's role, with which every test runs.
os.environ["DATABASE_AS_OWNER"] = "true"
# Tasks run in place, without a broker. Processes that a test starts must not inherit these two.
os.environ["HUEY_IMMEDIATE"] = "true"
# Seals belong to one trail: those of one test's database would call the next one's cut off. Tests of seals name theirs.
os.environ["AUDIT_SEAL_DIRECTORY"] = os.environ["AUDIT_SEAL_KEY"] = ""

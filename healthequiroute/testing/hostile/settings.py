"""The portal's settings, with trouble (see the package)."""

from healthequiroute.settings import *  # noqa: F403
from healthequiroute.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "healthequiroute.testing.hostile"]
MIDDLEWARE = ["healthequiroute.testing.hostile.late_answers.LateAnswersMiddleware", *MIDDLEWARE]

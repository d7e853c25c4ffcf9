"""Settings, read from the environment and validated at start.

One module per subject; `environment.py` says where values come from. Every variable is documented in `.env.example`.
"""

from .applications import *  # noqa: F403
from .audit import *  # noqa: F403
from .credentials import *  # noqa: F403
from .databases import *  # noqa: F403
from .environment import env
from .feeds import *  # noqa: F403
from .headers import *  # noqa: F403
from .limits import *  # noqa: F403
from .maps import *  # noqa: F403
from .notices import *  # noqa: F403
from .observability import *  # noqa: F403
from .privacy import *  # noqa: F403
from .proxies import *  # noqa: F403
from .rest import *  # noqa: F403
from .rounds import *  # noqa: F403
from .security import *  # noqa: F403
from .sessions import *  # noqa: F403
from .signing_in import *  # noqa: F403
from .travel import *  # noqa: F403

# A misspelt boolean or a missing secret must stop the start, with all problems listed at once.
env.seal()

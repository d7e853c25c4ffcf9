"""Says over Redis that a job has moved on, so that whoever watches it need not ask again and again.

The news hold nothing: whoever hears them reads the job as their permission allows. They may get lost (a Redis that
restarts, a watcher that comes late), so watchers look now and then by themselves as well.
"""

from functools import cache

import structlog
from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
SECONDS = 1


def channel_of(job_id) -> str:
    """Where news of one job are told. Portals that share a Redis have queues of different names."""
    return f"{settings.HUEY['name']}:job:{job_id}"


def tell(job_id) -> None:
    """Tells it once what the caller has written can be read: at once, or when the transaction commits."""
    transaction.on_commit(lambda: _publish(channel_of(job_id)))


def _publish(channel: str) -> None:
    try:
        redis_client().publish(channel, "")
    except (RedisError, OSError) as error:
        # The work goes on: watchers hear of it a few seconds later, when they look by themselves.
        log.warning("job_news_not_told", error=str(error))


@cache
def redis_client() -> Redis:
    """One pool of connections for the process; they are opened again after a fork."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)

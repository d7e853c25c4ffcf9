"""How many notifications somebody has not read: shown on every page, so it is counted rarely and never past a bound."""

import structlog
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from ..models import Notification

log = structlog.get_logger(__name__)

KEPT_SECONDS = 60
MOST = 99


def unread_count(user) -> int:
    """0 to `MOST` + 1, which stands for more. At most a minute old; at once after what the person does themselves."""
    return cache.get_or_set(_key(user.pk), lambda: _count(user), KEPT_SECONDS)


def unread_words(count: int) -> str:
    """For the badge."""
    return f"{MOST}+" if count > MOST else str(count)


def forget(user_ids) -> None:
    """Count again for these people, once the transaction has committed."""
    keys = [_key(user_id) for user_id in user_ids]
    transaction.on_commit(lambda: _delete(keys))


def _delete(keys) -> None:
    try:
        cache.delete_many(keys)
    except (RedisError, OSError) as error:
        # The count is a minute old at most in any case.
        log.warning("unread_not_forgotten", error=type(error).__name__)


def _count(user) -> int:
    # A page of rows, whose number is bounded: not how many there may be.
    return len(Notification.objects.for_user(user).unread().listed().order_by().values_list("pk")[: MOST + 1])


def _key(user_id) -> str:
    return f"notices:unread:{user_id}"

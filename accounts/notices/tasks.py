"""Sending in the background: right after something happened, and every minute for what falls due or was left behind."""

import structlog
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task
from redis.exceptions import RedisError

from . import email_sending, webhook_sending

log = structlog.get_logger(__name__)


def deliver_soon() -> None:
    """Have a worker send what is due. Without a queue the next minute's run does."""
    try:
        deliver_now()
    except (RedisError, OSError) as error:
        log.warning("delivery_not_queued", error=type(error).__name__)


@db_task()
def deliver_now():
    deliver()


@db_periodic_task(crontab(minute="*"))
def deliver_every_minute():
    deliver()


def deliver() -> None:
    """Emails and webhooks that are due. A fault in one channel must not silence the other."""
    try:
        sent = email_sending.send_due()
    finally:
        posted = webhook_sending.post_due()
    if sent.sent or sent.later or sent.given_up:
        log.info("emails_sent", sent=sent.sent, later=sent.later, given_up=sent.given_up, dropped=sent.dropped)
    if posted.delivered or posted.later or posted.given_up:
        log.info("webhooks_sent", sent=posted.delivered, later=posted.later, given_up=posted.given_up)

"""What is done about personal data every night."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from ..audit import SystemActor, record
from . import copy_files, holds
from .retention import apply_retention


@db_periodic_task(crontab(hour="2", minute="23"))
def let_go_every_night():
    """Data whose time is over."""
    apply_retention(by=SystemActor("privacy:retention"))


@db_periodic_task(crontab(minute="41"))
def delete_old_copies():
    """Copies of people's data are kept a day."""
    deleted = copy_files.delete_old()
    if deleted:
        record(action="privacy.copies_deleted", by=SystemActor("privacy:copies"), details={"files": deleted})


@db_periodic_task(crontab(hour="6", minute="29"))
def remind_of_reviews_of_holds():
    """Administrators hear in the morning of legal holds that are to be looked at again."""
    holds.remind_of_reviews(by=SystemActor("privacy:holds"))

"""What becomes of files that people handed in, when their time is over or the person is erased."""

from django.db.models import Q

from accounts.privacy.retention import RetentionRule, register_rule
from accounts.privacy.subjects import ACCOUNT, ErasureDuty, Person, register_duty

from .models import Upload
from .services.uploads import remove_files, upload_folder

NAME_GONE = "File"


def _forget_names(rows) -> int:
    return rows.update(names=[NAME_GONE], options={})


def _discard(person: Person, *, pseudonyms, by) -> dict[str, int]:
    """Files that wait to be loaded: nobody is left who would."""
    waiting = list(_waiting(person))
    Upload.objects.filter(pk__in=[upload.pk for upload in waiting]).update(state=Upload.State.DISCARDED)
    return {"lsoa.Upload": len(waiting)}


def _remove_folders(person: Person) -> None:
    for upload in Upload.objects.filter(created_by__in=person.ids(ACCOUNT), state=Upload.State.DISCARDED):
        if upload_folder(upload).exists():
            remove_files(upload=upload, state=Upload.State.DISCARDED)


def _waiting(person: Person):
    return Upload.objects.filter(created_by__in=person.ids(ACCOUNT), state=Upload.State.RECEIVED)


def register() -> None:
    register_duty("lsoa", ErasureDuty(obstacles=lambda person: [], erase=_discard, clean_up=_remove_folders))
    register_rule(
        RetentionRule(
            "upload_names",
            "Names of files that were handed in",
            90,
            lambda before: (
                Upload.objects.filter(created_at__lt=before)
                .exclude(state=Upload.State.RECEIVED)
                .exclude(Q(names=[NAME_GONE]) & Q(options={}))
            ),
            _forget_names,
            organisation="organisation",
            people={ACCOUNT: "created_by"},
        )
    )

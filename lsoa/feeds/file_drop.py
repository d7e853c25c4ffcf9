"""A folder into which another system puts files. The newest complete file counts."""

import fcntl
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from .answers import CSV, JSON, Answer, FeedFailed, FeedRefused

FORMS = {".json": JSON, ".csv": CSV}
# A file that was written to a moment ago may not be complete.
SETTLE_SECONDS = 2


@dataclass(frozen=True)
class FileDrop:
    """`location` is a folder below `root`. Only .json and .csv files count: names in the making (.part, .tmp, leading
    dot ...) do not end so. Ignored besides: files with a companion NAME.lock, locked by a writer, empty, or younger
    than `settle` seconds."""

    location: str
    root: Path
    now: float
    most_bytes: int = 5_000_000
    settle: float = SETTLE_SECONDS

    def folder(self) -> Path:
        """The folder, with links followed. Raises FeedFailed when it is outside the root or no folder."""
        root = self.root.resolve()
        folder = (root / self.location).resolve()
        if folder != root and root not in folder.parents:
            raise FeedFailed(f"The folder {self.location} is outside the one for dropped files.")
        if not folder.is_dir():
            raise FeedFailed(f"There is no folder {self.location}.")
        return folder

    def fetch(self, fingerprint: str, processed: frozenset[str]) -> Answer | None:
        """The newest complete file that was not processed; None when the newest one was. Raises FeedFailed."""
        for path in self._candidates():
            content = self._read(path)
            if content is None:
                continue
            digest = hashlib.sha256(content).hexdigest()
            if digest == fingerprint or digest in processed:
                return None
            return Answer(content, FORMS[path.suffix.lower()], digest, path.name)
        raise FeedFailed(f"There is no complete file in the folder {self.location}.")

    def _candidates(self) -> list[Path]:
        """Complete files, newest first; those of one moment by name."""
        found = []
        for entry in os.scandir(self.folder()):
            path = Path(entry.path)
            if path.suffix.lower() not in FORMS or entry.name.startswith((".", "~")):
                continue
            if not entry.is_file(follow_symlinks=False) or path.with_name(f"{entry.name}.lock").exists():
                continue
            state = entry.stat(follow_symlinks=False)
            if state.st_size and self.now - state.st_mtime >= self.settle:
                found.append((state.st_mtime_ns, entry.name, path))
        return [path for _, _, path in sorted(found, reverse=True)]

    def _read(self, path: Path) -> bytes | None:
        """The bytes; None for a file that a writer holds, that changes while it is read or that has gone meanwhile."""
        try:
            with path.open("rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
                before = os.fstat(stream.fileno())
                content = stream.read(self.most_bytes + 1)
                after = os.fstat(stream.fileno())
        except (BlockingIOError, FileNotFoundError):
            return None
        except OSError as error:
            raise FeedFailed(f"{path.name} could not be read: {error.strerror}.") from error
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            # Somebody who asks for no lock writes to it: half of it would be old.
            return None
        if len(content) > self.most_bytes:
            raise FeedRefused(where=path.name, expected=f"at most {self.most_bytes:,} bytes", found="more")
        return content

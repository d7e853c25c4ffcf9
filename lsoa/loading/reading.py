"""What an adapter makes of a material: chunks of rows with their fingerprint, read as needed or ahead of time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from lsoa.models import Dataset
from lsoa.sources.base import Release, Stage

from .context import LoadContext
from .fingerprint import Fingerprint
from .report import QualityReport


class Reading:
    """Rows of one material, read while they are asked for."""

    def __init__(self, source, material):
        self.source, self.material = source, material
        self.report = QualityReport()
        self.fingerprint = Fingerprint()
        self.context = LoadContext(report=self.report, options=material.options)

    def chunks(self, release: Release, progress: Callable[[float], None] | None = None) -> Iterator:
        """Every chunk that has rows. Raises Refused, and OSError for a file that cannot be read."""
        self.context.tell(progress)
        self.context.extent, self.context.release = release.extent, release.release
        for chunk in self.source.rows(self.material, self.context):
            if len(chunk):
                self.fingerprint.add(chunk)
                yield chunk


class ReadingAhead(Reading):
    """Rows of one material that a thread reads while the file before it is written: the database works on the other
    core meanwhile. What goes wrong is raised by `chunks`, in its turn."""

    def __init__(self, source, material, reader: ThreadPoolExecutor):
        super().__init__(source, material)
        self._rows: Future[list] = reader.submit(self._read)

    def _read(self) -> list:
        try:
            return list(super().chunks(self.source.release(self.material)))
        finally:
            # On this thread that is nobody else's: whoever opened it asked a database in another state.
            if connection.connection is not None:
                connection.close()
                raise RuntimeError(f"{self.source.key} asks the database while its file is read: say asks_database")

    def chunks(self, release: Release, progress: Callable[[float], None] | None = None) -> Iterator:
        rows = self._rows.result()
        # Not before: progress is written to the database, which belongs to the caller's thread.
        self.context.tell(progress)
        while rows:
            # Given away one by one: nothing is held twice.
            yield rows.pop(0)


class Reader:
    """Gives the readings of materials in their order, each begun while the one before it is loaded."""

    def __init__(self):
        # One thread: a second file in memory is enough.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read")
        self._begun: dict[int, ReadingAhead] = {}

    def begin(self, material, source) -> None:
        """Begin to read a material ahead, where that is of use."""
        if _reads_its_file_only(source) and not Dataset.objects.filter(file_sha256=material.sha256).exists():
            self._begun[id(material)] = ReadingAhead(source, material, self._thread)

    def take(self, material) -> Reading | None:
        """The reading of the material, if it was begun."""
        return self._begun.pop(id(material), None)

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)


def _reads_its_file_only(source) -> bool:
    """Most adapters of figures do. Those of other stages ask the database, or read as much as fits into memory."""
    if source is None or source.scheme is not None:
        return False
    return source.stage == Stage.VALUES and not source.asks_database

"""What an adapter makes of a file, without a database: for tests of layouts, and of what must never crash."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lsoa.loading.context import LoadContext
from lsoa.loading.report import QualityReport
from lsoa.sources.base import Release, Source
from lsoa.sources.material import FileMaterial
from lsoa.sources.registry import source_for


@dataclass
class Read:
    """The adapter, the release and all figures of a file."""

    source: Source
    release: Release
    report: QualityReport
    extent: str
    chunks: list = field(default_factory=list)

    def figures(self, indicator: str) -> dict:
        """Area code -> figure, or the reason why there is none. The first row of an area wins, as in the loader."""
        out = {}
        for chunk in (chunk for chunk in self.chunks if chunk.indicator == indicator):
            for code, value, reason in zip(chunk.code, chunk.value, chunk.reason, strict=True):
                out.setdefault(code, str(reason) if np.isnan(value) else float(value))
        return out

    @property
    def indicators(self) -> set[str]:
        return {chunk.indicator for chunk in self.chunks}

    @property
    def rejects(self) -> list[tuple[int, str]]:
        return sorted((line, reason) for line, _, reason in self.report.rejects)


def read(path: Path, **options: str) -> Read | None:
    """Read a file with the adapter that recognises it; None when there is none. Raises Refused as the adapter does."""
    material = FileMaterial(path, options=options)
    source = source_for(material)
    if source is None:
        material.check_packing()
        return None
    release = source.release(material)
    context = LoadContext(report=QualityReport(), extent=release.extent)
    chunks = list(source.rows(material, context))
    return Read(source, release, context.report, context.extent, chunks)

"""manage.py fetch_open_data [KEY ...]: bring the publications from their publishers into a folder."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lsoa.fetching.downloads import Downloader, DownloadFailed, Unreachable, extract, file_sha256
from lsoa.fetching.manifest import MANIFEST, ManifestInvalid, Publication, read_manifest
from lsoa.sources.base import Refused
from lsoa.sources.material import FileMaterial
from lsoa.sources.registry import source_for

UNRECOGNISED = ".unrecognised"


class Command(BaseCommand):
    help = (
        "Download the publications named by KEY (all without one) into a folder, for load_open_data. Goes on where it "
        "stopped, skips what is complete. Exit 1 when a file is missing at the end; then lists what to fetch by hand."
    )

    def add_arguments(self, parser):
        parser.add_argument("keys", nargs="*", metavar="KEY", help="publications; --list names them")
        parser.add_argument("--into", metavar="DIR", type=Path, default=Path("open_data"), help="folder (%(default)s)")
        parser.add_argument("--list", action="store_true", dest="only_list", help="list the publications and stop")
        parser.add_argument("--manifest", metavar="FILE", type=Path, default=MANIFEST, help="another manifest")

    def handle(self, *args, keys, into, only_list, manifest, **options):
        wanted = self._wanted(manifest, keys)
        if only_list:
            for publication in wanted:
                self._describe(publication)
            return
        into.mkdir(parents=True, exist_ok=True)
        self.downloader = Downloader(proxy=settings.DOWNLOAD_PROXY)
        self.unreachable: dict[str, str] = {}
        present = _recognised_files(into)
        missing = [publication for publication in wanted if not self._bring(publication, into, present)]
        by_hand = [publication for publication in missing if publication.is_chosen_by_hand]
        failed = [publication for publication in missing if not publication.is_chosen_by_hand]
        if missing:
            self.stdout.write("\nTo download by hand:" if failed else "\nChosen by hand on the publishers' pages:")
            for publication in missing:
                self._describe(publication)
        self.stdout.write(f"\nThen: manage.py load_open_data {into}")
        if failed or (keys and by_hand):
            raise CommandError(f"{len(failed) + len(by_hand)} of {len(wanted)} publications are missing", returncode=1)

    def _wanted(self, manifest, keys) -> list[Publication]:
        try:
            known = read_manifest(manifest)
        except (ManifestInvalid, FileNotFoundError) as error:
            raise CommandError(str(error), returncode=1) from error
        unknown = [key for key in keys if key not in known]
        if unknown:
            raise CommandError(f"no publication has the key {', '.join(unknown)} (see --list)", returncode=2)
        return [known[key] for key in keys] if keys else list(known.values())

    def _describe(self, publication: Publication) -> None:
        """What somebody needs who fetches it with a browser."""
        self.stdout.write(f"{publication.key}: {publication.title}")
        self.stdout.write(f"    {publication.publisher}. {publication.licence}")
        if publication.address:
            self.stdout.write(f"    {publication.address} (offered on {publication.landing_page})")
        else:
            named = f", {publication.file}" if publication.file else ""
            self.stdout.write(f"    choose the file on this page: {publication.landing_page}{named}")
        if publication.note:
            self.stdout.write(f"    {publication.note}")

    def _bring(self, publication: Publication, into: Path, present: dict[str, list[Path]]) -> bool:
        """Whether the publication is in the folder now; says on standard error what became of it."""
        target = into / (publication.member or publication.file) if publication.file else None
        if target is not None and target.is_file() and self._is_complete(publication, target):
            self._tell(publication, f"complete: {target.name}")
            return True
        if publication.is_chosen_by_hand:
            found = present.get(publication.adapter, [])
            self._tell(publication, f"there: {found[0].name}" if found else "to be chosen on the publisher's page")
            return bool(found)
        try:
            self._fetch(publication, into, target)
        except DownloadFailed as failure:
            self._tell(publication, str(failure))
            return False
        self._tell(publication, f"fetched: {target.name}, {target.stat().st_size:,} bytes")
        return True

    def _is_complete(self, publication, target) -> bool:
        if publication.sha256 and not publication.member:
            return file_sha256(target) == publication.sha256
        return _adapter_of(target) == publication.adapter

    def _fetch(self, publication, into, target) -> None:
        host = urlsplit(publication.address).hostname
        if host in self.unreachable:
            raise DownloadFailed(self.unreachable[host])
        # Under a name of its own until an adapter knows it: a page that says "sorry" must not stand there as data.
        arrived = into / f"{publication.file}.fetched"
        try:
            self.downloader.fetch(
                publication.address, arrived, sha256=publication.sha256, progress=self._progress(publication)
            )
        except Unreachable as failure:
            self.unreachable[host] = str(failure)
            raise
        if publication.member:
            archive, arrived = arrived, into / f"{publication.member}.fetched"
            extract(archive, publication.member, arrived)
            archive.unlink()
        found = _adapter_of(arrived)
        if found != publication.adapter:
            kept = arrived.replace(target.with_name(target.name + UNRECOGNISED))
            known = f"one for {found}" if found else "one that no adapter knows"
            raise DownloadFailed(f"expected a file for {publication.adapter}, found {known} (kept as {kept.name})")
        arrived.replace(target)

    def _progress(self, publication):
        """Says every tenth of a file, or every 10 MB where its size is not known."""
        said = -1

        def tell(done, expected):
            nonlocal said
            step = 10 * done // expected if expected else done // 10_000_000
            if step > said:
                said = step
                size = f" of {expected:,}" if expected else ""
                self._tell(publication, f"{done:,}{size} bytes")

        return tell

    def _tell(self, publication, text) -> None:
        self.stderr.write(f"{publication.key}: {text}", self.style.NOTICE)


def _adapter_of(path: Path) -> str:
    """Key of the adapter that recognises a file; "" when none does."""
    try:
        source = source_for(FileMaterial(path))
    except Refused:
        return ""
    return source.key if source is not None else ""


def _recognised_files(folder: Path) -> dict[str, list[Path]]:
    """Files of the folder by the adapter that reads them."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix not in (".part", ".fetched", UNRECOGNISED) and not path.name.startswith("."):
            found.setdefault(_adapter_of(path), []).append(path)
    return found

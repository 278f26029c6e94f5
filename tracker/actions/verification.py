"""Verification: telling of a file at hand, or of those within a zip, whether it was issued."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from tracker.domain.errors import RuleViolation
from tracker.store.audit import broken_seals
from tracker.store.verification import changed_issues, hashes_of, issued_documents, issued_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.verification import Verdict

PIECE: Final = 1024 * 1024
MEMBERS_MAX: Final = 1_000
UNPACKED_MAX: Final = 2 * 1024**3
"""Bytes: no period has that much, and a file that unpacks to more is meant to do harm."""
LISTS: Final = frozenset({"SHA256SUMS", "CONTENTS.txt", "INHOUD.txt"})
"""What we put into a zip of a period beside the files that were issued."""
OF_A_WORKBOOK: Final = "[Content_Types].xml"


class Verified(NamedTuple):
    """A file, or a file within a zip, its hash, and what is told of it."""

    name: str
    sha256: str
    verdict: Verdict | None


class Everything(NamedTuple):
    """What was issued in all projects, and what of it is not as it went out, each by its name.

    Shape:  ``seals`` are the entries of the audit trail that somebody changed, removed or added.
    """

    issues: int
    files: int
    changed: tuple[str, ...]
    seals: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether all of it is as it went out."""
        return not self.changed and not self.seals


def verify_everything(session: Session, *, by: Actor) -> Everything:
    """Hash all that was issued once more, and compare it with what the audit trail saw go out."""
    del by  # looking changes nothing, so the trail does not name who looked
    issues, keys = issued_documents(session)
    changed = changed_issues(session, hashes_of(session, keys))
    return Everything(issues, len(keys), tuple(changed), tuple(broken_seals(session)))


def verify_file(session: Session, path: Path, *, by: Actor) -> Iterator[Verified]:
    """Tell of a file whether it was issued; of a zip of a period, of each file within.

    Errors: ``RuleViolation`` for a zip that cannot be read, or that is larger than any of ours.
    """
    del by  # looking changes nothing, so the trail does not name who looked
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    verdict = issued_with(session, sha256)
    if verdict is None and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if OF_A_WORKBOOK not in {one.filename for one in members}:
                yield from _members(session, path.name, archive, members)
                return
    yield Verified(path.name, sha256, verdict)


def _members(
    session: Session,
    name: str,
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
) -> Iterator[Verified]:
    if len(members) > MEMBERS_MAX or sum(one.file_size for one in members) > UNPACKED_MAX:
        raise RuleViolation(
            "{name} holds {count} files, or more than they may unpack to.",
            "Unpack it, and check the files that you want to know of.",
            name=name,
            count=len(members),
        )
    for one in members:
        if Path(one.filename).name in LISTS:
            continue
        try:
            with archive.open(one) as file:
                sha256 = _hash_of(file)
        except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise RuleViolation(
                "{file} in {name} cannot be read: {why}.",
                "Download the zip again.",
                file=one.filename,
                name=name,
                why=str(error),
            ) from error
        yield Verified(f"{name}: {one.filename}", sha256, issued_with(session, sha256))


def _hash_of(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    return found.hexdigest()

"""The audit dossier as one file: an archive with an index, and checksums that anybody can check.

The same state of the books gives the same bytes. What is in it is written one file at a time.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reports import dossier, statement, words
from reports.to_csv import lines_of
from reports.to_html import templates
from reports.to_xlsx import to_xlsx
from tracker.domain.dossiers import Entry, Folder, Ways
from tracker.domain.texts import mark, stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO

    from tracker.domain.dossiers import DossierFacts

INDEX: Final = "index.html"
SUMS: Final = "SHA256SUMS"
HOW_TO: Final = "VERIFY.txt"
VERIFYING: Final = (
    mark("How to check that this dossier is whole, without the program that made it"),
    mark("Unpack the archive. SHA256SUMS names every file with its checksum."),
    mark("On Linux, in the folder of this file: sha256sum -c SHA256SUMS"),
    mark("On a Mac, in the folder of this file: shasum -a 256 -c SHA256SUMS"),
    mark(
        "On Windows, in PowerShell, for one file: Get-FileHash -Algorithm SHA256 -LiteralPath"
        " 'index.html'. Compare what it says with the line of that file in SHA256SUMS; capitals"
        " make no difference."
    ),
    mark(
        "On Windows, in PowerShell, for all files together, in the folder of this file (it names"
        " the files that are not what they were, and nothing if all are):"
    ),
    mark(
        "The reports are those that were issued: who received one can compare it with the file here"
        " by its checksum."
    ),
)
POWERSHELL: Final = (
    "Get-Content -Encoding UTF8 SHA256SUMS | ForEach-Object { $sum, $file = $_ -split '  ', 2;"
    " if ((Get-FileHash -Algorithm SHA256 -LiteralPath $file).Hash -ne $sum) { $file } }"
)


def write(
    facts: DossierFacts,
    into: IO[bytes],
    read: Callable[[int, str], bytes],
    tell: Callable[[int, int], None],
) -> None:
    """Write a dossier into a file.

    Shape:  ``read(document, sha256)`` gives the bytes of a document; ``tell(done, whole)`` is
            told how far the work is.
    """
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        _Archive(facts, archive, tell).write(read)


def file_name(facts: DossierFacts) -> str:
    """Name the archive so that names sort and explain themselves."""
    about = facts.statement
    return f"{stem_of(about.project_code, about.commitment.code, about.period.code)}_dossier.zip"


class _Archive:
    """An archive being written: every file of it is named once, with its checksum."""

    def __init__(
        self, facts: DossierFacts, archive: ZipFile, tell: Callable[[int, int], None]
    ) -> None:
        self._facts, self._archive, self._tell = facts, archive, tell
        self._language = facts.statement.language
        self._ways, self._entries = Ways(), list[Entry]()
        files = sum(len(one.files) for report in facts.reports for one in report.issues)
        self._whole = files + len(facts.papers) + 6

    def write(self, read: Callable[[int, str], bytes]) -> None:
        """Write all files, and last of all their checksums."""
        self._write_reports(read)
        self._write_costs()
        for one in self._facts.papers:
            way = self._ways.take(one.folder, one.name)
            about = dossier.subject_in_words(one.about, self._language)
            self._add(way, about, [read(one.document_id, one.sha256)])
        _ = words.gettext_for(self._language)
        self._add(HOW_TO, _("How to check that it is whole"), [how_to_verify(self._language)])
        self._add(INDEX, _("Index"), [self._index()])
        sums = "".join(f"{one.sha256}  {one.way}\n" for one in self._entries)
        self._add(SUMS, "", [sums.encode()])

    def _write_reports(self, read: Callable[[int, str], bytes]) -> None:
        for report in self._facts.reports:
            for one in report.issues:
                standing = words.label(one.standing, self._language)
                number = words.gettext_for(self._language)("Version {number}")
                about = f"{report.period.code} · {number.format(number=one.number)} · {standing}"
                for file in one.files:
                    way = self._ways.take(Folder.REPORTS, file.name)
                    self._add(way, about, [read(file.document_id, file.sha256)])

    def _write_costs(self) -> None:
        told, of_costs = dossier.build(self._facts), statement.build(self._facts.statement)
        lines = told.section("lines")
        for report in (told, of_costs):
            self._add(self._named(f"{report.file_stem}.xlsx"), report.title, [to_xlsx(report)])
        texts = (piece.encode() for piece in lines_of(lines, self._language))
        self._add(self._named(f"{of_costs.file_stem}_lines.csv"), lines.title, texts)

    def _named(self, name: str) -> str:
        return self._ways.take(Folder.COSTS, name)

    def _add(self, way: str, about: str, pieces: Iterable[bytes]) -> None:
        part = ZipInfo(way)  # of 1980: the same state gives the same bytes
        part.compress_type, part.create_system, part.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
        seal, size = hashlib.sha256(), 0
        with self._archive.open(part, "w") as file:
            for piece in pieces:
                seal.update(piece)
                size += len(piece)
                file.write(piece)
        self._entries.append(Entry(way, about, size, seal.hexdigest()))
        self._tell(len(self._entries), self._whole)

    def _index(self) -> bytes:
        shelves = defaultdict[str, list[Entry]](list)
        for entry in self._entries:
            shelves[entry.way.partition("/")[0] if "/" in entry.way else ""].append(entry)
        page = templates().get_template("reports/dossier.html")
        report = dossier.build(self._facts)
        told = page.render(
            report=report,
            tied=report.section("tied"),
            issued=report.section("reports"),
            is_tied=self._facts.is_tied,
            more=list(dossier.told_besides(report)),
            most=dossier.SHOWN,
            not_shown=lambda count: dossier.not_shown(count, self._language),
            shelves=_named_shelves(shelves, self._language),
            verifying=list(_verifying(self._language)),
            powershell=POWERSHELL,
            quote=quote,
            size=lambda size: dossier.size_in_words(size, self._language),
            _=words.gettext_for(self._language),
        )
        return told.encode()


def how_to_verify(language: str) -> bytes:
    """Say how the checksums are checked with what every machine has."""
    lines = list(_verifying(language))
    lines.insert(6, f"    {POWERSHELL}")
    return "\r\n\r\n".join([*lines, ""]).encode("utf-8-sig")


def _verifying(language: str) -> Iterator[str]:
    _ = words.gettext_for(language)
    return (_(said) for said in VERIFYING)


def _named_shelves(shelves: dict[str, list[Entry]], language: str) -> list[tuple[str, list[Entry]]]:
    """Name the folders that hold something, in the order of the dossier."""
    return [
        (dossier.folder_name(folder, language), shelves[folder])
        for folder in Folder
        if folder in shelves
    ]

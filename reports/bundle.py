"""All that was issued over a period as one zip: files as they were kept, and lists of them.

The same files in the same state give the same bytes: nothing in it depends on when or where it
was packed.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reports import words
from reports.figures import as_text
from tracker.domain.errors import Code, Sentence
from tracker.domain.funder_reports import Standing
from tracker.domain.texts import mark, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tracker.domain.errors import Fact

MIMETYPE: Final = "application/zip"
HASHES: Final = "SHA256SUMS"
LIST: Final = {"en": "CONTENTS.txt", "nl": "INHOUD.txt"}
READABLE: Final = 0o644
UNIX: Final = 3
OF_THE_LISTS: Final = (2000, 1, 1, 0, 0, 0)
TITLE: Final = mark("Reports on {commitment} over {period}")
HOW: Final = (
    mark("Each file is what was issued, byte for byte. To check that:"),
    mark("on Linux or a Mac: sha256sum -c SHA256SUMS, or shasum -a 256 -c SHA256SUMS"),
    mark("on Windows, in PowerShell: Get-FileHash and the name of a file"),
    mark("or hand a file in on the page /verify of the tracker."),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A file that was issued: the title of its kind of report, its version, and how that stands."""

    title: str
    number: int
    standing: Standing
    issued_on: date
    withdrawn_on: date | None
    reason: str
    name: str
    sha256: str
    content: bytes


def name_of(commitment: str, period: str, language: str) -> str:
    """Name the zip of a period."""
    return f"{stem_of(commitment, period, words.gettext_for(language)(mark('reports')))}.zip"


def bundle(items: Sequence[Item], commitment: str, period: str, language: str) -> bytes:
    """Pack files in folders by report and version, with a list to read and one of hashes.

    Shape:  two files of the same name in a folder are numbered.
    """
    placed = list(_placed(items, language))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        told = _list(placed, commitment, period, language)
        _put(archive, LIST.get(language, LIST["en"]), OF_THE_LISTS, told.encode())
        sums = "".join(f"{item.sha256}  {path}\n" for path, item in placed)
        _put(archive, HASHES, OF_THE_LISTS, sums.encode())
        for path, item in placed:
            day = item.issued_on
            _put(archive, path, (day.year, day.month, day.day, 0, 0, 0), item.content)
    return packed.getvalue()


def _placed(items: Iterable[Item], language: str) -> Iterable[tuple[str, Item]]:
    """Give each file its place in the zip, which no other has."""
    taken: set[str] = set()
    for item in items:
        folder, name = _folder(item, language), stem_of(item.name).strip(".") or item.sha256
        path, again = f"{folder}/{name}", 1
        while path.casefold() in taken:
            again += 1
            path = f"{folder}/{again}_{name}"
        taken.add(path.casefold())
        yield path, item


def _folder(item: Item, language: str) -> str:
    _ = words.gettext_for(language)
    told = [
        _(item.title),
        words.say(Sentence("version {number}", {"number": item.number}), language),
    ]
    if item.standing is Standing.WITHDRAWN:
        told.append(_("WITHDRAWN"))
    return stem_of(*told).strip(".")


def _list(placed: Iterable[tuple[str, Item]], commitment: str, period: str, language: str) -> str:
    _ = words.gettext_for(language)
    title = words.say(Sentence(TITLE, {"commitment": commitment, "period": period}), language)
    lines = [title, "=" * len(title), ""]
    for path, item in placed:
        lines += [path, *(f"    {told}" for told in _told(item, language)), ""]
    how, *ways = map(_, HOW)
    return "\n".join([*lines, how, *(f"  - {way}" for way in ways), ""])


def _told(item: Item, language: str) -> Iterable[str]:
    facts: dict[str, Fact] = {
        "title": words.gettext_for(language)(item.title),
        "number": item.number,
        "day": item.issued_on,
        "state": Code(item.standing),
    }
    yield words.say(
        Sentence("{title}, version {number}, issued on {day}: {state}", facts), language
    )
    if item.withdrawn_on:
        why: dict[str, Fact] = {"day": item.withdrawn_on, "reason": item.reason}
        yield words.say(Sentence("withdrawn on {day}: {reason}", why), language)
    size = {"size": as_text(len(item.content), language)}
    yield words.say(Sentence("{size} bytes", size), language)
    yield f"SHA-256 {item.sha256}"


def _put(
    archive: zipfile.ZipFile, path: str, at: tuple[int, int, int, int, int, int], content: bytes
) -> None:
    entry = zipfile.ZipInfo(path, at)
    entry.create_system, entry.external_attr = UNIX, READABLE << 16
    archive.writestr(entry, content)

"""What a workbook reaches for outside itself: other files, queries, programs, the network.

A form that goes back to a funder needs none of it; and what a program fetches when it opens the
form would stand beside figures of the books as if it were one of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.readers.findings import refusal
from tracker.readers.sheet_markup import elements, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.readers.archives import Archive

NAMED_MAX = 6  # of what is found, in a refusal

_LINKS = "xl/externallinks/"
_FETCHING = ("xl/connections.xml", "xl/querytables/", "xl/webextensions/", "xl/model/")
_STARTING = ("xl/embeddings/", "xl/activex/", "customui/")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ASKING = re.compile(
    r"\b(?:WEBSERVICE|DDE|RTD|IMAGE|STOCKHISTORY|CALL|REGISTER\.ID)\s*\(|\|", re.IGNORECASE
)


def check_inert(archive: Archive, name: str) -> None:
    """Refuse a workbook that would ask other files, the network or programs when it is opened.

    Errors: ``FileRefused`` that names what is asked.
    """
    parts = archive.parts()
    _refuse(
        name,
        "The workbook starts or holds other programs: {found}.",
        "Ask the funder for the form without them; it does not need them to be filled in.",
        [*_starting(archive, parts, name), *(one for one in parts if _is_in(one, _STARTING))],
    )
    _refuse(
        name,
        "The workbook fetches figures when it is opened: {found}.",
        "In Excel, choose Data, Queries and connections, remove them, and save it anew.",
        [one for one in parts if _is_in(one, _FETCHING)],
    )
    _refuse(
        name,
        "The workbook takes contents over from elsewhere: {found}.",
        "In Excel, choose Data, Edit links, and break them; then save it anew.",
        _elsewhere(archive, parts, name),
    )


def asks_outside(formula: bytes) -> bool:
    """Tell whether a formula asks the network or another program: ``WEBSERVICE``, or DDE."""
    return _ASKING.search(_QUOTED.sub("", text_of(formula))) is not None


def refuse_asking(cells: Iterable[str], name: str) -> None:
    """Refuse cells whose formulas ask the network or another program.

    Errors: ``FileRefused`` that names them.
    """
    _refuse(
        name,
        "Formulas ask the network or another program: {found}.",
        "Ask the funder for the form without them; it does not need them to be filled in.",
        list(cells),
    )


def _starting(archive: Archive, parts: Iterable[str], name: str) -> list[str]:
    """Name the programs that links ask: the service of DDE, or the kind of an OLE object."""
    found: list[str] = []

    def note(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "ddeLink":
            found.append(f"DDE {attributes.get('ddeService', '')}")
        elif tag == "oleLink":
            found.append(f"OLE {attributes.get('progId', '')}")

    for part in parts:
        if _is_in(part, (_LINKS,)) and part.casefold().endswith(".xml"):
            elements(archive, part, name, note)
    return found


def _elsewhere(archive: Archive, parts: Iterable[str], name: str) -> list[str]:
    """Name the files that are asked for contents; where a reader is led by a link is none."""
    found: list[str] = []

    def note(tag: str, attributes: Mapping[str, str]) -> None:
        is_link = attributes.get("Type", "").endswith("/hyperlink")
        if tag == "Relationship" and attributes.get("TargetMode") == "External" and not is_link:
            found.append(attributes.get("Target", ""))

    for part in parts:
        if part.casefold().endswith(".rels"):
            elements(archive, part, name, note)
    return found or [one for one in parts if _is_in(one, (_LINKS,))]


def _is_in(part: str, places: tuple[str, ...]) -> bool:
    return part.casefold().startswith(places)


def _refuse(name: str, message: str, remedy: str, found: list[str]) -> None:
    if found:
        named = list(dict.fromkeys(one[:80] for one in found))
        more = len(named) - NAMED_MAX
        told = ", ".join(named[:NAMED_MAX]) + (f" (+{more})" if more > 0 else "")
        raise refusal(name, "", message, remedy, found=told)

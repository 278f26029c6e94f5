"""All of a period as one zip: what is in it, under which names, and always the same bytes."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date
from io import BytesIO

from hypothesis import example, given
from hypothesis import strategies as st

from reports.bundle import HASHES, Item, bundle, name_of
from tracker.domain.funder_reports import Standing

DAY, LATER = date(2022, 3, 1), date(2022, 4, 1)
names = st.text(min_size=1, max_size=40)


def item(name: str, content: bytes = b"bytes", number: int = 1, *, is_void: bool = False) -> Item:
    return Item(
        title="Statement of costs",
        number=number,
        standing=Standing.WITHDRAWN if is_void else Standing.ACCEPTED,
        issued_on=DAY,
        withdrawn_on=LATER if is_void else None,
        reason="A receipt was missing." if is_void else "",
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def opened(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_files_are_in_it_as_they_were_kept_with_their_hashes() -> None:
    files = opened(bundle([item("a.pdf", b"one"), item("a.json", b"two")], "NGF-1", "2021", "en"))
    for line in files[HASHES].decode().splitlines():
        sha256, path = line.split("  ")
        assert hashlib.sha256(files[path]).hexdigest() == sha256
        assert sha256 in files["CONTENTS.txt"].decode()
    assert len(files) == 4
    assert "NGF-1 over 2021" in files["CONTENTS.txt"].decode()


def test_what_was_withdrawn_says_so_in_its_folder_and_in_the_list() -> None:
    files = opened(bundle([item("a.pdf", number=1, is_void=True)], "NGF-1", "2021", "nl"))
    assert any("versie-1_INGETROKKEN/" in path for path in files)
    told = files["INHOUD.txt"].decode()
    assert "ingetrokken op 01-04-2022: A receipt was missing." in told
    assert not any("INGETROKKEN" in p for p in opened(bundle([item("a.pdf")], "C", "2021", "nl")))


def test_it_is_named_after_what_it_holds() -> None:
    assert name_of("NGF-1", "2021", "nl") == "NGF-1_2021_rapporten.zip"


@example([("..", b""), ("", b"a"), ("../../etc/passwd", b""), ("A.pdf", b""), ("a.pdf", b"")])
@given(st.lists(st.tuples(names, st.binary(max_size=50)), max_size=6))
def test_any_names_give_safe_and_different_places_and_the_same_bytes_again(
    files: list[tuple[str, bytes]],
) -> None:
    items = [item(name, content) for name, content in files]
    packed = bundle(items, "NGF-1", "2021", "en")
    assert packed == bundle(items, "NGF-1", "2021", "en")
    found = opened(packed)
    assert len({path.casefold() for path in found}) == len(items) + 2
    for path in found:
        assert not path.startswith(("/", "..", "\\"))
        assert ".." not in path.split("/")
        assert path.count("/") <= 1

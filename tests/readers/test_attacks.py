"""Files made to harm: refused with a sentence, and nothing outside them is read."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.readers.writing import (
    BALANCED,
    Auditfile,
    Statement,
    entry,
    read_through,
    refusal_of,
    tr_line,
    transaction,
)
from tracker.domain.errors import FileRefused
from tracker.readers import camt, kinds, xaf

SECRET = "secret-of-the-server"
READERS = {"xaf": read_through, "camt": lambda path: camt.read(path, path.name)}
Reading = Callable[[Path], object]

DOCTYPES = {
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{canary}">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % e SYSTEM "file://{canary}"> %e;]>',
    "external": '<!DOCTYPE x SYSTEM "file://{canary}">',
    "public": '<!DOCTYPE x PUBLIC "-//X//X" "http://127.0.0.1:9/x.dtd">',
    "internal": '<!DOCTYPE x [<!ENTITY e "text">]>',
    "bomb": "<!DOCTYPE x [<!ENTITY e0 'ha'>"
    + "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    + "]>",
    "bare": "<!DOCTYPE x>",
}


def sound(kind: str, text: str = "&e;") -> Auditfile | Statement:
    if kind == "xaf":
        return Auditfile(body=BALANCED.replace("Work", text))
    return Statement(entry(reference=text), closing="1010.00")


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """Every file and address that is opened while a test runs."""
    seen: list[str] = []
    listening = [True]

    def listen(event: str, details: tuple[object, ...]) -> None:
        if listening and event in ("open", "socket.connect", "subprocess.Popen"):
            seen.append(str(details[0]))

    sys.addaudithook(listen)
    yield seen
    listening.clear()  # a hook can never be taken away


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize("kind", READERS)
def test_a_document_type_is_refused_and_nothing_is_fetched(
    tmp_path: Path, kind: str, doctype: str, opened: list[str]
) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    file = sound(kind)
    file.prologue += doctype.replace("{canary}", str(canary))
    path = file.written(tmp_path)
    opened.clear()
    for reading in (READERS[kind], lambda path: kinds.kind_of(path, path.name)):
        said = refusal_of(lambda reading=reading: reading(path))
        assert "The file declares a document type" in said
        assert SECRET not in said
    assert str(path) in opened
    assert str(canary) not in opened


@pytest.mark.parametrize("kind", READERS)
def test_a_document_type_far_into_the_file_is_refused_too(tmp_path: Path, kind: str) -> None:
    file = sound(kind)
    file.prologue += "<!--" + "x" * 30_000 + "-->" + DOCTYPES["bomb"]
    path = file.written(tmp_path)
    assert "declares a document type" in refusal_of(lambda: READERS[kind](path))


@pytest.mark.parametrize("kind", READERS)
def test_the_parsers_refuse_a_document_type_by_themselves_too(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reader in (xaf, camt):
        monkeypatch.setattr(reader, "check_make", lambda _path, _name: None)
    file = sound(kind)
    file.prologue += DOCTYPES["bomb"]
    path = file.written(tmp_path)
    assert "declares a document type" in refusal_of(lambda: READERS[kind](path))


@pytest.mark.parametrize("kind", READERS)
def test_an_entity_that_is_not_declared_is_refused(tmp_path: Path, kind: str) -> None:
    path = sound(kind).written(tmp_path)
    assert "The XML is damaged" in refusal_of(lambda: READERS[kind](path))


@pytest.mark.parametrize("kind", READERS)
def test_an_inclusion_is_not_followed(tmp_path: Path, kind: str) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    inclusion = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{canary}" parse="text"/>'
    )
    path = tmp_path / "file"
    path.write_text(str(sound(kind, "text")).replace("text", inclusion))
    try:
        said = str(READERS[kind](path))
    except FileRefused as refusal:
        said = str(refusal.findings)
    assert canary.name not in said
    assert SECRET not in said


@pytest.mark.parametrize("kind", READERS)
def test_deep_nesting_is_refused(tmp_path: Path, kind: str) -> None:
    path = sound(kind, "deep").written(tmp_path)
    path.write_text(path.read_text().replace("deep", "<a>" * 100_000))
    assert "The file nests deeper" in refusal_of(lambda: READERS[kind](path))


@pytest.mark.parametrize(
    "endless",
    [
        "long" * 500_000,
        f'<a x="{">" * 2_000_000}"/>',
        f"<!--{'<a>' * 50_000}-->",
        f"<![CDATA[{'<a>' * 50_000}]]>",
        f"<?a {'<a>' * 50_000}?>",
        f"<{'a' * 2_000_000}/>",
    ],
    ids=["text", "attribute", "comment", "cdata", "instruction", "name"],
)
@pytest.mark.parametrize("kind", READERS)
def test_what_does_not_end_is_refused_before_it_is_parsed(
    tmp_path: Path, kind: str, endless: str
) -> None:
    path = sound(kind, "endless").written(tmp_path)
    path.write_text(path.read_text().replace("endless", endless))
    said = refusal_of(lambda: READERS[kind](path))
    assert "a text, a tag or a comment that does not end." in said


@pytest.mark.parametrize("kind", READERS)
def test_comments_of_a_usual_length_are_read_past(tmp_path: Path, kind: str) -> None:
    path = sound(kind, "a<!-- not <this> -->b").written(tmp_path)
    path.write_text(path.read_text().replace("&lt;", "<").replace("&gt;", ">"))
    assert "ab" in str(READERS[kind](path))


@pytest.mark.parametrize("kind", READERS)
def test_a_text_in_many_pieces_has_an_end_too(tmp_path: Path, kind: str) -> None:
    path = sound(kind, "pieces").written(tmp_path)
    path.write_text(path.read_text().replace("pieces", ("x" * 60_000 + "<!-- -->") * 20))
    assert "The file nests deeper, or holds" in refusal_of(lambda: READERS[kind](path))


def test_a_statement_of_countless_elements_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camt, "ELEMENTS_MAX", 500)
    crowd = "<a/>" * 600
    for changes in ({"summary": crowd}, {"entries": entry(more=crowd)}, {"iban": crowd}):
        path = Statement(**changes).written(tmp_path)
        path.write_text(path.read_text().replace("&lt;", "<"))
        said = refusal_of(lambda path=path: camt.read(path, path.name))
        assert said.startswith("Document/BkToCstmrStmt/Stmt")
        assert "or holds more in one place, than a bank statement does." in said


def test_many_entries_are_not_countless_elements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camt, "ELEMENTS_MAX", 500)
    entries = "".join(entry(reference=f"R{n}") for n in range(1_000))
    path = Statement(entries, closing="11000.00").written(tmp_path)
    (statement,) = camt.read(path, path.name)
    assert statement.entry_count == 1_000


@pytest.mark.parametrize(
    "declared", ["UTF-7", "zlib", "bz2", "rot13", "unicode_escape", "cp037", "UTF-32", "shift_jis"]
)
@pytest.mark.parametrize("kind", READERS)
def test_an_encoding_that_no_exporter_uses_is_refused(
    tmp_path: Path, kind: str, declared: str
) -> None:
    file = sound(kind, "text")
    file.prologue = f'<?xml version="1.0" encoding="{declared}"?>'
    path = file.written(tmp_path)
    for reading in (READERS[kind], lambda path: kinds.kind_of(path, path.name)):
        said = refusal_of(lambda reading=reading: reading(path))
        assert f"is encoded in “{declared}”, which is not read." in said


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32", "cp037", "utf-7"])
@pytest.mark.parametrize("kind", READERS)
def test_an_encoding_that_is_not_declared_is_refused(tmp_path: Path, kind: str, codec: str) -> None:
    file = sound(kind, "text")
    file.prologue = ""
    path = tmp_path / "file"
    content = str(file).encode(codec)
    path.write_bytes(content.replace(b"<", b"+ADw-") if codec == "utf-7" else content)
    refusal_of(lambda: READERS[kind](path))
    refusal_of(lambda: kinds.kind_of(path, path.name))


def test_a_transaction_hidden_in_another_is_missed_by_the_count(tmp_path: Path) -> None:
    hidden = transaction(tr_line(3), tr_line(4, "C"), nr=2)
    body = BALANCED.replace("</transaction>", f"{hidden}</transaction>")
    path = Auditfile(body=body, lines=4, debit="200.00", credit="200.00").written(tmp_path)
    assert "declares 4 lines and holds 2" in refusal_of(lambda: read_through(path))

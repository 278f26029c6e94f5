"""Small files that would take all memory or all time of whoever reads them without care."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

from tests.readers.hostile import parts_of, sheet, sound, workbook, zipped
from tests.readers.writing import BALANCED, Auditfile, Statement, entry

if TYPE_CHECKING:
    from collections.abc import Callable

    Bomb = Callable[[], bytes]

MANY = 100_000
BOMBS: dict[tuple[str, str], Bomb] = {}
HARMLESS: set[tuple[str, str]] = set()  # read in a moment, and rightly so


def bomb(
    *kinds: str, is_harmless: bool = False
) -> Callable[[Callable[..., bytes]], Callable[..., bytes]]:
    """Name a bomb by its function, for each kind of file that it is made of."""

    def named(make: Callable[..., bytes]) -> Callable[..., bytes]:
        for kind in kinds:
            case = (kind, make.__name__)
            BOMBS[case] = partial(make, kind) if len(kinds) > 1 else make
            if is_harmless:
                HARMLESS.add(case)
        return make

    return named


def xml(kind: str, text: str, prologue: str = "") -> bytes:
    """A sound ledger or statement with a text in the middle of it that is not escaped."""
    if kind == "xaf":
        file: Auditfile | Statement = Auditfile(body=BALANCED.replace("Work", "HERE", 1))
    else:
        file = Statement(entry(reference="HERE"), closing="1010.00")
    file.prologue += prologue
    return str(file).replace("HERE", text).encode()


def cells(count: int, columns: int = 10) -> str:
    """Rows of short cells."""
    rows = []
    for row in range(1, count // columns + 1):
        line = "".join(f'<c r="{chr(65 + n)}{row}"><v>{row % 7}</v></c>' for n in range(columns))
        rows.append(f'<row r="{row}">{line}</row>')
    return "".join(rows)


STORED_MAX = 9_500_000


def unpacked(parts: dict[str, str]) -> bytes:
    """Put parts into an archive as they are, so that no ratio gives them away."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def book(rows: str = "", *, after: str = "", **parts: str) -> bytes:
    """A workbook with these rows, packed only where it would be too large to be looked at."""
    found = parts_of(sheet(rows, after=after), **parts)
    size = sum(map(len, found.values()))
    return unpacked(found) if size < STORED_MAX else zipped(dict(found))


def styles(inner: str) -> str:
    return f'<styleSheet xmlns="x">{inner}</styleSheet>'


# What XML can do, in a ledger, in a statement and in a workbook.


def put_in(kind: str, text: str, prologue: str = "") -> bytes:
    if kind == "xlsx":
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
        plain = sheet(row)
        return unpacked(parts_of(head + prologue + plain[plain.index("<worksheet") :]))
    return xml(kind, text, prologue)


@bomb("xaf", "camt", "xlsx")
def billion_laughs(kind: str) -> bytes:
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    return put_in(kind, "&e11;", f"<!DOCTYPE x [<!ENTITY e0 'ha'>{entities}]>")


@bomb("xaf", "camt", "xlsx")
def quadratic_entities(kind: str) -> bytes:
    return put_in(kind, "&e;" * 50_000, f"<!DOCTYPE x [<!ENTITY e '{'x' * 50_000}'>]>")


@bomb("xaf", "camt", "xlsx")
def external_dtd(kind: str) -> bytes:
    return put_in(kind, "x", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">')


@bomb("xaf", "camt", "xlsx")
def deep_nesting(kind: str) -> bytes:
    return put_in(kind, "<a>" * MANY + "</a>" * MANY)


@bomb("xaf", "camt", "xlsx")
def nesting_with_false_ends(kind: str) -> bytes:
    return put_in(kind, "<a b='/>'>/>" * MANY)


@bomb("xaf", "camt", "xlsx")
def a_million_attributes(kind: str) -> bytes:
    return put_in(kind, "<a " + " ".join(f'a{n}=""' for n in range(1_000_000)) + "/>")


@bomb("xaf", "camt", "xlsx")
def huge_text(kind: str) -> bytes:
    return put_in(kind, "ab" * 4_000_000)


@bomb("xaf", "camt", "xlsx")
def endless_comment(kind: str) -> bytes:
    return put_in(kind, "<!--" + "<a>" * 2_000_000)


@bomb("xaf", "camt", "xlsx")
def endless_tag(kind: str) -> bytes:
    return put_in(kind, "<a b='" + ">" * 5_000_000)


@bomb("xaf", "camt", "xlsx")
def empty_elements(kind: str) -> bytes:
    return put_in(kind, "<a/>" * 2_000_000)


@bomb("xaf", "camt", "xlsx")
def elements_of_many_names(kind: str) -> bytes:
    return put_in(kind, "".join(f"<a{n}/>" for n in range(800_000)))


@bomb("xaf", "camt", "xlsx")
def text_in_many_pieces(kind: str) -> bytes:
    return put_in(kind, ("x" * 60_000 + "<!-- -->") * 100)


@bomb("xaf", "camt", "xlsx")
def instructions(kind: str) -> bytes:
    return put_in(kind, "<?a b?>" * 1_000_000 + "<a>")


@bomb("xaf", "camt")
def utf_7(kind: str) -> bytes:
    return xml(kind, "x").replace(b"UTF-8", b"UTF-7").replace(b"<a", b"+ADw-a")


@bomb("xaf", "camt")
def packed(kind: str) -> bytes:
    return gzip.compress(xml(kind, "x" * 100_000_000), 1)


@bomb("xaf")
def elements_between_transactions() -> bytes:
    return str(Auditfile(body=BALANCED + "<a/>" * 3_000_000)).encode()


@bomb("xaf")
def elements_among_many_transactions() -> bytes:
    body = "".join(f"{BALANCED.replace('<nr>', f'<nr>{n}', 1)}{'<a/>' * 3_000}" for n in range(400))
    return str(Auditfile(body=body, lines=800)).encode()


@bomb("xaf")
def opening_balance_without_end() -> bytes:
    accounts = Auditfile().accounts + f"<openingBalance>{'<obLine/>' * 1_000_000}</openingBalance>"
    return str(Auditfile(accounts=accounts)).encode()


@bomb("xaf")
def accounts_without_end() -> bytes:
    accounts = "".join(f"<ledgerAccount><accID>{n}</accID></ledgerAccount>" for n in range(300_000))
    return str(Auditfile(accounts=f"<generalLedger>{accounts}</generalLedger>")).encode()


@bomb("xaf")
def journals_without_end() -> bytes:
    return str(Auditfile(body=BALANCED + "</journal><journal>" * 600_000)).encode()


def _with_amount(kind: str, amount: str) -> bytes:
    if kind == "xaf":
        return str(Auditfile(body=BALANCED.replace("100.00", amount))).encode()
    return str(Statement(entry(amount))).encode()


@bomb("xaf", "camt")
def digits_without_end(kind: str) -> bytes:
    return _with_amount(kind, "9" * 1_000_000)


@bomb("xaf", "camt")
def a_power_without_end(kind: str) -> bytes:
    return _with_amount(kind, "1e999999999")


@bomb("camt")
def statements_without_end() -> bytes:
    return str(Statement(times=60_000)).encode()


@bomb("camt")
def balances_without_end() -> bytes:
    return str(Statement(summary="<Bal><Amt>1</Amt></Bal>" * 400_000)).encode()


# What an archive can do.


def archive_of(*entries: tuple[str, bytes, dict[str, int]]) -> bytes:
    """An archive whose directory says of its parts what it is told to."""
    body, directory = io.BytesIO(), io.BytesIO()
    for name, content, lies in entries:
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        packed_content = packer.compress(content) + packer.flush()
        said = {
            "at": body.tell(),
            "crc": zlib.crc32(content),
            "packed": len(packed_content),
            "size": len(content),
            **lies,
        }
        letters = name.encode()
        fixed = struct.pack(
            "<HHHHHIIIHH",
            *(20, 0, 8, 0, 0x21, said["crc"], said["packed"], said["size"], len(letters), 0),
        )
        body.write(b"PK\x03\x04" + fixed + letters + packed_content)
        directory.write(b"PK\x01\x02" + struct.pack("<H", 20) + fixed)
        directory.write(struct.pack("<HHHII", 0, 0, 0, 0, said["at"]) + letters)
    begin, length = body.tell(), directory.tell()
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), length, begin, 0)
    return body.getvalue() + directory.getvalue() + b"PK\x05\x06" + end


def _entries(first: str = "", **lies: int) -> list[tuple[str, bytes, dict[str, int]]]:
    parts = parts_of(first or sheet("<row/>"))
    wanted = "xl/worksheets/sheet1.xml"
    return [(name, text.encode(), lies if name == wanted else {}) for name, text in parts.items()]


@bomb("xlsx")
def zip_bomb() -> bytes:
    return book(" " * 49_000_000)


@bomb("xlsx")
def bomb_in_a_part_that_is_not_read() -> bytes:
    return zipped({**parts_of(sheet("")), "xl/media/image1.png": bytes(60_000_000)})


@bomb("xlsx")
def many_parts_of_a_fair_size() -> bytes:
    fair = sheet(cells(600_000)).encode()
    return archive_of(*_entries(), *[(f"xl/a{n}.xml", fair, {}) for n in range(6)])


@bomb("xlsx")
def one_cell_of_512_megabytes() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    whole = packer.compress(b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>')
    whole += b"".join(packer.compress(bytes(1 << 20)) for _ in range(512)) + packer.flush()
    name = b"xl/worksheets/sheet1.xml"
    fixed = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, 0, len(whole), 512 << 20, len(name), 0)
    body = b"PK\x03\x04" + fixed + name + whole
    listed = b"PK\x01\x02" + struct.pack("<H", 20) + fixed + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed + name), len(body), 0)
    return body + listed + name + b"PK\x05\x06" + end


@bomb("xlsx")
def a_size_that_lies() -> bytes:
    return archive_of(*_entries(sheet(cells(MANY)), size=1_000))


@bomb("xlsx")
def a_packed_size_that_lies() -> bytes:
    return archive_of(*_entries(sheet(cells(MANY)), packed=500_000_000))


@bomb("xlsx")
def parts_over_each_other() -> bytes:
    entries = _entries()
    return archive_of(*entries, *[(f"x{n}.xml", b"<x/>", {"at": 0}) for n in range(100)])


@bomb("xlsx")
def a_part_behind_the_end() -> bytes:
    return archive_of(*_entries(at=1 << 31))


@bomb("xlsx")
def a_part_twice() -> bytes:
    return archive_of(*_entries(), ("XL/workbook.xml", b"<workbook/>", {}))


@bomb("xlsx")
def nested_archives() -> bytes:
    inner = zipped({"a": b"\0" * 900_000})
    for _ in range(20):
        inner = zipped({f"{n}.zip": inner for n in range(10)})
        if len(inner) > 1_000_000:
            break
    return zipped({"xl/nested.zip": inner})


@bomb("xlsx")
def thousands_of_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(20_000):
            archive.writestr(zipfile.ZipInfo(f"xl/{number}"), b"")
    return out.getvalue()


@bomb("xlsx")
def names_that_lead_outside() -> bytes:
    return zipped({**parts_of(sheet("")), "xl/../../outside.xml": b"<x/>"})


@bomb("xlsx")
def something_behind_the_end() -> bytes:
    return workbook()[:-2] + struct.pack("<H", 60_000) + b"PK\x05\x06" * 15_000


# What a workbook can do.


@bomb("xlsx")
def far_away_cell() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return book('<row r="1"><c r="A1"><v>1</v></c></row>' + far)


@bomb("xlsx")
def a_row_behind_the_last() -> bytes:
    return book('<row r="99999999"><c r="A99999999"><v>1</v></c></row>')


@bomb("xlsx")
def a_column_without_end() -> bytes:
    letters = "A" * 200_000
    return book(f'<row r="1"><c r="{letters}1"><v>1</v></c></row>')


@bomb("xlsx", is_harmless=True)
def a_dimension_too_large() -> bytes:
    small = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return zipped(parts_of(sheet(small, before='<dimension ref="A1:XFD1048576"/>')))


@bomb("xlsx")
def a_dimension_too_small() -> bytes:
    row = "<row>" + "<c/>" * 500 + "</row>"
    return unpacked(parts_of(sheet(row * 4_300, before='<dimension ref="A1"/>')))


@bomb("xlsx")
def cells_without_a_place() -> bytes:
    return book("<row>" + "<c/>" * 1_500_000 + "</row>")


@bomb("xlsx")
def cells_in_one_row() -> bytes:
    return book('<row r="1">' + '<c r="A1"><v>1</v></c>' * MANY + "</row>")


@bomb("xlsx", is_harmless=True)
def rows_without_anything() -> bytes:
    return book("<row/>" * 100_000 + '<row><c t="str"><v>x</v></c></row>')


@bomb("xlsx")
def too_many_merged_cells() -> bytes:
    merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, MANY))
    return book(after=f"<mergeCells>{merged}</mergeCells>")


@bomb("xlsx")
def too_many_styles() -> bytes:
    xfs = "".join(f'<xf numFmtId="{n}"/>' for n in range(MANY))
    return book(**{"xl/styles.xml": styles(f"<cellXfs>{xfs}</cellXfs>")})


@bomb("xlsx")
def too_many_texts() -> bytes:
    texts = "".join(f"<si><t>{n}</t></si>" for n in range(2_100_000))
    return book(**{"xl/sharedStrings.xml": f"<sst>{texts}</sst>"})


@bomb("xlsx")
def texts_that_are_too_long() -> bytes:
    return book(**{"xl/sharedStrings.xml": f"<sst><si><t>{'text ' * 100_000}</t></si></sst>"})


@bomb("xlsx")
def a_text_of_many_runs() -> bytes:
    runs = "<r><t>run</t></r>" * 500_000
    return book(**{"xl/sharedStrings.xml": f"<sst><si>{runs}</si></sst>"})


@bomb("xlsx")
def too_many_sheets() -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(MANY))
    return book(
        **{"xl/workbook.xml": f'<workbook xmlns:r="x"><sheets>{sheets}</sheets></workbook>'}
    )


@bomb("xlsx")
def too_many_relations() -> bytes:
    related = "".join(f'<Relationship Id="a{n}" Type="x" Target="x"/>' for n in range(MANY))
    return book(**{"xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>"})


@bomb("xlsx")
def names_without_end() -> bytes:
    names = '<definedName name="a"/>' * 400_000
    return book(**{"xl/workbook.xml": f"<workbook><definedNames>{names}</definedNames></workbook>"})


@bomb("xlsx")
def macros() -> bytes:
    return book(**{"xl/vbaProject.bin": "x"})


@bomb("xlsx")
def a_sheet_in_utf_16() -> bytes:
    wide = sheet("<row/>").replace("UTF-8", "UTF-16").encode("utf-16")
    return zipped({**parts_of(""), "xl/worksheets/sheet1.xml": wide})


@bomb("xlsx")
def a_password() -> bytes:
    return b"\xd0\xcf\x11\xe0" + bytes(1_000) + "EncryptedPackage".encode("utf-16-le")


@bomb("xlsx", is_harmless=True)
def numbers_without_end() -> bytes:
    row = "".join(
        f'<c r="{letter}1"><v>{number}</v></c>'
        for letter, number in zip(
            "ABCDE", ("9" * 400_000, "1e999999999", "NaN", "-INF", "1e-999"), strict=True
        )
    )
    return book(f'<row r="1">{row}</row>')


# What a list of cells can do.


@bomb("csv")
def a_quote_without_end() -> bytes:
    return sound("csv") + b'\r\n"' + b"x;y\r\n" * 2_000_000


@bomb("csv")
def a_million_columns() -> bytes:
    return sound("csv") + b"\r\n" + b";" * 1_000_000


@bomb("csv")
def a_million_headings() -> bytes:
    return b";".join(b"Amount%d" % n for n in range(1_000_000)) + b"\r\n1;2\r\n"


@bomb("csv")
def a_line_without_end() -> bytes:
    return b"Account;Amount\r\n" + b"x" * 30_000_000


@bomb("csv", is_harmless=True)
def lines_without_anything() -> bytes:
    return sound("csv") + b"\r\n" * 100_000


@bomb("csv")
def numbers_that_do_not_end() -> bytes:
    return sound("csv").replace(b"1210,00", b"9" * 500_000).replace(b"12,50", b"1e999999999")


@bomb("csv")
def nothing_but_zeros() -> bytes:
    return bytes(30_000_000)


@bomb("csv")
def quotes_in_quotes() -> bytes:
    return sound("csv") + b"\r\n" + b'"' * 3_000_001

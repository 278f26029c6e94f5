"""Files made to harm: sound ones with something wrong in them, the same for the same seed."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from tests.readers.writing import (
    CAMT_02,
    CAMT_08,
    XAF_32,
    XAF_40,
    Auditfile,
    Statement,
    entry,
    tr_line,
    transaction,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Mutation = Callable[[bytes, Random], bytes]

KINDS = ("xaf32", "xaf40", "camt", "xlsx", "csv")

TAG = re.compile(rb"<[^<>]*>")
ELEMENT = re.compile(rb"<([\w.:-]+)(?:\s[^<>]*)?>[^<]*</\1>")
ATTRIBUTE = re.compile(rb"\s[\w.:-]+=\"[^\"<]*\"")
NUMBER = re.compile(rb"\d[\d.,]*")
DAY = re.compile(rb"\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4}")

NUMBERS = (
    b"",
    b"-",
    b"-0",
    b"-1",
    b"NaN",
    b"Infinity",
    b"-INF",
    b"1e999999999",
    b"1E+400",
    b"9" * 400,
    b"0." + b"0" * 400 + b"1",
    b"0x10",
    b"1_000",
    b"1.234",
    b"1,234.56",
    b"1.234,56",
    b"12-",
    b"(12)",
    b"99999999999999999",
    "１２".encode(),
    "−5".encode(),
    b"#REF!",
    b"#DIV/0!",
    b"=1+1",
    b"2958466",
    b"60",
    b"2147483648",
    b"9223372036854775808",
)
DAYS = (
    b"0000-00-00",
    b"2023-02-29",
    b"-2023-01-01",
    b"9999-12-31",
    b"10000-01-01",
    b"1899-12-31",
    b"31-12-2023",
    b"2023-12-31T23:59:59+25:00",
    b"20231231",
)
LETTERS = (
    b"\0",
    b"\x01",
    b"\x0b",
    b"\x1b[2J",
    b"\x7f",
    b"\x80",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    "\u202e".encode(),
    "\u2066".encode(),
    "\ufffe".encode(),
    "\U0001f600".encode(),
    "e\u0301".encode(),
    "İ".encode(),
    b"&#0;",
    b"&#x110000;",
    b"&#8238;",
    b"&nbsp;",
    b"&e;",
    b"_x0000_",
    b"_xD800_",
    b"%s%n{0}",
    b"\r\n",
    b"\r",
    b'"',
    b"'",
    b"\t",
    b";",
)
MARKUP = (
    b"<!-- -->",
    b"<!-- x",
    b"<![CDATA[1]]>",
    b"<?x y?>",
    b"<?xml version='1.1'?>",
    b"<a>",
    b"</a>",
    b"<a/>",
    b"<x:a/>",
    b"<a b='1' b='2'/>",
    b"<!DOCTYPE x>",
    b"<!DOCTYPE x [<!ENTITY e 'x'>]>",
    b"<!ENTITY e 'x'>",
    b"]]>",
    b">",
    b"<",
    b"&",
    b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="passwd"/>',
)
CODECS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "utf-8-sig", "cp037")
DECLARED = (b"UTF-16", b"windows-1252", b"ISO-8859-1", b"UTF-7", b"x", b"", b"EBCDIC-CP-NL")


@cache
def sound(kind: str) -> bytes:
    """A file that is read without a word, as small as it can be and still hold every sort of thing.

    The same for every kind of file: words beyond ASCII, both sides, more than one of each part.
    """
    if kind.startswith("xaf"):
        return _ledger(XAF_32 if kind == "xaf32" else XAF_40).encode()
    return {"camt": _statement, "xlsx": workbook, "csv": table}[kind]()


def mutant(kind: str, seed: int) -> bytes:
    """A sound file with one to three things wrong in it."""
    random = Random(f"{kind}/{seed}")
    content = sound(kind)
    mutations = {"xlsx": ARCHIVE, "csv": TEXT}.get(kind, XML)
    for _ in range(random.choice((1, 1, 2, 3))):
        content = random.choice(mutations)(content, random)
    return content


def _ledger(namespace: str) -> str:
    vat = "<vat><vatID>1</vatID><vatPerc>21.00</vatPerc><vatAmnt>21.00</vatAmnt></vat>"
    rows = [
        tr_line(1, "D", "1210.00", custSupID="C1", costID="WP1", projID="P1", desc="Werk é"),
        tr_line(2, "C", "1210.00", accID=1600, custSupID="C1").replace(
            "</trLine>", vat + "</trLine>"
        ),
    ]
    more = transaction(
        tr_line(1, "D", "12.10"),
        tr_line(2, "D", "0.90"),
        tr_line(3, "C", "13.00", accID=1600),
        nr=2,
    )
    other = "</journal><journal><jrnID>MEM</jrnID><desc>Memo</desc>"
    body = transaction(*rows, nr=1) + more + other + transaction(*rows, nr=3)
    return str(Auditfile(body, lines=7, debit="2433.00", credit="2433.00", namespace=namespace))


def _statement() -> bytes:
    detail = (
        '<TxDtls><Refs><EndToEndId>E{n}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Nm>Café</Nm></Dbtr></RltdPties>"
        "<RmtInf><Ustrd>grant</Ustrd></RmtInf></TxDtls>"
    )
    batch = '<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="EUR">30.50</TtlAmt></Btch>'
    parts = batch + detail.format(n=1, amount="10.50") + detail.format(n=2, amount="20.00")
    entries = (
        entry("100.00", "CRDT", detail.format(n=3, amount="100.00"))
        + entry("30.50", "CRDT", parts, reference="R2")
        + entry("15.25", "DBIT", reference="R3", more="<RvslInd>false</RvslInd>")
        + entry("5.00", "CRDT", reference="R4", status="PDNG")
    )
    net = "<TtlNetNtry><Amt>120.25</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>"
    summary = (
        f"<TxsSummry><TtlNtries><NbOfNtries>4</NbOfNtries><Sum>150.75</Sum>{net}</TtlNtries>"
        "<TtlCdtNtries><NbOfNtries>3</NbOfNtries><Sum>135.50</Sum></TtlCdtNtries>"
        "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>15.25</Sum></TtlDbtNtries></TxsSummry>"
    )
    first = str(Statement(entries, closing="1115.25", summary=summary, namespace=CAMT_08))
    second = str(Statement(entry("7.50"), closing="1007.50", number="2023002", namespace=CAMT_02))
    between = slice(second.index("<Stmt>"), second.index("</BkToCstmrStmt>"))
    return first.replace("</BkToCstmrStmt>", second[between] + "</BkToCstmrStmt>").encode()


HEADINGS = (
    "Journal",
    "Document no.",
    "Line",
    "Date",
    "Account",
    "Amount",
    "Work package",
    "Supplier",
    "Description",
)
ROWS = (
    ("INK", "1001", 1, "2023-05-01", "4100", "1210.00", "WP1", "Bouw B.V.", "Café & co"),
    ("INK", "1001", 2, "2023-05-01", "1600", "-1210.00", "WP1", "Bouw B.V.", "Zoë"),
    ("MEM", "2001", 1, "2023-06-30", "4200", "12.50", "WP2", "", "x" * 40),
)


def table() -> bytes:
    """Costs as csv, in the shape of an export."""
    rows = [HEADINGS, *ROWS]
    return "\r\n".join(
        ";".join(str(cell).replace(".", ",") if "." in str(cell) else str(cell) for cell in row)
        for row in rows
    ).encode()


def sheet(rows: str, *, before: str = "", after: str = "") -> str:
    """The XML of a worksheet with these rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns='
        '"http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def parts_of(first: str, **others: str) -> dict[str, str]:
    """The parts of a workbook of two sheets, by their names; others replace what stands here."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/{kind}" Target="{target}"/>'
        for n, kind, target in (
            (1, "worksheet", "worksheets/sheet1.xml"),
            (2, "worksheet", "/xl/worksheets/sheet2.xml"),
            (3, "styles", "styles.xml"),
            (4, "sharedStrings", "sharedStrings.xml"),
        )
    )
    texts = "".join(f"<si><t>{word}</t></si>" for word in (*HEADINGS, "Café &amp; co"))
    return {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r"'
            f' Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{office}"><workbookPr/><sheets>'
            '<sheet name="Costs" sheetId="1" r:id="rId1"/>'
            '<sheet name="Aside" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}/relationships">{related}</Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{main}"><numFmts><numFmt numFmtId="164" formatCode="dd-mm-yyyy"/>'
            '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="4"/></cellXfs>'
            "</styleSheet>"
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{texts}</sst>',
        "xl/worksheets/sheet1.xml": first,
        "xl/worksheets/sheet2.xml": sheet('<row r="1"><c r="A1"><v>1</v></c></row>'),
        **others,
    }


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Put parts into an archive, the same every time."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def workbook() -> bytes:
    """Costs as a workbook with every sort of cell: texts of both sorts, days, formulas, errors."""
    head = "".join(f'<c r="{chr(65 + n)}1" t="s"><v>{n}</v></c>' for n in range(len(HEADINGS)))
    body = ""
    for number, row in enumerate(ROWS, 2):
        cells = [
            f'<c r="A{number}" t="inlineStr"><is><t>{row[0]}</t></is></c>',
            f'<c r="B{number}"><v>{row[1]}</v></c><c r="C{number}"><v>{row[2]}</v></c>',
            f'<c r="D{number}" s="1"><v>{45047 + number}</v></c>',
            f'<c r="E{number}" t="str"><f>A1</f><v>{row[4]}</v></c>',
            f'<c r="F{number}" s="2"><f>1*1</f><v>{row[5]}</v></c>',
            f'<c r="G{number}" t="inlineStr"><is><r><t>{row[6]}</t></r></is></c>',
            f'<c r="I{number}" t="s"><v>9</v></c>',
        ]
        body += f'<row r="{number}">{"".join(cells)}</row>'
    body += '<row r="9" hidden="1"><c r="A9" s="2"/></row>'
    merged = '<mergeCells count="1"><mergeCell ref="A20:B20"/></mergeCells>'
    return zipped(parts_of(sheet(f'<row r="1">{head}</row>{body}', after=merged)))


def _cut(content: bytes, random: Random, most: int = 40) -> tuple[int, int]:
    begin = random.randrange(len(content) + 1)
    return begin, min(len(content), begin + random.randrange(most))


def flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content or b" ")
    for _ in range(random.choice((1, 1, 4))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def insert(content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + random.choice((*LETTERS, random.randbytes(3))) + content[at:]


def remove(content: bytes, random: Random) -> bytes:
    begin, end = _cut(content, random)
    return content[:begin] + content[end:]


def repeat(content: bytes, random: Random) -> bytes:
    begin, end = _cut(content, random, 200)
    return content[:end] + content[begin:end] * random.choice((1, 1, 50)) + content[end:]


def exchange(content: bytes, random: Random) -> bytes:
    (a, b), (c, d) = sorted((_cut(content, random), _cut(content, random)))
    return (
        content if b > c else content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]
    )


def truncate(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _replaced(pattern: re.Pattern[bytes], others: tuple[bytes, ...]) -> Mutation:
    def mutation(content: bytes, random: Random) -> bytes:
        found = list(pattern.finditer(content))
        if not found:
            return content
        place = random.choice(found)
        return content[: place.start()] + random.choice(others) + content[place.end() :]

    return mutation


def recode(content: bytes, random: Random) -> bytes:
    return content.decode("utf-8", "replace").encode(random.choice(CODECS), "replace")


def redeclare(content: bytes, random: Random) -> bytes:
    return content.replace(b"UTF-8", random.choice(DECLARED), 1)


def _element(content: bytes, random: Random) -> tuple[int, int]:
    """Find an element from its begin to the end of one that is called alike."""
    found = [
        place for place in re.finditer(rb"<([\w.:-]+)[^<>]*>", content) if place[0][-2:] != b"/>"
    ]
    if not found:
        return 0, 0
    place = random.choice(found)
    end = content.find(b"</" + place[1] + b">", place.end())
    return place.start(), (end + len(place[1]) + 3 if end >= 0 else place.end())


def drop_element(content: bytes, random: Random) -> bytes:
    begin, end = _element(content, random)
    return content[:begin] + content[end:]


def double_element(content: bytes, random: Random) -> bytes:
    begin, end = _element(content, random)
    return content[:end] + content[begin:end] + content[end:]


def exchange_elements(content: bytes, random: Random) -> bytes:
    (a, b), (c, d) = sorted((_element(content, random), _element(content, random)))
    return (
        content if b > c else content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]
    )


def rename(content: bytes, random: Random) -> bytes:
    names = sorted(set(re.findall(rb"<([\w.:-]+)", content)))
    if not names:
        return content
    name, other = random.choice(names), random.choice([*names, b"x:y", b"other"])
    pattern = rb"(</?)" + re.escape(name) + rb"(?=[\s/>])"
    return re.sub(pattern, rb"\1" + other, content, count=random.choice((0, 2)))


def into_markup(content: bytes, random: Random) -> bytes:
    places = [place.end() for place in TAG.finditer(content)] or [0]
    at = random.choice(places)
    return content[:at] + random.choice((*MARKUP, *LETTERS)) + content[at:]


numbers = _replaced(NUMBER, NUMBERS)
days = _replaced(DAY, DAYS)
attributes = _replaced(
    ATTRIBUTE, (b"", b' a="b"', b' r="XFD1048576"', b' r="A0"', b' t="e"', b' s="99"')
)
namespaces = _replaced(re.compile(rb'xmlns="[^"]*"'), (b"", b'xmlns="x"', b'xmlns:x="x"'))

BYTES = (flip, insert, remove, repeat, exchange, truncate)
XML = (
    *BYTES,
    recode,
    redeclare,
    drop_element,
    double_element,
    exchange_elements,
    rename,
    into_markup,
    into_markup,
    numbers,
    numbers,
    days,
    attributes,
    namespaces,
)


def _parts(content: bytes) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
        return None  # damaged by an earlier mutation
    except Exception as error:
        if type(error).__module__ == "zlib":
            return None
        raise


def in_a_part(content: bytes, random: Random) -> bytes:
    """Change the XML of one part, and pack it soundly again."""
    if not (parts := _parts(content)):
        return flip(content, random)
    wanted = "xl/worksheets/sheet1.xml"
    name = wanted if wanted in parts and random.random() < 0.6 else random.choice(sorted(parts))
    return zipped({**parts, name: random.choice(XML)(parts[name], random)})


def change_parts(content: bytes, random: Random) -> bytes:
    """Take a part away, give two parts each other's content, or add one that is not wanted."""
    if not (parts := _parts(content)):
        return truncate(content, random)
    name, other = random.choice(sorted(parts)), random.choice(sorted(parts))
    match random.randrange(4):
        case 0:
            del parts[name]
        case 1:
            parts[name], parts[other] = parts[other], parts[name]
        case 2:
            parts[random.choice(UNWANTED)] = parts[name]
        case _:
            parts[name] = b"" if random.random() < 0.5 else parts[name][: len(parts[name]) // 2]
    return zipped(dict(parts))


UNWANTED = (
    "xl/vbaProject.bin",
    "../outside.xml",
    "/absolute.xml",
    "XL/WORKBOOK.XML",
    "xl\\workbook.xml",
    "xl/externalLinks/externalLink1.xml",
    "xl/macrosheets/sheet1.xml",
    "customXml/item1.xml",
)


def directory(content: bytes, random: Random) -> bytes:
    """Change a byte of what the archive says of its parts: sizes, sums, places, flags."""
    changed = bytearray(content)
    signs = [place.start() for place in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)", content)]
    if not signs:
        return flip(content, random)
    at = min(random.choice(signs) + 4 + random.randrange(42), len(changed) - 1)
    changed[at] = random.choice((0, 1, 0x7F, 0xFF, random.randrange(256)))
    return bytes(changed)


def to_1904(content: bytes, random: Random) -> bytes:
    if not (parts := _parts(content)) or "xl/workbook.xml" not in parts:
        return flip(content, random)
    name = "xl/workbook.xml"
    changed = parts[name].replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
    return numbers(zipped({**parts, name: changed}), random)


ARCHIVE = (
    *(in_a_part,) * 10,
    *(change_parts,) * 3,
    *(directory,) * 3,
    to_1904,
    flip,
    truncate,
    repeat,
    exchange,
)


def double_heading(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    cells = lines[0].split(b";")
    cells[random.randrange(len(cells))] = random.choice(cells)
    return b"\n".join([b";".join(cells), *lines[1:]])


def separators(content: bytes, random: Random) -> bytes:
    return content.replace(
        random.choice((b";", b"\r\n", b",")), random.choice((b",", b"\t", b"\r", b"\n", b"|", b""))
    )


def open_quote(content: bytes, random: Random) -> bytes:
    at = random.choice([place.end() for place in re.finditer(rb"[;\n]", content)] or [0])
    return content[:at] + random.choice((b'"', b'"x"y', b'""', b'"\n')) + content[at:]


def many_cells(content: bytes, random: Random) -> bytes:
    return content + b"\r\n" + b";" * random.choice((10, 999, 1000, 1001, 5000))


TEXT = (*BYTES, recode, numbers, numbers, days, double_heading, separators, open_quote, many_cells)

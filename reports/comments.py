"""Comments on the cells of a worksheet that somebody made, beside the comments that it has.

A comment is a text in one part of the workbook and a box in another: the box is a drawing in a
language of its own, which the programs that write it do not write well, so it is not parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from reports.packages import Dialect, parse, unparse
from reports.plain_texts import CUT
from reports.sheets import ROWS_MAX, cleaned, letters
from reports.worksheets import Gap, gap_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from reports.packages import Element, Package

AUTHOR: Final = "Funding Tracker"
COMMENT_MAX: Final = 1_000  # characters
COLUMNS_MAX: Final = 16_384
WIDE: Final = 40  # characters that fit on a line of a comment
HIGH_MAX: Final = 30  # rows that the box of a comment covers
CLUSTER: Final = 1_024  # numbers of shapes are handed out by the thousand or so
SIGNED: Final = f"{AUTHOR} · "  # the author is forgotten by some programs
PARTED: Final = f"\n\n{SIGNED}"  # before what is added to somebody's own comment
COMMENTS_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"

_NAMESPACES: Final = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_BOX_KIND: Final = (
    f'<v:shapetype {_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
    ' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_NO_DRAWING: Final = (
    f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/>'
    "</o:shapelayout></xml>"
)
# No shape holds another: one that is not closed ends nowhere, and is looked through only once.
_SHAPE: Final = re.compile(
    r"<((?:\w+:)?shape)[\s>](?:(?!<(?:\w+:)?shape[\s>]).)*?</\1\s*>", re.DOTALL
)
_SHAPE_CELL: Final = re.compile(r"<(?:\w+:)?(Row|Column)>\s*(\d{1,7})\s*<")
_SHAPE_NUMBER: Final = re.compile(r"""_s(\d{1,9})["']""")
_NUMBER: Final = re.compile(r"\d{1,9}")
_CLUSTERS: Final = re.compile(r"""(<(?:\w+:)?idmap\b[^<>]{0,200}?\bdata=["'])([\d,\s]{0,9999})""")


class Comment(NamedTuple):
    """What is said of a cell: one word that is set apart, and the rest."""

    row: int  # from 0
    column: int
    place: str  # such as F12
    word: str
    text: str


def comment_on(package: Package, sheet: str, comments: Sequence[Comment], dialect: Dialect) -> None:
    """Put comments on the cells of a worksheet, in the place of our own earlier ones.

    Shape:  what others said of a cell stays, with ours below it.
    Errors: ``ValueError`` for a worksheet that they cannot be put into; nothing is changed then.
    """
    part = package.linked(sheet, "comments")
    part = part if part in package else ""
    if not part and not comments:
        return
    root = parse(package.read(part)) if part else _empty(dialect)
    forgotten = _forget(root)
    if not comments and not forgotten:
        return
    gap = gap_in(package.chunks(sheet))
    with_box = {comment.get("ref") for comment in _all(root, "comment")}
    _say(root, comments)
    boxes = [comment for comment in comments if comment.place not in with_box]
    _draw(package, sheet, gap, dialect, boxes, forgotten)
    if not part:
        part = package.free_name("xl/comments{}.xml")
        package.declare(part, COMMENTS_TYPE)
        package.link(sheet, f"{dialect.links}/comments", part)
    package.write(part, unparse(root))


def place_of(row: int, column: int) -> str:
    """Name a cell as people do, such as ``F12``, by its row and column from 0."""
    return f"{letters(column)}{row + 1}"


def fitted(text: str) -> str:
    """Cut a text to what a comment may hold."""
    clean = cleaned(text)
    return clean if len(clean) <= COMMENT_MAX else clean[: COMMENT_MAX - len(CUT)] + CUT


def _empty(dialect: Dialect) -> Element:
    root = etree.Element(f"{{{dialect.main}}}comments", nsmap={None: dialect.main})
    for name in ("authors", "commentList"):
        etree.SubElement(root, f"{{{dialect.main}}}{name}")
    return root


def _all(root: Element, name: str) -> list[Element]:
    return list(root.iter(f"{{{etree.QName(root).namespace}}}{name}"))


def _forget(root: Element) -> set[str]:
    """Take our own earlier comments away, and give the cells that no longer have a comment."""
    gone = set()
    for comment in _all(root, "comment"):
        texts = _all(comment, "t")
        told = "".join(text.text or "" for text in texts)
        if told.startswith(SIGNED):
            comment.getparent().remove(comment)
            gone.add(comment.get("ref", ""))
        elif PARTED in told:
            _cut(texts, told.index(PARTED))
    return gone


def _cut(texts: Iterable[Element], left: int) -> None:
    """Leave so many characters of texts that follow each other."""
    for text in texts:
        told = text.text or ""
        text.text = told[: max(0, left)]
        left -= len(told)


def _say(root: Element, comments: Iterable[Comment]) -> None:
    """Add comments to the texts: to those that others made, or as new ones."""
    name = f"{{{etree.QName(root).namespace}}}%s"
    authors, listed = root.find(name % "authors"), root.find(name % "commentList")
    if authors is None or listed is None:
        raise ValueError("a part with comments has authors and a list")
    names = [author.text for author in authors]
    if AUTHOR not in names:
        etree.SubElement(authors, name % "author").text = AUTHOR
        names.append(AUTHOR)
    number = str(names.index(AUTHOR))
    there = {comment.get("ref"): comment for comment in listed}
    for said in comments:
        old = there.get(said.place)
        if old is None:
            new = etree.SubElement(listed, name % "comment", ref=said.place, authorId=number)
            text = etree.SubElement(new, name % "text")
        else:
            text = old.find(name % "text")
            if text is None:
                text = etree.SubElement(old, name % "text")
        _add_runs(text, said, name, is_first=old is None)


def _add_runs(text: Element, said: Comment, name: str, *, is_first: bool) -> None:
    """Write a comment behind what stands there."""
    plain = text.find(name % "t")
    if plain is not None:  # a text is either plain or of runs
        run = etree.Element(name % "r")
        text.replace(plain, run)
        run.append(plain)
    runs = text.findall(name % "r")
    at = text.index(runs[-1]) + 1 if runs else 0
    word = (SIGNED if is_first else PARTED) + said.word
    for step, (told, is_bold) in enumerate(((word, True), (f"\n{said.text}", False))):
        run = etree.Element(name % "r")
        look = etree.SubElement(run, name % "rPr")
        if is_bold:
            etree.SubElement(look, name % "b")
        etree.SubElement(look, name % "sz", val="9")
        etree.SubElement(look, name % "color", indexed="81")
        etree.SubElement(look, name % "rFont", val="Tahoma")
        etree.SubElement(look, name % "family", val="2")
        written = etree.SubElement(run, name % "t")
        written.text = told
        written.set(SPACE, "preserve")
        text.insert(at + step, run)


def _draw(
    package: Package,
    sheet: str,
    gap: Gap,
    dialect: Dialect,
    comments: Sequence[Comment],
    forgotten: Collection[str],
) -> None:
    """Draw the boxes of new comments, and take away those of comments that are gone."""
    part = next((link.part for link in package.links(sheet) if link.id == gap.drawing), "")
    if gap.drawing and part not in package:
        raise ValueError("a worksheet names a drawing that is not there")
    first = _first_cluster(package)
    if not part:
        part = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.declare(part, DRAWING_TYPE)
        number = package.link(sheet, f"{dialect.links}/vmlDrawing", part)
        link = f'<{gap.prefix}legacyDrawing xmlns:r="{dialect.links}" r:id="{number}"/>'
        package.insert(sheet, gap.at, link.encode())
        drawing = _NO_DRAWING
    else:
        drawing = package.read(part).decode("utf-8", "surrogateescape")
    drawing = _SHAPE.sub(lambda found: _unless_gone(found, forgotten), drawing)
    drawing = _drawn(drawing, comments, first)
    package.write(part, drawing.encode("utf-8", "surrogateescape"))


def _unless_gone(shape: re.Match[str], forgotten: Collection[str]) -> str:
    at = dict(_SHAPE_CELL.findall(shape[0]))
    if len(at) < len(("Row", "Column")):
        return shape[0]
    return "" if place_of(int(at["Row"]), int(at["Column"])) in forgotten else shape[0]


def _first_cluster(package: Package) -> int:
    """Give the first thousand numbers of shapes that no drawing uses."""
    taken = [0]
    for part in package.names(".vml"):
        drawing = package.read(part).decode("utf-8", "replace")
        taken += [int(number) // CLUSTER for number in _SHAPE_NUMBER.findall(drawing)]
        for _, clusters in _CLUSTERS.findall(drawing):
            taken += [int(cluster) for cluster in _NUMBER.findall(clusters)]
    return max(taken) + 1


def _drawn(drawing: str, comments: Sequence[Comment], first: int) -> str:
    """Add boxes to a drawing, and the numbers that they take to what it says of its numbers."""
    taken = map(str, range(first, first + len(comments) // CLUSTER + 1))
    drawing = _CLUSTERS.sub(
        lambda found: found[1] + ",".join(filter(None, [found[2].strip(), *taken])),
        drawing,
        count=1,
    )
    kind = "" if "_x0000_t202" in drawing else _BOX_KIND
    boxes = [_box(comment, first * CLUSTER + at) for at, comment in enumerate(comments, 1)]
    body, end, rest = drawing.rpartition("</")
    if not end:
        raise ValueError("a drawing ends")
    return "".join([body, kind, *boxes, end, rest])


def _box(comment: Comment, number: int) -> str:
    """Draw the box of one comment, beside its cell."""
    lines = (comment.word + "\n" + comment.text).split("\n")
    high = min(HIGH_MAX, 1 + sum(len(line) // WIDE + 1 for line in lines))
    left = min(comment.column + 1, COLUMNS_MAX - 5)
    top = max(0, min(comment.row - 1, ROWS_MAX - 1 - high))
    return (
        f'<v:shape {_NAMESPACES} id="_x0000_s{number}" type="#_x0000_t202"'
        ' style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        f'<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left}, 15, {top}, 2,"
        f" {left + 4}, 15, {top + high}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{comment.row}</x:Row><x:Column>{comment.column}</x:Column>"
        "</x:ClientData></v:shape>"
    )

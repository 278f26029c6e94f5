"""The process that prints: ``python -m reports.printer``, fed by ``reports.to_pdf``.

What WeasyPrint leaves open of PDF/UA-1 and PDF/A-3 is filled in before the last byte is written.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from reports.to_pdf import NO_LIBRARY, SECONDS_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY_MAX: Final = 2 << 30  # bytes; a report of 500 lines takes a tenth of it
PIXELS_MAX: Final = 40_000_000  # of a picture
VARIANT: Final = "pdf/a-3a"
SCREEN_COLOURS: Final = {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}
ANYWHERE: Final = """main * {
  break-before: auto !important; break-inside: auto !important; break-after: auto !important;
}"""
# Says in a PDF/A that it also keeps to PDF/UA-1, and what those words mean.
UNIVERSAL_ACCESS: Final = b"""<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description><rdf:Description rdf:about=""
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
"""


def main() -> int:
    """Print what comes in on standard input to standard output, within limits."""
    _lower(resource.RLIMIT_AS, MEMORY_MAX)
    _lower(resource.RLIMIT_CPU, SECONDS_MAX)
    _lower(resource.RLIMIT_CORE, 0)
    try:
        import weasyprint  # noqa: F401
    except OSError as missing:
        sys.stderr.write(str(missing))
        return NO_LIBRARY
    wished = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(printed(wished["html"], wished["pictures"], wished["attached"]))
    return 0


def _lower(what: int, most: int) -> None:
    """Limit this process; a limit of the job that prints stays where it is lower already."""
    hard = resource.getrlimit(what)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (least, least))


def printed(html: str, pictures: Mapping[str, list[str]], attached: list[dict[str, str]]) -> bytes:
    """Print a document.

    Shape:  ``pictures`` are media types and bytes in base64, by address.
    Errors: ``BaseException`` for a document that names any other address.
    """
    from weasyprint import Attachment

    document = _laid_out(html, pictures)
    for one in attached:
        day = datetime.fromisoformat(one["day"]).replace(tzinfo=UTC)
        attachment = Attachment(
            string=base64.b64decode(one["base64"]),
            name=one["name"],
            description=one["description"],
            created=day,
            modified=day,
            relationship=one["relation"],
        )
        document.metadata.attachments.append(attachment)
    kinds = {one["name"]: one["media_type"] for one in attached}
    done: bytes = document.write_pdf(
        pdf_variant=VARIANT, finisher=lambda document, pdf: _finish(document, pdf, kinds)
    )
    return done


def _laid_out(html: str, pictures: Mapping[str, list[str]]) -> Any:
    """Lay a document out on pages.

    Shape:  where parts that are kept together fill more than a page, the library gives up; then
            they are broken wherever a page ends.
    """
    from weasyprint import CSS, HTML

    document = HTML(string=html, url_fetcher=_fetcher(pictures))
    try:
        return document.render(pdf_variant=VARIANT)
    except AssertionError:
        broken = CSS(string=ANYWHERE, url_fetcher=_fetcher({}))
        return document.render(pdf_variant=VARIANT, stylesheets=[broken])


def _fetcher(pictures: Mapping[str, list[str]]) -> Any:
    """Give what is asked for every address: it knows the pictures, and refuses all else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Handed(URLFetcher):
        """Refuses a document that names an address, even `data:`, that was not handed in."""

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url not in pictures:
                raise ValueError(f"not handed in: {url}")
            media_type, told = pictures[url]
            content = _for_the_screen(base64.b64decode(told))
            return URLFetcherResponse(url, content, {"Content-Type": media_type})

    return Handed(allowed_protocols=(), fail_on_errors=True)


def _for_the_screen(content: bytes) -> bytes:
    """Give a picture in the colours that a PDF/A knows; one made for a press is turned over."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = PIXELS_MAX // 2  # twice as many are refused
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.mode in SCREEN_COLOURS:
                return content
            turned = BytesIO()
            picture.convert("RGB").save(turned, "PNG")
            return turned.getvalue()
    except OSError:
        return content  # no picture after all: its words stand there instead


def _finish(document: Any, pdf: Any, kinds: Mapping[str, str]) -> None:
    """Fill in what the library leaves open of PDF/UA-1 and PDF/A-3."""
    import pydyf

    if "AF" in pdf.catalog:  # each is named twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    parts: list[Any] = [part for part in pdf.objects if isinstance(part, dict)]
    by_reference = {part.reference: part for part in parts}
    for part in parts:
        _finish_part(part, by_reference, pdf, kinds)
    for page in document.pages:
        for _kind, _target, _where, box in page.links:
            if box.link_annotation:
                said = " ".join("".join(box.element.itertext()).split())
                box.link_annotation["Contents"] = pydyf.String(said)
    reference = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[reference]
    told = metadata.stream[0]
    metadata.stream = [told.replace(b"</rdf:RDF>", UNIVERSAL_ACCESS + b"</rdf:RDF>", 1)]


def _finish_part(
    part: Any, by_reference: Mapping[bytes, Any], pdf: Any, kinds: Mapping[str, str]
) -> None:
    """Say whether a head is of a row or of a column, and what a file inside is."""
    match part.get("S"), part.get("Type"):
        case "/TH", _:
            rows = by_reference[by_reference[part["P"]]["P"]]
            part["A"]["Scope"] = "/Column" if rows["S"] == "/THead" else "/Row"
            part.pop("ID", None)  # numbers of heads begin anew on every page
        case "/TD", _:
            part["A"].pop("Headers", None)
        case _, "/Filespec":
            stream = pdf.objects[int(part["EF"]["F"].split()[0])]
            stream.extra["Subtype"] = f"/{kinds[part['UF'].string].replace('/', '#2f')}"


if __name__ == "__main__":
    sys.exit(main())

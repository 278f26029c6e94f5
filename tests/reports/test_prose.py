from __future__ import annotations

import re
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports.prose import to_html
from tracker.domain.report_texts import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Shown:
    """A picture that a page knows by its title."""

    title: str


SITE, PLAN = Shown("The site (May)"), Shown("Plan")
PAIRED = {
    "p",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ALLOWED = PAIRED | {
    "a", "blockquote", "br", "code", "div", "em", "hr", "img", "pre", "span", "strong",
}  # fmt: skip
ATTRIBUTES = {"alt", "class", "href", "rel", "scope", "src", "start"}


def told(markdown: str, language: str = "en") -> str:
    return str(to_html(markdown, (SITE, PLAN), lambda one: f"/pictures/{one.title}", language))


class Read(HTMLParser):
    """What an HTML reader finds: elements with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def unsafe(html: str) -> Iterator[str]:
    """Name what a page must not hold, and what would be fetched."""
    for tag, attributes in Read(html).found:
        if tag not in ALLOWED:
            yield f"<{tag}>"
        yield from (f"{tag} {name}" for name in attributes if name not in ATTRIBUTES)
        if not re.match(r"(https?://|mailto:)", attributes.get("href") or "mailto:"):
            yield f"href {attributes['href']}"
        if not (attributes.get("src") or "/pictures/").startswith("/pictures/"):
            yield f"src {attributes['src']}"


def test_headings_stand_below_the_section_and_skip_no_level() -> None:
    html = told("# a\n\n### b\n\n## c\n\n###### d\n\n# e\n")
    assert re.findall(r"<(h\d)>(\w)</h\d>", html) == [
        ("h3", "a"), ("h4", "b"), ("h4", "c"), ("h5", "d"), ("h3", "e"),
    ]  # fmt: skip


def test_lists_and_tables_are_what_they_look_like() -> None:
    html = told("- one\n  - two\n\n3. three\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n")
    assert html.count("<ul>") == 2
    assert '<ol start="3">' in html
    assert '<th class="is-right" scope="col">b</th>' in html
    assert "<td>1</td>" in html
    assert "style" not in html


def test_html_stays_text() -> None:
    assert told("<b>x</b> & <script>y</script>") == (
        "<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;y&lt;/script&gt;</p>\n"
    )


def test_a_link_says_where_it_leads() -> None:
    html = told(
        "[a](https://example.org/x?a=1&b=2) <https://example.org> [b](mailto:c@example.org)"
    )
    assert 'href="https://example.org/x?a=1&amp;b=2"' in html
    assert '<span class="address">(https://example.org/x?a=1&amp;b=2)</span>' in html
    assert html.count("(https://example.org)") == 0
    assert '<span class="address">(c@example.org)</span>' in html


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "file:///etc/passwd", "data:text/html,x",
     "/reports", "//example.org", "#top", "ftp://example.org", "picture:Plan", "asset:0",
     "vbscript:x", "java&#10;script:x", " javascript:x", "https:", "http:/\\x", "mailto:"],
)  # fmt: skip
def test_a_link_that_leads_elsewhere_stays_text(address: str) -> None:
    html = told(f"[go]({address}) and [go]: {address}\n\n[go][ref]\n\n[ref]: {address}\n")
    assert "<a" not in html
    assert "go" in html


def test_a_picture_of_the_report_is_shown_by_its_title() -> None:
    html = told("![At the <site>](picture:the site (may))\n\nin words ![](picture:Plan)")
    assert (
        '<div class="picture"><img src="/pictures/The site (May)" alt="At the &lt;site&gt;">'
        '<p class="caption">At the &lt;site&gt;</p></div>'
    ) in html
    assert '<p>in words <img src="/pictures/Plan" alt="Plan"></p>' in html


def test_a_picture_that_is_not_there_is_a_sentence() -> None:
    assert "[There is no picture “Gone” with this report.]" in told("![x](picture:Gone)")
    assert "[Bij deze rapportage is geen afbeelding “Gone”.]" in told("![x](picture:Gone)", "nl")
    for address in ("http://example.org/x.png", "file:///etc/passwd", "data:image/png;base64,AA"):
        html = told(f"![x]({address})")
        assert f"[A picture from elsewhere is not shown: {address}]" in html
        assert "<img" not in html


def test_a_picture_without_an_address_is_named() -> None:
    html = to_html("![x](picture:Plan)", (PLAN,), lambda _one: "")
    assert "[The picture “Plan” is in the PDF.]" in html


def test_a_text_in_code_is_no_picture() -> None:
    assert "<code>![x](picture:Plan)</code>" in told("`![x](picture:Plan)`")


PIECES = st.sampled_from(
    ["![", "](", ")", "[", "]", "<", ">", "picture:", "Plan", "http://e.org", "file:///etc", "`",
     "*", "_", "#", "\n", "\n\n", "- ", "1. ", "> ", "|", "|-|\n", '"', "'", "&", "&#x3c;", "\\",
     "javascript:", "<a href=x>", "<img src=x>", "data:", "\x00", "é", " ", "  \n", "    ", "---"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_written_a_page_stays_safe(markdown: str) -> None:
    html = told(markdown)
    assert list(unsafe(html)) == []
    for name in PAIRED:
        assert html.count(f"<{name}>") + html.count(f"<{name} ") == html.count(f"</{name}>")


def test_the_library_by_itself_is_not_safe() -> None:
    """The twin: what the pieces can do where nothing is forbidden."""
    loose = MarkdownIt("commonmark").enable("table")
    text = "<img src=x>\n\n![a](http://e.org)\n\n[b](/reports)\n\n|a|\n|-:|\n|1|\n"
    found = set(unsafe(loose.render(text)))
    assert found == {"src x", "src http://e.org", "href /reports", "th style", "td style"}


@pytest.mark.parametrize(
    "piece",
    ["![", "> ", "[a](", "*a ", "- ", "`", "|", "[[[[", "<", "_a", "![]((", "**a_", "&#x", "[a][a]",
     "|a|\n|-|\n", "[x]: http://a\n", "![a](picture:", "1. ", "\t", "#\n"],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    began = time.process_time()
    told(text)
    assert time.process_time() - began < 5

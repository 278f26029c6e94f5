"""Words in Markdown, as pages and the PDF show them.

Nothing that is written here is fetched: HTML stays text, a link leads to the web or to a mailbox
and says where, and a picture is one of those that go with the report.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markupsafe import Markup

from reports import words
from tracker.domain.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

    from tracker.domain.report_texts import Picture

DEEPEST: Final = 6
"""The lowest level of a heading in HTML."""
_LEADS: Final = re.compile(r"(https?://|mailto:)[^\s]", re.IGNORECASE)
_PICTURE: Final = re.compile(
    r"!\[(?P<caption>[^\]\n]{0,300})\]\((?P<named>(?:[^()\n]|\([^()\n]{0,100}\)){0,300})\)"
)
_OWN: Final = "picture:"
_SIDES: Final = {"text-align:right": "is-right", "text-align:center": "is-center"}


class Titled(Protocol):
    """What a text may name by its title."""

    @property
    def title(self) -> str:
        """The title, as people gave it."""
        ...


Named = TypeVar("Named", bound=Titled)


def asset_of(picture: Picture) -> str:
    """Give the address by which a printed document names a picture; the printer is handed it."""
    return f"asset:{hashlib.sha256(picture.base64.encode()).hexdigest()}"


def to_html(
    markdown: str,
    pictures: Iterable[Named],
    picture_address: Callable[[Named], str],
    language: str = "en",
    *,
    below: int = 2,
) -> Markup:
    """Write a text as HTML that is safe on a page and in a document.

    Shape:  ``![caption](picture:Title)`` shows the picture of that title; one that does not
            exist, or that has no address, is named in a sentence. Headings are lower than
            ``below``, and skip no level.
    """
    known = {picture.title.casefold(): picture_address(picture) for picture in pictures}
    told = {"known": known, "language": language, "below": below}
    return Markup(_parser().render(markdown, told))  # noqa: S704 - escaped there


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.validateLink = _leads_somewhere  # type: ignore[assignment,method-assign]
    parser.inline.ruler.at("image", _take_picture)
    parser.core.ruler.push("report", _fit_in)
    parser.add_render_rule("image", _show_picture)
    parser.add_render_rule("link_close", _say_where)
    return parser


def _leads_somewhere(address: str) -> bool:
    """Tell whether a link may lead there: to the web or to a mailbox."""
    return _LEADS.match(address) is not None


def _take_picture(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - called by position
    """Read a picture; its title may hold spaces."""
    found = _PICTURE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("image", "img", 0)
        token.content = found["caption"].strip()
        token.meta = {"named": found["named"].strip().strip("<>")}
    state.pos = found.end()
    return True


def _fit_in(state: StateCore) -> None:
    """Fit a text into its report: levels of headings, heads of tables, pictures by themselves."""
    above: list[int] = []
    for at, token in enumerate(state.tokens):
        if token.type == "heading_open":
            wanted = int(token.tag[1:])
            above = [*(level for level in above if level < wanted), wanted]
            fitting = min(state.env["below"] + len(above), DEEPEST)
            token.tag = state.tokens[at + 2].tag = f"h{fitting}"
        elif token.type in {"th_open", "td_open"}:
            _dress_cell(token)
        elif token.type == "inline" and token.children:
            _fit_in_line(token.children)
            if [child.type for child in token.children] == ["image"]:
                token.children[0].meta["is_alone"] = True
                for around in (state.tokens[at - 1], state.tokens[at + 1]):
                    around.hidden = around.type.startswith("paragraph")


def _dress_cell(token: Token) -> None:
    side = _SIDES.get(str(token.attrs.pop("style", "")))
    if side:
        token.attrs["class"] = side
    if token.type == "th_open":
        token.attrs["scope"] = "col"


def _fit_in_line(children: list[Token]) -> None:
    """Have the end of each link know where it leads, unless its words say so already."""
    address, said = "", ""
    for child in children:
        if child.type == "link_open":
            address, said = str(child.attrs["href"]), ""
            child.attrs["rel"] = "nofollow noopener noreferrer"
        elif child.type == "link_close":
            bare = address.removeprefix("mailto:")
            child.meta = {"address": "" if said in {address, bare} else bare}
        else:
            said += child.content


def _say_where(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    address = tokens[at].meta["address"]
    return f'</a> <span class="address">({escapeHtml(address)})</span>' if address else "</a>"


def _show_picture(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, env: EnvType
) -> str:
    """Show a picture of the report, or say why there is none."""
    token = tokens[at]
    named, caption = token.meta["named"], token.content
    title = named.removeprefix(_OWN).strip()
    address = env["known"].get(title.casefold()) if named.startswith(_OWN) else None
    if not address:
        said = escapeHtml(words.say(_not_shown(named, title, address), env["language"]))
        return f'<span class="no-picture">{said}</span>'
    picture = f'<img src="{escapeHtml(address)}" alt="{escapeHtml(caption or title)}">'
    if not token.meta.get("is_alone"):
        return picture
    below = f'<p class="caption">{escapeHtml(caption)}</p>' if caption else ""
    return f'<div class="picture">{picture}{below}</div>\n'


def _not_shown(named: str, title: str, address: str | None) -> Sentence:
    if address is not None:
        return Sentence("[The picture “{title}” is in the PDF.]", {"title": title})
    if not named.startswith(_OWN):
        return Sentence("[A picture from elsewhere is not shown: {named}]", {"named": named})
    return Sentence("[There is no picture “{title}” with this report.]", {"title": title})

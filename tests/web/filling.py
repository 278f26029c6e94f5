"""Filling in forms as a browser does: what the page shows is sent, with what somebody typed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


class Forms(HTMLParser):
    """Reads the forms of a page: where each goes, and what its fields hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str], dict[str, list[str]]]] = []
        self._select, self._area = "", ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        match tag:
            case "form":
                self.forms.append((given, {}))
            case "input" if name and _is_sent(given):
                self._put(name, given.get("value", ""))
            case "select":
                self._select = name
            case "option" if self._select:
                self._choose(given)
            case "textarea":
                self._area = name
                self._put(name, "")

    def _choose(self, given: dict[str, str]) -> None:
        held = self.forms[-1][1]
        if self._select not in held or "selected" in given:
            held[self._select] = [given.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._area:
            held = self.forms[-1][1][self._area]
            held[0] = (held[0] + data).removeprefix("\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def _put(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1][1].setdefault(name, []).append(value)


def _is_sent(given: dict[str, str]) -> bool:
    kind = given.get("type", "text")
    return "checked" in given if kind in {"checkbox", "radio"} else kind not in {"file", "submit"}


def fields_of(page: str, action: str = "") -> dict[str, Any]:
    """What the form of a page holds that goes to an address, or the last one that posts."""
    found = [
        held
        for given, held in Forms(page).forms
        if given.get("method") == "post"
        and (given.get("action", "").endswith(action) if action else "once" in held)
    ]
    assert found, "the page has no such form"
    return found[-1]


def fill_in(client: FlaskClient, address: str, to: str = "", **typed: Any) -> TestResponse:
    """Open a page, type something in its form, and send it."""
    page = client.get(address).text
    return client.post(to or address, data=fields_of(page, to) | typed)

"""What scripts add to forms: totals while somebody types, and a form that is sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from reports import figures
from tests.e2e.served import ADMINISTRATOR
from tracker.domain.amounts import LARGEST, read_amount
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

TYPED = st.text("0123456789.,-−€ \u00a0eurEUR", max_size=16)
FORM = """<form method="post">
  <input type="text" name="amount_1" value="600.00"><input type="text" name="amount_2">
  <input type="text" name="note" value="7">
  <output data-sum="amount_*" data-of="100000" data-total="Total {total}."
    data-left="Total {total}; {left} left." data-over="{over} too much." data-unread="Unread.">
  </output>
</form>"""


@pytest.fixture
def page(opened: Opened, address: str) -> Page:
    return opened(f"{address}/sign-in")


def run(page: Page, module: str, does: str, argument: Any = None) -> Any:
    """Let the browser do something with what a script of ours gives."""
    return page.evaluate(
        f"async (argument) => {{ const it = await import('/static/js/{module}.js'); {does} }}",
        argument,
    )


def read_here(text: str, language: str) -> int | None:
    try:
        return read_amount(text, language).cents
    except RuleViolation:
        return None


@pytest.mark.parametrize("language", ["nl", "en"])
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20
)
@given(
    texts=st.lists(TYPED, min_size=20, max_size=60),
    cents=st.integers(-LARGEST.cents, LARGEST.cents),
)
def test_the_browser_reads_and_writes_amounts_as_the_server_does(
    page: Page, language: str, texts: list[str], cents: int
) -> None:
    typed = [*texts, figures.amount(Money(cents), language), "1.250", "1,250", "1.250,00", "€ 5"]
    told = run(
        page,
        "amounts",
        "return [argument[0].map((text) => it.readAmount(text, argument[1])),"
        " it.writeAmount(argument[2], argument[1])]",
        [typed, language, cents],
    )
    assert told == [
        [read_here(text, language) for text in typed],
        figures.amount(Money(cents), language),
    ]


def test_the_room_that_is_left_follows_what_is_typed(page: Page) -> None:
    page.evaluate(
        "(form) => document.querySelector('main').insertAdjacentHTML('beforeend', form)", FORM
    )
    run(page, "tracker", "it.keepUpToDate(document.querySelector('output'))")
    room, second = page.locator("output"), page.locator("[name=amount_2]")
    for typed, told in (
        ("150.50", "Total €\xa0750.50; €\xa0249.50 left."),
        ("1,250", "Unread."),
        ("400.01", "€\xa00.01 too much."),
        ("", "Total €\xa0600.00; €\xa0400.00 left."),
    ):
        second.fill(typed)
        expect(room).to_have_text(told)
        expect(room).to_have_class("is-late" if "too much" in told else "")


def test_what_was_refused_takes_the_focus_and_leads_to_its_field(
    opened_as: Opened,
) -> None:
    page = opened_as(ADMINISTRATOR, "/people")
    page.get_by_label("Name").fill("Nova")
    page.get_by_label("E-mail address").fill("nova")
    page.get_by_label("First password").fill("long enough to be safe")
    page.locator("form.grid").evaluate("(form) => { form.noValidate = true; }")
    page.get_by_role("button", name="Let this person in").last.click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="E-mail address").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Nova")


def test_a_form_is_sent_once_however_often_it_is_clicked(own_address: str, opened: Opened) -> None:
    from tests.e2e.served import sign_in

    page = opened(own_address)
    sign_in(page, ADMINISTRATOR)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_label("Name").fill("Nova")
    page.get_by_label("E-mail address").fill("nova@example.org")
    page.get_by_label("First password").fill("long enough to be safe")
    page.get_by_role("button", name="Let this person in").last.dblclick()
    expect(page.get_by_role("status")).to_contain_text("Nova can sign in now.")
    assert sent.count("POST") == 1
    expect(page.get_by_role("row", name="nova@example.org")).to_have_count(1)

"""Forms: what was typed stays, a refusal is told at its field, and each is carried out once."""

from __future__ import annotations

import contextlib
import re
import shutil
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from flask import render_template_string
from sqlalchemy import text
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from tests.web.conftest import KEY, token_in
from tests.web.test_pages import Page
from tracker import create_app
from tracker.config import Settings
from tracker.domain.errors import NotAllowedError, RuleViolation, StaleEditError
from tracker.domain.money import Money
from tracker.domain.policy import Permission, Role
from tracker.extensions import db
from tracker.store.session import transaction
from tracker.web.fields import ChoicesField, DayField, DocumentField, MoneyField
from tracker.web.forms import NeededInRow, TableForm, TrackerForm, VersionedForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PAGE = """{% from "macros/forms.html" import compare, form_field, live, summary, tabs, token %}
{{ tabs("Parts", [("/a", "Terms", true), ("/b", "History", false)]) }}
{{ compare("Original", "Current", [("Amount", "5", "6"), ("Rate", "1", "1")]) }}
{{ summary(form) }}
<form method="post">{{ token(form) }}
{{ form_field(form.title, hint="Short") }}
{{ form_field(form.amount, beside=live(form.sum_of("amount", room))) }}
{{ form_field(form.note) }}{{ form_field(form.sure) }}{{ form_field(form.kinds) }}
{{ form_field(form.letter) }}</form>"""
TABLE = """{% from "macros/forms.html" import cell, live, summary, token %}
{{ summary(form) }}
<form method="post">{{ token(form) }}<table class="entry"><tbody>
{% for row, name in form.rows.items() %}<tr><th scope="row">{{ name }}</th>
{% for column in form.columns %}{{ cell(form.cell(column, row)) }}{% endfor %}</tr>{% endfor %}
</tbody></table>{{ live(form.sum_of("amount_*", room)) }}</form>"""


class Entry(VersionedForm):
    """A form with a field of each kind."""

    title = StringField("Name", [InputRequired()])
    amount = MoneyField("Amount")
    note = TextAreaField("Note")
    sure = BooleanField("Sure")
    kinds = ChoicesField("Form", choices={"cash": "Cash", "loan": "Loan"})
    letter = DocumentField("Letter")


class Plan(TableForm):
    """A form with a table in it."""

    columns: ClassVar = {
        "due": DayField("Due", [NeededInRow()]),
        "kind": SelectField("Kind", choices={"advance": "Advance", "balance": "Balance"}),
        "amount": MoneyField("Amount", [NeededInRow()]),
    }


ROWS = {"1": "1", "2": "2", "third_parties": "Third parties"}


class Desk:
    """A tracker with two forms and a deed that does as it is told."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.done: list[dict[str, Any]] = []
        self.outcome: Exception | None = None
        self.last: TrackerForm | None = None
        self.room = Money(100_000)
        for address, page, make in (
            ("/entry", PAGE, lambda: Entry(data={"version": 3})),
            ("/rows-of-a-test", TABLE, Plan.with_rows(ROWS)),
        ):
            view = self._view(page, make)
            vars(view)["permission"] = Permission.ANYONE
            app.add_url_rule(address, address, view, methods=["GET", "POST"])
        self.client = app.test_client()

    def _view(self, page: str, make: Callable[[], TrackerForm]) -> Callable[[], tuple[str, int]]:
        def view() -> tuple[str, int]:
            self.last = form = make()
            if form.attempt(lambda: self.deed(form)):
                return "done", 302
            shown = render_template_string(page, form=form, room=self.room)
            return shown, 422 if form.is_submitted() else 200

        return view

    def deed(self, form: TrackerForm) -> None:
        with transaction(db.session()):
            if self.outcome:
                raise self.outcome
            self.done.append(form.data)

    def fresh(self, address: str) -> dict[str, str]:
        """What a form sends when it is opened and nothing is typed."""
        page = self.client.get(address).text
        chosen = dict.fromkeys(re.findall(r'<select[^>]* name="(\w+)"', page), "advance")
        return unseen(page) | chosen

    def send(self, address: str = "/entry", **entry: object) -> TestResponse:
        return self.client.post(address, data=self.fresh(address) | entry)


def unseen(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    path = shutil.copyfile(sqlite_template, tmp_path / "empty.db")
    app = create_app(Settings(secret_key=KEY, database_url=f"sqlite:///{path}"))
    yield Desk(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return desk.client


def test_every_fresh_form_carries_a_key_of_its_own(desk: Desk) -> None:
    first, second = desk.fresh("/entry"), desk.fresh("/entry")
    assert set(first) == {"csrf_token", "once", "version"}
    assert first["version"] == "3"
    assert len(first["once"]) > 30
    assert first["once"] != second["once"]


def test_a_form_that_is_right_is_carried_out(desk: Desk) -> None:
    answer = desk.send(title="Growth", amount="12.50", kinds=["cash", "loan"])
    assert answer.status_code == 302
    assert [(d["title"], d["amount"], d["kinds"]) for d in desk.done] == [
        ("Growth", Money(1_250), ["cash", "loan"])
    ]


def test_a_refusal_stands_at_its_field_and_what_was_typed_is_kept(desk: Desk) -> None:
    desk.outcome = RuleViolation("{left} is left.", "Lower it.", field="amount", left=Money(700))
    page = desk.send(
        title="Growth", amount="8", note="a <b> note", sure="y", kinds="loan",
        letter=(BytesIO(b"%PDF-1.7"), "letter.pdf"),
    )  # fmt: skip
    assert page.status_code == 422
    assert Page(page.text).faults == []
    assert page.text.count("€\xa07.00 is left. Lower it.") == 2
    assert 'href="#amount">Amount</a>' in page.text
    assert "1 thing to put right" in page.text
    assert 'aria-describedby="amount-errors"' in page.text
    assert 'value="Growth"' in page.text
    assert 'value="8"' in page.text
    assert "a &lt;b&gt; note" in page.text
    assert "letter.pdf was not kept. Choose it again." in page.text
    assert page.text.count("checked") == 2
    assert desk.done == []


def test_what_was_typed_wrong_is_not_even_tried(desk: Desk) -> None:
    page = desk.send(title="", amount="1,250")
    assert page.status_code == 422
    assert "2 things to put right" in page.text
    assert 'value="1,250"' in page.text
    assert "in two ways" in page.text
    assert desk.done == []


def test_a_refusal_of_no_field_is_told_of_the_form(desk: Desk) -> None:
    desk.outcome = RuleViolation("The period is closed.", field="period")
    page = desk.send(title="Growth")
    assert "<li>The period is closed.</li>" in page.text


def test_who_was_too_late_is_told_and_may_then_replace_it(desk: Desk) -> None:
    desk.outcome = StaleEditError("{who} changed this.", "Look first.", version=8, who="Nova")
    page = desk.send(title="Growth", version="3")
    assert page.status_code == 422
    assert "Nova changed this. Look first." in page.text
    assert 'value="Growth"' in page.text
    again = unseen(page.text)
    assert again["version"] == "8"
    desk.outcome = None
    assert desk.client.post("/entry", data=again | {"title": "Growth"}).status_code == 302
    assert [d["version"] for d in desk.done] == [8]


def test_a_form_that_is_sent_twice_is_carried_out_once(desk: Desk) -> None:
    entry = desk.fresh("/entry") | {"title": "Growth"}
    assert [desk.client.post("/entry", data=entry).status_code for _ in range(3)] == [302] * 3
    assert len(desk.done) == 1
    desk.send(title="Growth")
    assert len(desk.done) == 2


def test_a_refused_form_keeps_its_key_and_is_carried_out_when_it_is_right(desk: Desk) -> None:
    desk.outcome = RuleViolation("No.")
    entry = desk.fresh("/entry") | {"title": "Growth"}
    page = desk.client.post("/entry", data=entry)
    assert unseen(page.text)["once"] == entry["once"]
    desk.outcome = None
    assert desk.client.post("/entry", data=entry).status_code == 302
    assert len(desk.done) == 1


@pytest.mark.parametrize("outcome", [None, RuleViolation("No."), NotAllowedError("No.")])
def test_a_key_is_never_left_for_the_next_deed(desk: Desk, outcome: Exception | None) -> None:
    keys: list[object] = []

    def deed() -> None:
        keys.append(db.session().info.get("once"))
        if outcome:
            raise outcome

    entry = {"title": "x", "version": "1"}
    with desk.app.test_request_context(method="POST", data=entry):
        form = Entry(meta={"csrf": False})
        with contextlib.suppress(NotAllowedError):
            form.attempt(deed)
        assert keys == [form.once.data]
        assert "once" not in db.session().info


def test_a_key_that_no_form_of_ours_has_is_refused(desk: Desk) -> None:
    assert desk.send(title="Growth", once="1").status_code == 422
    assert desk.send(title="Growth", once="x" * 65).status_code == 422
    assert desk.done == []


def test_the_room_that_is_left_is_told_without_scripts(desk: Desk) -> None:
    assert "€\xa01,000.00 left." in desk.client.get("/entry").text
    desk.outcome = RuleViolation("No.")
    over = desk.send(title="Growth", amount="1000.50")
    assert "€\xa00.50 too much." in over.text
    assert 'class="live is-late"' in over.text
    assert 'data-of="100000"' in over.text


def test_rows_that_are_left_empty_are_no_rows(desk: Desk) -> None:
    answer = desk.send("/rows-of-a-test", due_1="1-3-2025", amount_1="600", kind_2="balance")
    assert answer.status_code == 302
    assert isinstance(desk.last, Plan)
    assert desk.last.filled_rows == ["1"]
    assert desk.last.cell("amount", "1").data == Money(60_000)


def test_a_cell_complains_for_itself_and_the_whole_table_is_kept(desk: Desk) -> None:
    page = desk.send(
        "/rows-of-a-test", due_1="31-2-2025", amount_1="600", amount_third_parties="500.00"
    )
    assert page.status_code == 422
    assert Page(page.text).faults == []
    assert isinstance(desk.last, Plan)
    assert set(desk.last.errors) == {"due_1", "due_third_parties"}
    assert desk.last.errors["due_third_parties"] == ["Fill this in, or empty the row."]
    assert 'href="#due_third_parties">Due (Third parties)</a>' in page.text
    assert 'value="31-2-2025"' in page.text
    assert "Total €\xa01,100.00; €\xa0100.00 too much." in page.text


def test_a_rule_may_refuse_one_cell(desk: Desk) -> None:
    desk.outcome = RuleViolation("Above the ceiling.", field="amount_2")
    page = desk.send("/rows-of-a-test", due_2="1-3-2025", amount_2="600")
    assert 'href="#amount_2">Amount (2)</a>: Above the ceiling.' in page.text


def test_no_total_is_told_of_what_cannot_be_read(desk: Desk) -> None:
    page = desk.send(
        "/rows-of-a-test", due_1="1-3-2025", amount_1="1,250", due_2="1-3-2025", amount_2="5"
    )
    assert ">The total follows when every amount can be read.</output>" in page.text


def test_a_submission_is_put_on_record_with_its_deed(desk: Desk) -> None:
    desk.send(title="Growth")
    desk.outcome = RuleViolation("No.")
    desk.send(title="Growth")
    with desk.app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM submission")).scalar_one() == 1


def test_a_person_who_is_let_in_twice_by_one_form_is_let_in_once(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    from tests.web.test_people import ADMINISTRATOR, ENTRY

    browser = sign_in(ADMINISTRATOR)
    page = browser.get("/people").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    entry = ENTRY | {"csrf_token": token_in(page), "once": once[1]}
    assert [browser.post("/people", data=entry).status_code for _ in "12"] == [302, 302]
    assert browser.post("/people", data=entry | {"once": "x" * 40}).status_code == 422

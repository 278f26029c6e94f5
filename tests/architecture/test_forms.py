"""Every form that is sent is carried out once, by a key of its own or by what it does."""

import re

import pytest

from tests.architecture.sources import ROOT

FORM = re.compile(
    r"<form\b(?P<head>(?:[^<>{}]|\{\{.*?\}\}|\{%.*?%\})*)>(?P<body>.*?)</form>", re.DOTALL
)
TOKEN = re.compile(r"\btoken\((?P<form>[^)]*)\)")
GOES_TO = re.compile(r"url_for\('(?P<endpoint>[\w.]+)'")
KEYLESS = {
    # The same bytes are the same file, and what waits for a state is in it once.
    "imports.bring_in",
    "intakes.begin_anew",
    "intakes.cancel",
    "mappings.read_as",
    "report_jobs.ask",
    "report_jobs.cancel",
    "report_jobs.retry",
    "reporting_periods.confirm",
    "reporting_periods.drop",
    "waivers.approve",
    "waivers.end",
    # A rule that was moved or ended is another rule, and the key of the old one finds none.
    "splitting.end",
    "splitting.move_down",
    "splitting.move_up",
    # What was charged is not charged again.
    "allocations.charge",
    # These set what is set already.
    "people.set_active",
    "preferences.language",
    "preferences.theme",
    "projects.choose",
    "security.login",
    "security.logout",
    # A file that is taken twice was taken twice.
    "issued/_parts.html",
}
"""Forms that carry no key: a second one of them finds the first done, and adds no record."""


def keyless_forms(page: str, template: str) -> set[str]:
    """The forms of a template that are sent and carry no key: where each goes, or the template."""
    found = set()
    for form in FORM.finditer(page):
        token = TOKEN.search(form["body"])
        if 'method="post"' not in form["head"] or (token and token["form"]):
            continue
        address = GOES_TO.search(form["head"])
        found.add(address["endpoint"] if address else template)
    return found


def test_every_form_that_could_add_a_record_twice_carries_a_key() -> None:
    templates = ROOT / "templates"
    found = set()
    for path in templates.rglob("*.html"):
        name = path.relative_to(templates).as_posix()
        found |= keyless_forms(path.read_text("utf-8"), name)
    assert found == KEYLESS


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ('<form method="post">{{ token() }}</form>', {"here.html"}),
        ('<form method="post"><input></form>', {"here.html"}),
        ('<form method="post" action="{{ url_for(\'a.b\', c=1) }}">{{ token() }}</form>', {"a.b"}),
        ('<form method="post"{% if a > 1 %} data-a{% endif %}>{{ token(form) }}</form>', set()),
        ('<form method="get">{{ token() }}</form>', set()),
    ],
)
def test_a_form_without_a_key_would_be_found(form: str, found: set[str]) -> None:
    assert keyless_forms(form, "here.html") == found

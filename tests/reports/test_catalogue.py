from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports import catalogue
from reports.statement import build
from tests.actions.programme import load
from tests.reports.facts import facts_of
from tracker.domain.errors import NotFoundError
from tracker.domain.periods import calendar_year

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BEGINNINGS = {
    "xlsx": b"PK",
    "csv": b"PK",
    "pdf": b"%PDF-",
    "json": b"{",
    "html": b"<!doctype html>",
}


@pytest.mark.parametrize("face", catalogue.FACES)
def test_every_face_is_what_its_name_says(face: str) -> None:
    assert catalogue.to_format(build(facts_of(2)), face).startswith(BEGINNINGS[face])


@pytest.mark.parametrize("slug", catalogue.CATALOGUE)
def test_every_report_is_handed_out_in_formats_that_exist(slug: str) -> None:
    kind = catalogue.CATALOGUE[slug]
    assert kind.slug == slug
    assert set(kind.formats) <= set(catalogue.FACES) == set(catalogue.MIMETYPES)


@pytest.mark.parametrize("slug", catalogue.CATALOGUE)
def test_every_report_is_explained(slug: str) -> None:
    kind = catalogue.CATALOGUE[slug]
    assert (kind.of_commitment is None) != (kind.of_project is None)
    page = Path(__file__).parents[2] / "docs" / "reports" / f"{slug}.md"
    assert page.read_text("utf-8").startswith("# ")


def test_a_file_is_named_after_what_it_holds() -> None:
    assert catalogue.file_name(build(facts_of(2)), "xlsx") == "NECST_NGF-1_2023.xlsx"


def made(session: Session, slug: str, code: str) -> bytes:
    report = catalogue.make(
        session, slug, code, calendar_year(2023), made_on=date(2026, 1, 2), author="A. Tester"
    )
    return catalogue.to_format(report, "json")


def test_a_report_is_made_of_what_is_kept(session: Session) -> None:
    load(session)
    told = json.loads(made(session, "statement", "NGF-1"))
    assert told["author"] == "A. Tester"
    assert told["made_on"] == "2026-01-02"
    assert any(section["rows"] for section in told["sections"] if section["key"] == "lines")


@pytest.mark.parametrize(
    ("slug", "code"), [("absent", "NGF-1"), ("statement", "absent"), ("overview", "NGF-1")]
)
def test_what_does_not_exist_is_not_found(session: Session, slug: str, code: str) -> None:
    load(session)
    with pytest.raises(NotFoundError):
        made(session, slug, code)

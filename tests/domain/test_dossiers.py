"""Names in a dossier lead nowhere else, and no two files have the same."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.dossiers import NAME_MAX, SIZE_MAX, Ways, check_size, safe_name
from tracker.domain.errors import RuleViolation

RISKY = ("..", ".", "/", "\\", "a/../b", "CON", "nul.txt", "\u202egpj.exe", "\n", "x\x00y", "~", "")
names = st.text(max_size=200) | st.sampled_from(RISKY) | st.from_regex(r"[aA.]{1,4}(\.[tT])?")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("Décision: 3.pdf", "Décision- 3.pdf"),
        ("letter\u202efdp.exe", "letter-fdp.exe"),
        ("..", "document"),
        ("", "document"),
        ("con.pdf", "_con.pdf"),
        (".hidden", "hidden"),
        ("name. ", "name"),
        ("x" * 200 + ".pdf", "x" * (NAME_MAX - 4) + ".pdf"),
    ],
)
def test_names_of_documents_become_names_that_every_system_takes(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(names)
def test_a_name_leads_nowhere_else(name: str) -> None:
    safe = safe_name(name)
    for path in (PurePosixPath(safe), PureWindowsPath(safe)):
        assert path.parts == (safe,)
        assert not path.is_absolute()
    assert 0 < len(safe) <= NAME_MAX + 1
    assert safe.isprintable()
    assert safe[-1] not in " ."
    assert safe not in (".", "..")
    assert safe_name(safe) == safe or safe.startswith("_")


@given(st.lists(names, max_size=20))
def test_no_two_files_have_the_same_way_also_where_capitals_do_not_count(found: list[str]) -> None:
    ways = Ways()
    taken = [ways.take("papers", name) for name in found]
    assert len({way.casefold() for way in taken}) == len(found)
    assert all(way.startswith("papers/") and way.count("/") == 1 for way in taken)


def test_the_second_of_a_name_is_numbered_before_its_ending() -> None:
    ways = Ways()
    given_names = ["letter.pdf", "Letter.pdf", "letter.pdf", "README"]
    assert [ways.take("a", name) for name in (*given_names, "README")] == [
        "a/letter.pdf",
        "a/Letter (2).pdf",
        "a/letter (3).pdf",
        "a/README",
        "a/README (2)",
    ]


def test_a_dossier_that_is_too_large_is_refused_with_how_large_it_would_be() -> None:
    check_size(SIZE_MAX, "NGF-1", "2021")
    with pytest.raises(RuleViolation, match="201 megabytes; a dossier holds 200") as refused:
        check_size(SIZE_MAX + 1, "NGF-1", "2021")
    assert refused.value.field == "period"

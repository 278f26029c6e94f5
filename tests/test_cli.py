"""The command line does the whole job, says what it did, and exits so that scripts know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from tests.actions.programme import books_in
from tests.actions.second_project import second_case
from tests.books.cases import case_dir
from tracker.cli import cli, main
from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that does not exist yet."""
    url = f"sqlite:///{tmp_path}/new.db"
    monkeypatch.setenv("TRACKER_DATABASE_URL", url)
    return url


@pytest.fixture
def case() -> Path:
    return case_dir(5, 40)


def run(*arguments: object, status: int = 0, keys: str | None = None) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], input=keys)
    assert result.exit_code == status, result.output
    return result


@pytest.fixture
def loaded(database: str, case: Path) -> Path:
    assert database
    run("setup", case / "case.json")
    run("import", *books_in(case))
    run("charge")
    return case


@pytest.mark.usefixtures("database")
def test_the_whole_job_from_the_books_to_the_report(case: Path, tmp_path: Path) -> None:
    assert "loaded" in run("setup", case / "case.json").output
    assert "nothing changed" in run("setup", case / "case.json").output
    told = run("import", *reversed(books_in(case))).output
    assert told.count(" new, 0 the same.") == 11
    assert "Receipts recognised by account" in told
    assert "the same as before" in run("import", books_in(case)[0]).output
    assert "commitment_exhausted" in run("charge").output
    assert "Nothing was waiting" in run("charge").output
    assert "as expected" in run("check", "--expected", case / "expected.json").output
    out = tmp_path / "reports"
    run("report", "NGF-1", "--year", 2023, "--format", "xlsx,json", "--out", out)
    run("report", "NGF-1", "--period", "2023-Q2", "--format", "json", "--out", out)
    run("report", "NGF-1", "--year", 2023, "--kind", "cost_list", "--format", "csv", "--out", out)
    assert sorted(path.name for path in out.iterdir()) == [
        "NECST_NGF-1_2023-Q2.json",
        "NECST_NGF-1_2023.json",
        "NECST_NGF-1_2023.xlsx",
        "NECST_NGF-1_cost-list_2023_csv.zip",
    ]


def test_every_difference_is_printed_and_the_exit_code_says_so(
    loaded: Path, tmp_path: Path
) -> None:
    answers = json.loads((loaded / "expected.json").read_text("utf-8"))
    answers["cost_total"] += 1
    answers["received"]["UL-1"] -= 100
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(answers), "utf-8")
    told = run("check", "--expected", wrong, status=1).output
    assert told.count("DIFFERENT") == 2
    assert "cost_total" in told
    assert "received/UL-1" in told


def test_a_refused_file_is_named_with_its_findings_and_the_exit_code_says_so(
    loaded: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "holiday.txt"
    bad.write_text("sun, sea\n", "utf-8")
    result = run("import", bad, loaded / "in-kind.csv", status=1)
    assert "holiday.txt was refused; nothing of it was kept." in result.output
    assert "in-kind.csv: the same as before" in result.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["report", "NGF-1"], "--year 2023 or --period 2023-Q2"),
        (["report", "NGF-1", "--year", "2023", "--period", "2023-Q2"], "Give either"),
        (
            ["report", "NGF-1", "--year", "2023", "--format", "docx"],
            "not one of xlsx, pdf, csv, json",
        ),
        (["import"], "Missing argument"),
        (["check", "--expected", "nowhere.json"], "does not exist"),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_a_command_that_makes_no_sense_is_explained(arguments: list[str], complaint: str) -> None:
    assert complaint in run(*arguments, status=2).output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["report", "XXX-9", "--year", "2023"], "There is no commitment “XXX-9”."),
        (["report", "NGF-1", "--period", "2023-Q7"], "is not a period"),
        (["report", "NGF-1", "--year", "2023", "--kind", "absent"], "There is no report “absent”."),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_a_refusal_is_a_sentence_and_no_traceback(
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["tracker", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    said = capsys.readouterr()
    assert complaint in said.err
    assert "Traceback" not in said.err


@pytest.mark.usefixtures("loaded")
def test_somebody_is_let_in_with_a_password_that_is_asked_for_twice() -> None:
    keys = "a long enough password\n" * 2
    person = ("person", "add", "Fien@example.org", "--name", "Fien", "--role", "funder_viewer")
    told = run(*person, "--funder", "LUMC", keys=keys).output
    assert "can sign in as funder_viewer" in told
    refused = CliRunner().invoke(cli, [*person, "--funder", "LUMC"], input=keys)
    assert "already" in str(refused.exception)
    unknown = CliRunner().invoke(cli, [*person, "--funder", "Nobody"], input=keys)
    assert "The funders are:" in str(unknown.exception)


@pytest.mark.usefixtures("database")
def test_the_sample_is_never_served_beyond_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker.actions import sample
    from tracker.cli.database import AT_THE_SERVER, opened

    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _path, command: started.append(command))
    run("serve", "--host", "0.0.0.0", "--port", 18999)  # without the sample it may
    assert len(started) == 1
    with opened() as session:
        assert sample.load(session, by=AT_THE_SERVER)
    refused = CliRunner().invoke(cli, ["serve", "--host", "0.0.0.0", "--port", "18999"])
    assert "everybody knows their password" in str(refused.exception)
    assert len(started) == 1


@pytest.mark.usefixtures("loaded")
def test_the_sample_is_left_out_of_a_database_with_a_programme_of_its_own() -> None:
    assert "the sample was left out" in run("demo").output


@pytest.mark.usefixtures("database")
def test_where_there_are_several_projects_a_command_names_the_one_it_means(
    case: Path, tmp_path: Path
) -> None:
    second, (book, *_) = second_case(), sorted(second_case().glob("*.xaf"))
    run("setup", case / "case.json")
    run("import", *books_in(case))
    run("setup", second / "case.json")
    for command in (("import", book), ("charge",), ("check", "--expected", case / "expected.json")):
        with pytest.raises(RuleViolation, match="holds 2 projects: NECST, SECOND"):
            CliRunner().invoke(cli, [str(part) for part in command], catch_exceptions=False)
    run("import", book, "--project", "SECOND")
    assert "cost lines judged" in run("charge", "--project", "SECOND").output
    assert "Nothing was waiting" in run("charge", "--project", "SECOND").output
    assert "cost lines judged" in run("charge", "--project", "NECST").output
    told = run("check", "--expected", case / "expected.json", "--project", "NECST").output
    assert "as expected" in told
    assert "Everything adds up" in run("check").output
    for code in ("NGF-1", "B-NGF-1"):
        run("report", code, "--year", 2023, "--format", "json", "--out", tmp_path)
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_help_names_every_command(database: str) -> None:
    told = run("--help").output
    for name in ("setup", "import", "charge", "check", "report", "demo", "serve", "person"):
        assert name in told
        assert "--help" in run(name, "--help").output
    assert database

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.run import PARTS
from tests.benchmarks.table import HEAD

PROGRAM = Path(__file__).with_name("run.py")


def rows_of(told: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in told.splitlines() if line.startswith("|")]


def test_one_part_is_measured_by_itself_and_told_on_the_screen() -> None:
    measure = [sys.executable, str(PROGRAM), "--quick", "--only", "charging"]
    rows = rows_of(subprocess.run(measure, check=True, stdout=subprocess.PIPE, text=True).stdout)
    assert rows[2][0].startswith("Charging of")
    assert {row[-1] for row in rows[2:]} <= {"yes", "**no**"}


@pytest.mark.long
def test_a_run_measures_every_part_and_writes_its_table(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    subprocess.run([sys.executable, PROGRAM, "--quick", "--out", page], check=True)
    rows = rows_of(page.read_text("utf-8"))
    assert "Holds" in rows[0]
    for name in PARTS:
        assert any(name in row[0].lower() for row in rows), name
    judged = [row for row in rows[2:] if len(row) == len(HEAD)]
    assert {row[-1] for row in judged} <= {"yes", "**no**"}
    assert len(judged) > len(PARTS)

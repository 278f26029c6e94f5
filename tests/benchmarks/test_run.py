import subprocess
import sys
from pathlib import Path

from tests.benchmarks.run import PARTS
from tests.benchmarks.table import HEAD


def test_a_run_measures_every_part_and_writes_its_table(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    program = Path(__file__).with_name("run.py")
    subprocess.run([sys.executable, program, "--quick", "--out", page], check=True)
    told = page.read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in told.splitlines() if line.startswith("|")]
    assert "Holds" in rows[0]
    for name in PARTS:
        assert any(name in row[0].lower() for row in rows), name
    judged = [row for row in rows[2:] if len(row) == len(HEAD)]
    assert {row[-1] for row in judged} <= {"yes", "**no**"}
    assert len(judged) > len(PARTS)

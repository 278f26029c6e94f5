"""Knowledge flows one way; the contracts are in setup.cfg."""

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from tests.architecture.sources import ROOT


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    # By path and without a cache: two runs at once must not meet.
    command = "from importlinter.cli import lint_imports_command as run; run()"
    arguments = [sys.executable, "-c", command, "--config", "setup.cfg", "--no-cache"]
    return subprocess.run(
        arguments, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."}
    )


def test_no_import_goes_against_the_flow() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_an_import_against_the_flow_would_be_found(tmp_path: Path) -> None:
    layers = "cli", "jobs", "web", "extensions", "actions", "readers", "store", "domain"
    for name in (*(f"tracker/{layer}" for layer in layers), "reports", "tracker"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "tracker/domain/__init__.py").write_text("import tracker.store")
    contracts = ConfigParser()
    contracts.read(ROOT / "setup.cfg")
    for section in contracts.sections():
        if section not in {"importlinter", "importlinter:contract:one-way"}:
            contracts.remove_section(section)
    with (tmp_path / "setup.cfg").open("w") as file:
        contracts.write(file)

    outcome = lint_imports(tmp_path)

    assert outcome.returncode == 1
    assert "tracker.domain is not allowed to import tracker.store" in outcome.stdout

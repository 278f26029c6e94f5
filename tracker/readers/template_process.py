"""Reading a funder's workbook in a process of its own, so that what a file does to it ends there.

``python -m tracker.readers.template_process NAME`` reads a workbook from its standard input and
says what is in it as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tracker.domain.errors import FileRefused, Finding, RuleViolation
from tracker.domain.funder_workbooks import Template, TemplateCell, TemplateSheet
from tracker.readers.limits import limit

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 512  # MiB of addresses
CPU_SECONDS = 20
WALL_SECONDS = 40


def template_in(content: bytes, name: str) -> Template:
    """Read what figures can be pointed at in a workbook.

    Errors: ``RuleViolation`` on field ``document`` for what cannot be used as a template.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tracker.readers.template_process", name],
            input=content,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            timeout=WALL_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise RuleViolation(
            "{file} could not be read within the limits of memory and time.",
            "Take out what the form does not need, and save it anew.",
            field="document",
            file=name,
        ) from error
    said = json.loads(done.stdout)
    if "refused" in said:
        message, remedy, facts = said["refused"]
        raise RuleViolation(message, remedy, field="document", **facts)
    return _template(said)


def _template(said: dict[str, Any]) -> Template:
    return Template(
        tuple(
            TemplateSheet(
                name,
                is_hidden,
                {place: TemplateCell(*cell) for place, cell in cells.items()},
                tuple(merged),
            )
            for name, is_hidden, cells, merged in said["sheets"]
        ),
        {name: (sheet, place) for name, (sheet, place) in said["names"].items()},
    )


def _plain(template: Template) -> dict[str, Any]:
    return {
        "sheets": [
            [sheet.name, sheet.is_hidden, dict(sheet.cells), sheet.merged]
            for sheet in template.sheets
        ],
        "names": dict(template.names),
    }


def _refusal(finding: Finding) -> dict[str, Any]:
    message, remedy = finding.message, finding.remedy
    facts = {**message.facts, **remedy.facts}
    return {"refused": [message.template, remedy.template, facts]}


def main(name: str) -> None:
    """Read a workbook within limits, and say what is in it."""
    limit(MEMORY, CPU_SECONDS)
    from tracker.readers.funder_workbooks import read_template

    with tempfile.NamedTemporaryFile(prefix="template-") as file:
        file.write(sys.stdin.buffer.read())
        file.flush()
        try:
            said = _plain(read_template(Path(file.name), name))
        except FileRefused as refused:
            said = _refusal(refused.findings[0])
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1])

"""Reading hostile files in processes of their own, which may die of them."""

from __future__ import annotations

import os
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tests.readers import bombs, hostile
from tracker.domain.errors import FileRefused
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.mappings import Mapping
from tracker.domain.table_columns import TableKind
from tracker.readers import camt, cost_tables, in_kind, kinds, xaf
from tracker.readers.headings import suggest
from tracker.readers.limits import limit
from tracker.readers.tables import open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection

Case: TypeAlias = tuple[str, int | str]  # a kind, and a seed or the name of a bomb

MEMORY_MB = 768
CPU_SECONDS = 3_600
PATIENCE = 120
NAMES = {"xaf32": "books.xaf", "xaf40": "books.xaf", "xaf": "books.xaf", "camt": "bank.xml"}


@dataclass(frozen=True)
class Outcome:
    """What became of one file: ``said`` is what the refusal says, or how a reader failed."""

    case: Case
    ended: str
    said: str = ""
    seconds: float = 0
    megabytes: float = 0


def read_ledger(path: Path) -> None:
    for _transaction in xaf.read(path, path.name).transactions():
        pass


def read_statements(path: Path) -> None:
    camt.read(path, path.name)


def read_table(path: Path) -> None:
    """Read every table in a file as it stands, and as costs where its headings suggest them."""
    for table in open_table(path, path.name).tables:
        for _row in table.rows():
            pass
        suggested = suggest(table.headings, TableKind.COSTS)
        mapping = Mapping(
            TableKind.COSTS,
            suggested.places,
            table.headings,
            table.heading_row,
            table.sheet,
            project="P1",
        )
        if not check_mapping(mapping):
            for _line in cost_tables.read(path, path.name, mapping).lines():
                pass


def read_list(path: Path) -> None:
    in_kind.read(path, path.name)


def read_kind(path: Path) -> None:
    kinds.kind_of(path, path.name)


def fail(_path: Path) -> None:
    raise ZeroDivisionError


def die(_path: Path) -> None:
    os.abort()


LOOKED_AT = {"xlsx", "csv"}  # what kind these are is told by opening them
READINGS: dict[str, tuple[Callable[[Path], None], ...]] = {
    "xaf": (read_ledger,),
    "xaf32": (read_ledger,),
    "xaf40": (read_ledger,),
    "camt": (read_statements,),
    "xlsx": (read_table,),
    "csv": (read_table, read_list),
    "failing": (fail,),
    "dying": (die,),
}


def attempt(kind: str, path: Path) -> tuple[str, str, float]:
    """Read a file in every way that its kind can be; tell how that ended, and the longest time."""
    said = {}
    longest = 0.0
    for reading in (read_kind, *READINGS[kind]):
        begin = time.process_time()
        try:
            reading(path)
        except FileRefused as refusal:
            sentences = [str(finding) for finding in refusal.findings]
            if not all(finding.message.template for finding in refusal.findings) or not sentences:
                return "crashed", f"{reading.__name__} says nothing: {sentences}", longest
            said[reading] = f"{reading.__name__}: {sentences[0][:200]}"
            if reading is read_kind and kind in LOOKED_AT:
                break
        except Exception:  # noqa: BLE001 - whatever else is raised is what is looked for
            return "crashed", f"{reading.__name__}: {traceback.format_exc()[-1500:]}", longest
        longest = max(longest, time.process_time() - begin)
    is_refused = read_kind in said or all(reading in said for reading in READINGS[kind])
    return ("refused" if is_refused else "read"), "\n".join(said.values()), longest


def content_of(case: Case) -> bytes:
    kind, which = case
    if which == "sound":
        return hostile.sound(kind)
    if kind in ("failing", "dying"):
        return b"nothing"
    return hostile.mutant(kind, which) if isinstance(which, int) else bombs.BOMBS[kind, which]()


def serve(pipe: Connection) -> None:
    """Read the files that are asked for, one after the other, until there are none."""
    limit(MEMORY_MB, CPU_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        while case := pipe.recv():
            kind = case[0]
            path = Path(folder, NAMES.get(kind, f"file.{kind}"))
            path.write_bytes(content_of(case))
            Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
            before = kilobytes("VmRSS")
            ended, said, seconds = attempt(kind, path)
            pipe.send(Outcome(case, ended, said, seconds, (kilobytes("VmHWM") - before) / 1024))


def kilobytes(what: str) -> int:
    """Give what this process uses of memory now, or has used at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{what}:")[1].split()[0])


class Reading:
    """A process that reads files."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._is_well = True

    def tried(self, case: Case) -> Outcome:
        """Have a file read, and wait for what becomes of it."""
        self._pipe.send(case)
        try:
            if not self._pipe.poll(PATIENCE):
                self._is_well = False
                return Outcome(case, "hung", f"after {PATIENCE} s")
            outcome: Outcome = self._pipe.recv()
        except EOFError:
            self._process.join()
            return Outcome(case, "died", f"exit code {self._process.exitcode}")
        return outcome

    def end(self) -> None:
        """Let the process end by itself, or end it."""
        with suppress(OSError):
            self._pipe.send(None)
        self._process.join(PATIENCE if self._is_well else 0)
        self._process.kill()
        self._process.join()
        self._pipe.close()


def tried(cases: Iterable[Case]) -> list[Outcome]:
    """Read many files in one process; a process that dies is replaced."""
    outcomes: list[Outcome] = []
    reading = Reading()
    for case in cases:
        outcomes.append(reading.tried(case))
        if outcomes[-1].ended in ("hung", "died"):
            reading.end()
            reading = Reading()
    reading.end()
    return outcomes

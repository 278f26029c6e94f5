"""Tables on their way in: whose they are, how they are read, and what is shown of them first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker.domain.errors import FileRefused, Finding, Sentence
from tracker.domain.intakes import SAMPLE_ROWS, SheetSample, TableLook
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.mappings import Mapping
from tracker.readers.headings import OWN, Sureness, suggest
from tracker.readers.table_cells import written
from tracker.readers.tables import open_table
from tracker.store import mappings
from tracker.store.projects import the_project

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.readers.tables import Table, TableFile

CELL_MAX = 120  # letters of a cell that are shown
COLUMNS_MAX = 200
NAME_MAX = 60
UNNAMED = "Export"


@dataclass(frozen=True, slots=True)
class Source:
    """Whose table it is, and where its columns stand; the name is that of its books."""

    name: str
    mapping: Mapping

    @classmethod
    def called(cls, given: str, mapping: Mapping) -> Source:
        """Give a source the name that somebody chose, or else that of the software."""
        name = " ".join(given.split())[:NAME_MAX]
        return cls(name or suggest(mapping.headings, mapping.kind).source or UNNAMED, mapping)

    @classmethod
    def of(cls, session: Session, mapping: Mapping) -> Source:
        """Give the source whose tables have these headings."""
        known = mappings.profile_for(session, the_project(session).id, mapping.fingerprint)
        return cls(known.name, mapping) if known else cls.called("", mapping)


class TablesIn:
    """The tables in a file that is on its way."""

    def __init__(self, session: Session, path: Path, name: str) -> None:
        self._session = session
        self._path = path
        self._name = name

    def look(self, encoding: str = "") -> TableLook:
        """Show the first rows of every table.

        Errors: ``FileRefused``.
        """
        file = open_table(self._path, self._name, encoding=encoding)
        samples = [
            SheetSample(table.sheet, table.heading_row, _first_rows(table)) for table in file.tables
        ]
        return TableLook(tuple(samples), file.encodings, file.delimiter, file.warnings)

    def source(self) -> Source | None:
        """Give the source of the file if somebody said before how its tables are read.

        Shape:  our own template needs no such word.
        Errors: ``FileRefused``.
        """
        project = the_project(self._session)
        file = open_table(self._path, self._name)
        for table in file.tables:
            if profile := mappings.profile_for(self._session, project.id, table.fingerprint):
                return Source(profile.name, _fitted(profile.mapping, table, file))
        for table in file.tables:
            if mapping := _own_template(table):
                return Source(OWN, mapping)
        return None

    def source_known(self, profile: str = "") -> Source:
        """Give the source of a file that nobody looks at before it is kept.

        Errors: ``NotFoundError`` for a profile that is not there; ``FileRefused`` where nobody
                said how the file is read.
        """
        if profile:
            project = the_project(self._session)
            known = mappings.profile_named(self._session, project.id, profile)
            file = open_table(self._path, self._name, encoding=known.mapping.encoding)
            return Source(known.name, _fitted(known.mapping, file.tables[0], file))
        if found := self.source():
            return found
        message = Sentence("Nobody has said yet what the columns of this table are.")
        remedy = Sentence("Import it in the browser once; its columns are remembered.")
        raise FileRefused(self._name, [Finding("", message, remedy)])


def _first_rows(table: Table) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Give the first rows as they are written, the headings and what is above them too."""
    return tuple(
        (row.number, tuple(written(cell)[:CELL_MAX] for cell in row.cells[:COLUMNS_MAX]))
        for row in table.first_rows(SAMPLE_ROWS)
    )


def _own_template(table: Table) -> Mapping | None:
    """Give the mapping of a template of ours that somebody filled in; nothing for other tables."""
    suggestion = suggest(table.headings)
    is_ours = suggestion.source == OWN and all(
        column.sureness is Sureness.SURE for column in suggestion.columns
    )
    if not is_ours or len(suggestion.columns) != len(list(filter(None, table.headings))):
        return None
    mapping = Mapping(
        suggestion.kind, suggestion.places, table.headings, table.heading_row, table.sheet
    )
    return None if check_mapping(mapping) else mapping


def _fitted(mapping: Mapping, table: Table, file: TableFile) -> Mapping:
    fitted = mapping.fitted_to(table.headings, table.heading_row, table.sheet, file.delimiter)
    return replace(fitted, encoding=file.encodings[0] if file.encodings else "")

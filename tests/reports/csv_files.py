"""What is in the csv files of a report, read without anything of the tracker's."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATORS = {"nl": ";", "en": ","}


class CsvTable(NamedTuple):
    """A csv file: its headings, its rows and, where it has them, its totals as the last row."""

    head: list[str]
    rows: list[list[str]]


def csv_tables(archive: bytes, language: str) -> dict[str, CsvTable]:
    """Read the files of an archive, by the key of their section."""
    tables = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        for name in read.namelist():
            if name.endswith(".csv"):
                text = io.StringIO(read.read(name).decode("utf-8-sig"), newline="")
                head, *rows = csv.reader(text, delimiter=SEPARATORS[language])
                tables[name.removesuffix(".csv").partition("_")[2]] = CsvTable(head, rows)
    return tables


def plain_number(text: str, language: str) -> str:
    """Write a number of a csv file with a decimal point."""
    return text.replace(",", ".") if language == "nl" else text


def texts_in(row: Sequence[str]) -> list[str]:
    """The fields of a row without the apostrophes that keep them texts."""
    return [field.removeprefix("'") for field in row]

"""The cover of a workbook: what the report is, what must be said of it, where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.model import Kind
from reports.sheets import FIRST_ROW, cell, row, style_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.model import Report


def cover_of(report: Report, styles: Mapping[str, int]) -> tuple[str, list[str]]:
    """Write the rows of the cover, and give the area that they fill."""

    def told(place: str, name: str, text: str) -> str:
        return cell(place, style_of(styles, name, text), text)

    rows = [
        row(1, [told("A1", "cover", report.title)]),
        row(2, [told("A2", "subtitle", report.subtitle)]),
    ]
    if report.note:
        blank = cell("B3", styles["warning"], None)
        rows.append(row(3, [told("A3", "warning", report.note), blank]))
    for at, (name, value) in enumerate(report.about, FIRST_ROW):
        kind = next(kind for kind in Kind if isinstance(value, kind.value))
        style = style_of(styles, "fact DATE" if kind is Kind.DATE else "fact", value)
        rows.append(row(at, [told(f"A{at}", "name", name), cell(f"B{at}", style, value)]))
    return f"A1:B{FIRST_ROW + len(report.about) - 1}", rows

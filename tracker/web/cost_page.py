"""The page of one cost line: what it says, how it was split, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from tracker.extensions import db
from tracker.web.splits import splits_of

if TYPE_CHECKING:
    from tracker.domain.costs import CostLine
    from tracker.web.forms.allocations import ByHandForm


def cost_page(line: CostLine, form: ByHandForm) -> str:
    """Show one cost line, with the form by which what is left of it can be charged."""
    splits = splits_of(db.session(), line)
    return render_template("costs/show.html", line=line, splits=splits, form=form)

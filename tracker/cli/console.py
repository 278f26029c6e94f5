"""What the command line prints: outcomes, refusals, and how far a long file has come."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

import click

from tracker.domain.money import Money

if TYPE_CHECKING:
    from tracker.actions.reminders import Outcome
    from tracker.actions.report_mails import Outcome as Told
    from tracker.domain.errors import FileRefused, Sentence
    from tracker.domain.imports import ImportOutcome
    from tracker.domain.intakes import Preview


def say_sign_ins() -> None:
    """Name the sample's sign-ins."""
    from tracker.actions import sample

    click.echo(f"Sample sign-ins, all with the password “{sample.PASSWORD}”:")
    for sign_in in sample.SIGN_INS:
        click.echo(f"  {sign_in.email:<28}{sign_in.role.value.replace('_', ' ')}")


def say_brought_in(name: str, outcome: ImportOutcome | Preview | FileRefused) -> bool:
    """Tell what became of a file, or what would; and whether it was not refused."""
    from tracker.domain.errors import FileRefused
    from tracker.domain.intakes import Preview

    if isinstance(outcome, FileRefused):
        say_refused(outcome)
        return False
    if isinstance(outcome, Preview):
        say_preview(name, outcome)
    else:
        say_imported(outcome)
    return True


def say_preview(name: str, preview: Preview) -> None:
    """Tell what importing a file would do."""
    click.echo(
        f"{name}: would bring in {preview.new:,} new lines; {preview.changed:,} changed,"
        f" {preview.same:,} the same, {preview.suspicious:,} suspicious."
    )
    for what, figure in preview.totals:
        say_figure(what, figure)
    for control in preview.controls:
        if not control.holds:
            click.echo(f"    {control.name}: {control.stated} stated, {control.found} found")
    for change in preview.changes:
        click.echo(f"    Changed: {change.key}: {change.before} becomes {change.now or 0}")
    for suspicion in preview.suspicions:
        click.echo(
            f"    Suspicious: {suspicion.key} ({suspicion.amount}) is like {suspicion.other_key}"
        )
    for warning in preview.warnings:
        click.echo(f"    Warning: {warning}")


def say_figure(what: Sentence, figure: int | Money) -> None:
    """Write a figure behind its name."""
    shown = euros(figure) if isinstance(figure, Money) else f"{figure:>20,}"
    click.echo(f"    {what!s:<40}{shown}")


def say_imported(outcome: ImportOutcome) -> None:
    """Tell what an import did."""
    if outcome.already_imported:
        click.echo(
            f"{outcome.file_name}: the same as before ({outcome.same:,} lines); nothing new."
        )
    else:
        click.echo(f"{outcome.file_name}: {outcome.new:,} new, {outcome.same:,} the same.")
        for what, figure in outcome.totals:
            say_figure(what, figure)
    for warning in outcome.warnings:
        click.echo(f"    Warning: {warning}")


def say_refused(refusal: FileRefused) -> None:
    """Tell why a file was refused, finding by finding."""
    click.echo(f"{refusal.message}", err=True)
    for finding in refusal.findings:
        click.echo(f"    {finding}", err=True)


def say_reminded(outcome: Outcome) -> None:
    """Tell what became of somebody's digest."""
    whose, count = outcome.digest.person.email, len(outcome.digest.lines)
    if outcome.why is None:
        click.echo(f"{whose}: told of {count:,}.")
    else:
        click.echo(f"{whose}: {outcome.why}", err=True)


def say_told(outcome: Told) -> None:
    """Tell what became of the mail to a funder about its reports."""
    whose = outcome.person.email
    if outcome.why is None:
        click.echo(f"{whose}: told of {outcome.count:,} reports.")
    else:
        click.echo(f"{whose}: {outcome.why}", err=True)


def euros(amount: Money) -> str:
    """Write an amount for a column of amounts."""
    return f"{amount!s:>20}"


class Progress:
    """A progress bar per file, on the terminal only."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, name: str, done: int, whole: int) -> None:
        """Draw how far a file has come."""
        if not self._shown or not whole:
            return
        full = min(30, 30 * done // whole)
        text = f"{name}  [{'#' * full}{'-' * (30 - full)}]  {done:,} of {whole:,} lines"
        click.echo("\r" + text.ljust(self._length), nl=False, err=True)
        self._length = len(text)

    def clear(self) -> None:
        """Wipe the bar, so that what follows starts on a clean line."""
        if self._length:
            click.echo("\r" + " " * self._length + "\r", nl=False, err=True)
            self._length = 0

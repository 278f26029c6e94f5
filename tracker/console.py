"""What the command line prints: outcomes, refusals, and how far a long file has come."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

import click

from tracker.domain.money import Money

if TYPE_CHECKING:
    from tracker.domain.errors import FileRefused
    from tracker.domain.imports import ImportOutcome


def say_sign_ins() -> None:
    """Name the sample's sign-ins."""
    from tracker.actions import sample

    click.echo(f"Sample sign-ins, all with the password “{sample.PASSWORD}”:")
    for sign_in in sample.SIGN_INS:
        click.echo(f"  {sign_in.email:<28}{sign_in.role.value.replace('_', ' ')}")


def say_imported(outcome: ImportOutcome) -> None:
    """Tell what an import did."""
    if outcome.already_imported:
        click.echo(
            f"{outcome.file_name}: the same as before ({outcome.same:,} lines); nothing new."
        )
    else:
        click.echo(f"{outcome.file_name}: {outcome.new:,} new, {outcome.same:,} the same.")
        for what, figure in outcome.totals:
            shown = euros(figure) if isinstance(figure, Money) else f"{figure:>20,}"
            click.echo(f"    {what!s:<40}{shown}")
    for warning in outcome.warnings:
        click.echo(f"    Warning: {warning}")


def say_refused(refusal: FileRefused) -> None:
    """Tell why a file was refused, finding by finding."""
    click.echo(f"{refusal.message}", err=True)
    for finding in refusal.findings:
        click.echo(f"    {finding}", err=True)


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

"""Explaining charges and what is left: shares of costs, told apart in the ways that matter."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.allocations import ChargeKind
from tracker.domain.errors import Code, Sentence
from tracker.domain.explanations import NOBODY, Explanation, Part, Table
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracker.domain.explanations import Asked, Lines, Name


class Share(NamedTuple):
    """What many charges, or what is left of many shares, come to, of one kind each."""

    commitment: str
    category: str
    year: int
    told: str  # by what it was charged, or why it is left
    is_late: bool
    number: int
    cents: int


def charged(asked: Asked, amount: Money, found: Iterable[Share], lines: Lines) -> Explanation:
    """Explain what was charged: by whom it is paid, when, for what, and by what deed."""
    shares = list(found)
    by_deed: dict[str, int] = defaultdict(int)
    for share in shares:
        by_deed[_DEEDS[ChargeKind(share.told)]] += share.cents
    says = (
        _counted(shares, lines),
        Sentence(
            "By the split rules {rules}, by hand {by_hand}, by corrections {corrections}, and"
            " {taken_back} was taken back.",
            {
                "rules": Money(by_deed["rules"]),
                "by_hand": Money(by_deed["by_hand"]),
                "corrections": Money(by_deed["corrections"]),
                "taken_back": Money(-by_deed["taken_back"]),
            },
        ),
    )
    tables = [
        _told(Sentence("By category"), shares, "category", asked),
        _told(Sentence("By commitment"), shares, "commitment", asked),
        _told(Sentence("By the year in which it counts"), shares, "year", asked),
        Table(
            Sentence("By what it was charged"), _parts(shares, lambda s: Code(f"charge_{s.told}"))
        ),
    ]
    return Explanation(asked, amount, says, tuple(t for t in tables if t), lines)


def _counted(shares: list[Share], lines: Lines) -> Sentence:
    """Say how many charges there are, and which of them count later than they were incurred."""
    counts = {"charges": sum(share.number for share in shares), "lines": lines.count}
    if late := sum(share.number for share in shares if share.is_late):
        return Sentence(
            "Charges: {charges}, on cost lines: {lines}. Adjustments among them: {late}; these"
            " count later than their cost was incurred, because its period was closed.",
            counts | {"late": late},
        )
    return Sentence("Charges: {charges}, on cost lines: {lines}.", counts)


def left(asked: Asked, amount: Money, found: Iterable[Share], lines: Lines) -> Explanation:
    """Explain what nobody pays: of whose share it is, why, and for what."""
    shares = list(found)
    says = (
        Sentence(
            "Shares of cost lines that nobody pays: what was left, less what somebody charged"
            " since. Cost lines: {lines}.",
            {"lines": lines.count},
        ),
    )
    tables = [
        _told(Sentence("By reason"), shares, "told", asked),
        _told(Sentence("By commitment"), shares, "commitment", asked),
        _told(Sentence("By category"), shares, "category", asked),
        _told(Sentence("By the year in which it counts"), shares, "year", asked),
    ]
    return Explanation(asked, amount, says, tuple(t for t in tables if t), lines)


def _deed(share: Share) -> Name:
    return Code(f"charge_{share.told}")


def _told(title: Sentence, shares: list[Share], by: str, asked: Asked) -> Table | None:
    """Tell shares apart by one thing, unless that is what was asked for."""
    wish = "reason" if by == "told" else by
    if getattr(asked, wish):
        return None

    def name(share: Share) -> Name:
        value = getattr(share, by)
        if by == "commitment":
            return value or Sentence("No commitment")
        return int(value) if by == "year" else Code(value)

    def narrower(share: Share) -> Asked:
        value = getattr(share, by)
        return asked.but(**{wish: value if value or by != "commitment" else NOBODY})

    return Table(title, _parts(shares, name, narrower))


def _parts(
    shares: list[Share],
    name: Callable[[Share], Name],
    narrower: Callable[[Share], Asked] | None = None,
) -> tuple[Part, ...]:
    kinds: dict[Name, list[Share]] = {}
    for share in shares:
        kinds.setdefault(str(name(share)), []).append(share)
    return tuple(
        Part(
            name(of[0]),
            Money(sum(share.cents for share in of)),
            sum(share.number for share in of),
            narrower(of[0]) if narrower else None,
        )
        for of in kinds.values()
        if any(share.cents for share in of)
    )


_DEEDS: Final = {
    ChargeKind.RULES: "rules",
    ChargeKind.AGAIN: "rules",
    ChargeKind.BY_HAND: "by_hand",
    ChargeKind.IN_BULK: "by_hand",
    ChargeKind.TAKEN_BACK: "taken_back",
    ChargeKind.CORRECTION: "corrections",
}

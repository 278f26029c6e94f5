"""The rules on the mix of money: what the law and each programme ask, held against the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.commitments import Form
from tracker.domain.errors import RuleViolation, Sentence
from tracker.domain.financing import Side
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import mark as _
from tracker.domain.waivers import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

    from tracker.domain.financing import FinancingFacts, FinancingTerms, Source
    from tracker.domain.waivers import Waiver

STATE_AID_LAW = "Regulation (EU) 651/2014, art. 8"


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule on the mix of money, held against what is committed.

    Shape:  ``what`` names the rule, or the part of it; ``programme`` whose it is, empty where
            it is the law's. ``is_minimum`` turns it round: found is at least the limit.
    Units:  ``later`` is what conditional and pledged money would add to found; ``not_in_it`` is
            committed public money whose programme names no category of aid.
    """

    what: str
    rule: Rule
    programme: str
    source: str
    limit: Money
    found: Money
    later: Money
    share: Decimal | None
    is_minimum: bool
    stops: bool
    waiver: Waiver | None = None
    not_in_it: Money = ZERO

    @property
    def room(self) -> Money:
        """What is left until the rule is broken; below zero where it is."""
        return self.found - self.limit if self.is_minimum else self.limit - self.found

    @property
    def is_broken(self) -> bool:
        """Whether found is beyond the limit."""
        return self.room < ZERO

    @property
    def state(self) -> str:
        """Say in one word how it stands: ``ok``, ``broken`` or ``waived``."""
        if not self.is_broken:
            return "ok"
        return "waived" if self.waiver else "broken"

    @property
    def says(self) -> Sentence:
        """Say what is wrong, with the figures."""
        facts = {"found": self.found, "limit": self.limit, "difference": abs_of(self.room)}
        return Sentence(SAID[self.what], {**facts, "programme": self.programme})


def abs_of(amount: Money) -> Money:
    """The size of an amount, whatever its sign."""
    return -amount if amount < ZERO else amount


SAID = {
    "aid_intensity": _(
        "State aid comes to {found}, and {programme} allows {limit}: {difference} too much."
    ),
    "public_funding": _(
        "Public funding comes to {found}, more than the planned costs of {limit}:"
        " {difference} too much."
    ),
    "private_minimum": _(
        "Private partners contribute {found}, and {programme} asks for {limit}:"
        " {difference} is missing."
    ),
    "research_minimum": _(
        "Research organisations contribute {found}, and {programme} asks for {limit}:"
        " {difference} is missing."
    ),
    "cash_share_large": _(
        "Private partners contribute {found} in cash, and {programme} asks for {limit}:"
        " {difference} is missing."
    ),
}


def judged(facts: FinancingFacts) -> tuple[Judged, ...]:
    """Hold the plan against every rule that a programme, or the law, has for it.

    Shape:  nothing where the project has no plan: without costs there is no share of them. The
            law comes first, then the programmes in the order of the commitments.
    Source: domain rules 13 to 15; GBER art. 8; the terms of each programme.
    """
    if facts.planned is None:
        return ()
    found = [_public_funding(facts, facts.planned)] if _has_public(facts) else []
    programmes = {s.programme: s.terms for s in facts.sources}
    for programme, terms in programmes.items():
        found += _aid_intensity(facts, facts.planned, programme, terms)
        found += _minimums(facts, facts.planned, programme, terms)
    return tuple(found)


def broken_rules(facts: FinancingFacts) -> tuple[Judged, ...]:
    """List the rules that are broken, waived or not."""
    return tuple(rule for rule in judged(facts) if rule.is_broken)


def check_new_funding(before: FinancingFacts, after: FinancingFacts) -> tuple[Sentence, ...]:
    """Refuse a decision that breaks a rule, or breaks it further, where the programme says stop.

    Shape:  the warnings: what is broken and passes, as the programme only warns or as a waiver
            holds. A rule that was broken already, and no further now, is not held against it.
    Errors: ``RuleViolation`` on field ``amount``.
    """
    room = {(rule.what, rule.programme): rule.room for rule in judged(before)}
    warnings = []
    for rule in broken_rules(after):
        left = room.get((rule.what, rule.programme))
        if left is not None and rule.room >= left:
            continue
        if rule.stops and rule.waiver is None:
            raise RuleViolation(
                rule.says.template,
                WAYS_OUT[rule.is_minimum],
                field="amount",
                source=rule.source,
                **rule.says.facts,
            )
        warnings.append(rule.says)
    return tuple(warnings)


# What to do about a ceiling, and about a minimum.
WAYS_OUT = (
    _("Lower the amount, raise the plan of the project, or have the rule waived."),
    _("Have the missing contribution confirmed first, or have the rule waived."),
)


def _has_public(facts: FinancingFacts) -> bool:
    return any(source.side is Side.PUBLIC for source in facts.sources)


def _sums(facts: FinancingFacts, counts: Callable[[Source], bool]) -> tuple[Money, Money]:
    """Add up what is committed, and what may come later, of what counts."""
    counted = [source for source in facts.sources if counts(source)]
    later = Money.total(source.conditional + source.pledged for source in counted)
    return Money.total(source.committed for source in counted), later


def _waiver_of(facts: FinancingFacts, rule: Rule, codes: Iterable[str]) -> Waiver | None:
    """Find the waiver that lets a rule be broken: for the project, or for one of these."""
    fitting = {"", *codes}
    found = (w for w in facts.waivers if w.rule == rule and w.commitment in fitting)
    return next(found, None)


def _public_funding(facts: FinancingFacts, planned: Money) -> Judged:
    public = [source for source in facts.sources if source.side is Side.PUBLIC]
    found, later = _sums(facts, lambda source: source.side is Side.PUBLIC)
    return Judged(
        what=Rule.PUBLIC_FUNDING.value,
        rule=Rule.PUBLIC_FUNDING,
        programme="",
        source=STATE_AID_LAW,
        limit=planned,
        found=found,
        later=later,
        share=None,
        is_minimum=False,
        stops=any(Rule.PUBLIC_FUNDING in source.terms.stops for source in public),
        waiver=_waiver_of(facts, Rule.PUBLIC_FUNDING, (source.code for source in public)),
    )


def _aid_intensity(
    facts: FinancingFacts, planned: Money, programme: str, terms: FinancingTerms
) -> list[Judged]:
    """Hold all aid of a category against the ceiling of a programme that gives it.

    Centrally managed money of the Union is no State aid: its programmes name no category of aid.
    """
    if terms.aid_category is None or terms.aid_ceiling is None:
        return []

    def is_such_aid(source: Source) -> bool:
        is_aid = source.terms.aid_category == terms.aid_category
        return source.side is Side.PUBLIC and is_aid

    def is_unnamed(source: Source) -> bool:
        return source.side is Side.PUBLIC and source.terms.aid_category is None

    found, later = _sums(facts, is_such_aid)
    return [
        Judged(
            what=Rule.AID_INTENSITY.value,
            rule=Rule.AID_INTENSITY,
            programme=programme,
            source=terms.source("aid_ceiling"),
            limit=planned.share_down(terms.aid_ceiling),
            found=found,
            later=later,
            share=terms.aid_ceiling,
            is_minimum=False,
            stops=Rule.AID_INTENSITY in terms.stops,
            waiver=_waiver_of(
                facts, Rule.AID_INTENSITY, (s.code for s in facts.sources if is_such_aid(s))
            ),
            not_in_it=_sums(facts, is_unnamed)[0],
        )
    ]


def _minimums(
    facts: FinancingFacts, planned: Money, programme: str, terms: FinancingTerms
) -> list[Judged]:
    """Hold what others contribute against the least that a programme asks of them."""

    def is_private(source: Source) -> bool:
        return source.side is Side.PRIVATE

    def is_private_cash(source: Source) -> bool:
        return is_private(source) and source.form is Form.CASH

    def is_own(source: Source) -> bool:
        return source.side is Side.OWN

    cash = None
    if terms.private_minimum is not None and terms.cash_share is not None:
        cash = terms.private_minimum * terms.cash_share
    asked = (
        ("private_minimum", terms.private_minimum, is_private),
        ("cash_share_large", cash, is_private_cash),
        ("research_minimum", terms.research_minimum, is_own),
    )
    codes = [source.code for source in facts.sources if source.programme == programme]
    return [
        Judged(
            what=what,
            rule=Rule.PRIVATE_MINIMUM,
            programme=programme,
            source=terms.source(what),
            limit=planned.share_nearest(share),
            found=_sums(facts, counts)[0],
            later=_sums(facts, counts)[1],
            share=share,
            is_minimum=True,
            stops=Rule.PRIVATE_MINIMUM in terms.stops,
            waiver=_waiver_of(facts, Rule.PRIVATE_MINIMUM, codes),
        )
        for what, share, counts in asked
        if share is not None
    ]

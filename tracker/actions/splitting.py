"""Entering, changing, moving and ending the rules by which costs are shared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.errors import NotFoundError
from tracker.domain.splitting import GAP, check_rule, place_among
from tracker.store import audit, imports, projects, splitting
from tracker.store.commitments import commitments_of
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.splitting import SplitRule


def enter_rule(session: Session, wished: SplitRule, *, before: int = 0, by: Actor) -> int:
    """Enter a rule, and give its key.

    Shape:  ``before`` is the rule that it is to count before; 0 puts it after all others.
    Errors: ``RuleViolation`` at the field; ``NotFoundError`` for a rule that holds no more.
    """
    check_rule(wished)
    with transaction(session):
        deed = _Deed(session, by)
        rules = deed.rules()
        at = _place_of(rules, before) if before else len(rules)
        key = deed.put(wished, rules, at)
        deed.record(
            "enter split rule", key, {"split_rule": wished.name.strip(), **deed.told(wished)}
        )
    return key


def change_rule(session: Session, rule_id: int, wished: SplitRule, *, by: Actor) -> int:
    """Let a rule end, and another take its place; give the key of that.

    Shape:  the same key where nothing differs.
    Errors: ``StaleEditError`` for a rule that has been ended since; ``RuleViolation``.
    """
    check_rule(wished)
    with transaction(session):
        deed = _Deed(session, by)
        before = deed.rule(rule_id)
        wished = replace(wished, name=wished.name.strip())
        if wished.is_like(before):
            return rule_id
        splitting.end_rule(session, rule_id, deed.now, by.name)
        key = deed.add(replace(wished, position=before.position))
        was, now = deed.told(before), deed.told(wished)
        detail = {name: [was[name], now[name]] for name in now if was[name] != now[name]}
        if before.name != wished.name:
            detail["split_rule"] = [before.name, wished.name]
        for subject in (rule_id, key):
            deed.record("change split rule", subject, detail)
    return key


def move_rule(session: Session, rule_id: int, steps: int, *, by: Actor) -> int:
    """Let a rule count earlier (-1) or later (1), and give its new key.

    Errors: ``StaleEditError`` for a rule that has been ended since.
    """
    with transaction(session):
        deed = _Deed(session, by)
        rule, rules = deed.rule(rule_id), deed.rules()
        at = min(max(_place_of(rules, rule_id) + steps, 0), len(rules) - 1)
        if rules[at].id == rule_id:
            return rule_id
        splitting.end_rule(session, rule_id, deed.now, by.name)
        key = deed.put(rule, [each for each in rules if each.id != rule_id], at)
        detail = {"split_rule": rule.name, "place": [_place_of(rules, rule_id) + 1, at + 1]}
        for subject in (rule_id, key):
            deed.record("move split rule", subject, detail)
    return key


def end_rule(session: Session, rule_id: int, *, by: Actor) -> None:
    """Let a rule hold no more; what it charged stays.

    Errors: ``StaleEditError`` for a rule that has been ended since; ``NotFoundError``.
    """
    with transaction(session):
        deed = _Deed(session, by)
        rule = deed.rule(rule_id)
        splitting.end_rule(session, rule_id, deed.now, by.name)
        deed.record("end split rule", rule_id, {"split_rule": rule.name})


def _place_of(rules: Sequence[SplitRule], rule_id: int) -> int:
    for at, rule in enumerate(rules):
        if rule.id == rule_id:
            return at
    raise NotFoundError("That rule holds no more.")


class _Deed:
    """One deed to the rules of a project: no costs are charged while it lasts."""

    def __init__(self, session: Session, by: Actor) -> None:
        imports.lock(session)
        self.session, self.by, self.now = session, by, datetime.now(UTC)
        self.project = projects.the_project(session)

    def rules(self) -> tuple[SplitRule, ...]:
        """List the rules that hold, in their order."""
        return splitting.split_rules(self.session, self.project.id)

    def rule(self, rule_id: int) -> SplitRule:
        """Give a rule that holds still.

        Errors: ``StaleEditError`` that says who ended it; ``NotFoundError``.
        """
        row = self.session.get(splitting.SplitRuleRow, rule_id)
        if row is None:
            raise NotFoundError("There is no such rule.")
        if row.ended_at is not None:
            raise audit.stale_edit(self.session, f"rule/{rule_id}", row.version)
        return next(rule for rule in self.rules() if rule.id == rule_id)

    def add(self, rule: SplitRule) -> int:
        """Keep a rule at the place that it names."""
        named = replace(rule, name=rule.name.strip())
        return splitting.add_rule(self.session, self.project.id, named, self.now, self.by.name)

    def put(self, rule: SplitRule, others: Sequence[SplitRule], at: int) -> int:
        """Keep a rule among others; those after it move on where there is no room between."""
        position = place_among([other.position for other in others], at)
        if position is None:
            last = others[-1].position
            for step, other in enumerate(others[at:], start=2):
                splitting.end_rule(self.session, other.id, self.now, self.by.name)
                key = self.add(replace(other, position=last + GAP * step))
                for subject in (other.id, key):
                    self.record("make room for split rule", subject, {"split_rule": other.name})
            position = last + GAP
        return self.add(replace(rule, position=position))

    def told(self, rule: SplitRule) -> dict[str, str | bool]:
        """Tell what a rule says, by name, as the audit trail keeps it."""
        session, key = self.session, self.project.id
        packages = {i: code for code, i in projects.work_packages_of(session, key).items()}
        categories = {i: code for code, i in projects.categories_of(session, key).items()}
        codes = {c.id: c.code for c in commitments_of(session)}
        return {
            "shares": ", ".join(f"{codes[s.commitment_id]} {s.weight}" for s in rule.shares),
            "in_kind": rule.is_in_kind,
            "work_package": packages.get(rule.work_package_id or 0, ""),
            "category": categories.get(rule.category_id or 0, ""),
            "account": rule.account,
            "supplier": rule.supplier,
            "first_day": rule.first_day.isoformat() if rule.first_day else "",
            "last_day": rule.last_day.isoformat() if rule.last_day else "",
        }

    def record(self, did: str, rule_id: int, detail: Mapping[str, object]) -> None:
        """Record what was done to a rule."""
        subject = f"rule/{rule_id}"
        audit.record(self.session, by=self.by, did=did, subject=subject, detail=dict(detail))

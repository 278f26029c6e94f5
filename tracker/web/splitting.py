"""Split rules: in which order they count, what each takes, and entering, changing, ending them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import splitting as deeds
from tracker.domain.errors import NotFoundError
from tracker.domain.money import ZERO, Money
from tracker.domain.policy import Permission
from tracker.domain.splitting import hidden_by, out_of_time
from tracker.extensions import db
from tracker.store import splitting
from tracker.store.commitments import commitments_of, terms_of
from tracker.store.projects import account_names, categories_of, the_project, work_packages_of
from tracker.web.auth import current_actor
from tracker.web.forms.splitting import rule_form
from tracker.web.language import label, say, translate
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from tracker.domain.allocations import Terms
    from tracker.domain.splitting import SplitRule
    from tracker.web.forms.splitting import RuleForm

bp = Blueprint("splitting", __name__, url_prefix="/split-rules")


@dataclass(frozen=True, slots=True)
class Told:
    """A rule as it is told: the costs that it is for, who shares them, and what is odd about it."""

    rule: SplitRule
    costs: str
    shares: tuple[str, ...]
    waiting: tuple[int, Money]
    oddities: tuple[str, ...]


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the rules that hold, in the order in which they count, and those that held before."""
    session = db.session()
    project = the_project(session)
    rules = splitting.split_rules(session, project.id)
    waiting = splitting.waiting_by_rule(session, project.id, rules)
    names = _Names(session, project.id)
    ended = splitting.ended_rules(session, project.id)
    return render_template(
        "splitting/list.html",
        rules=_told(session, rules, waiting, names),
        unruled=waiting.get(splitting.NO_RULE, (0, ZERO)),
        ended=[(each, names.costs(each.rule), names.shares(each.rule)) for each in ended],
    )


@bp.route("/new", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
def enter() -> ResponseReturnValue:
    """Enter a rule."""
    session, by = db.session(), current_actor()
    project = the_project(session)
    form = rule_form(session, project, splitting.split_rules(session, project.id))
    if form.attempt(
        lambda: deeds.enter_rule(
            session, form.to_domain(), before=int(form.before.data or 0), by=by
        )
    ):
        flash(say("The rule {name} holds from now on.", name=str(form.name.data).strip()))
        return redirect(url_for(".show_list"))
    return _page(form, None)


@bp.route("/<key:rule_id>/change", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
def change(rule_id: int) -> ResponseReturnValue:
    """Let a rule end, and another take its place."""
    session, by = db.session(), current_actor()
    project = the_project(session)
    rules = splitting.split_rules(session, project.id)
    rule = _rule(session, rule_id)
    form = rule_form(session, project, rules)
    if not form.is_submitted():
        form.fill_in(rule)
    wished = form.to_domain(rule.shares)
    if form.attempt(lambda: deeds.change_rule(session, rule_id, wished, by=by)):
        return redirect(url_for(".show_list"))
    return _page(form, rule)


@bp.post("/<key:rule_id>/earlier")
@permission(Permission.BRING_IN_BOOKS)
def move_up(rule_id: int) -> ResponseReturnValue:
    """Let a rule count one place earlier."""
    deeds.move_rule(db.session(), rule_id, -1, by=current_actor())
    return redirect(url_for(".show_list"))


@bp.post("/<key:rule_id>/later")
@permission(Permission.BRING_IN_BOOKS)
def move_down(rule_id: int) -> ResponseReturnValue:
    """Let a rule count one place later."""
    deeds.move_rule(db.session(), rule_id, 1, by=current_actor())
    return redirect(url_for(".show_list"))


@bp.post("/<key:rule_id>/end")
@permission(Permission.BRING_IN_BOOKS)
def end(rule_id: int) -> ResponseReturnValue:
    """Let a rule hold no more."""
    deeds.end_rule(db.session(), rule_id, by=current_actor())
    flash(translate("The rule holds no more. What it charged stays charged."))
    return redirect(url_for(".show_list"))


class _Names:
    """The names by which rules are told."""

    def __init__(self, session: Session, project_id: int) -> None:
        packages = work_packages_of(session, project_id)
        categories = categories_of(session, project_id)
        self.packages = {key: code for code, key in packages.items()}
        self.categories = {key: code for code, key in categories.items()}
        self.codes = {c.id: c.code for c in commitments_of(session)}

    def costs(self, rule: SplitRule) -> str:
        """Say the costs that a rule is for."""
        parts = [translate("Hours in kind") if rule.is_in_kind else translate("Costs")]
        if rule.work_package_id is not None:
            parts.append(say("of {package}", package=self.packages[rule.work_package_id]))
        if rule.category_id is not None:
            name = label(self.categories[rule.category_id])
            parts.append(say("in category {category}", category=name))
        if rule.account:
            parts.append(say("on account {account}", account=rule.account))
        if rule.supplier:
            parts.append(say("of supplier {supplier}", supplier=rule.supplier))
        if rule.first_day is not None:
            parts.append(say("from {day}", day=rule.first_day))
        if rule.last_day is not None:
            parts.append(say("until {day}", day=rule.last_day))
        return " ".join(parts)

    def shares(self, rule: SplitRule) -> tuple[str, ...]:
        """Say who shares the costs of a rule, each with its weight."""
        return tuple(f"{self.codes[s.commitment_id]} {s.weight}" for s in rule.shares)


def _told(
    session: Session,
    rules: tuple[SplitRule, ...],
    waiting: Mapping[int, tuple[int, Money]],
    names: _Names,
) -> list[Told]:
    hidden = hidden_by(rules)
    terms = terms_of(session, the_project(session).id)
    return [
        Told(
            rule,
            names.costs(rule),
            names.shares(rule),
            waiting.get(rule.id, (0, ZERO)),
            _oddities(rule, hidden.get(rule.id), terms, names),
        )
        for rule in rules
    ]


def _oddities(
    rule: SplitRule, earlier: SplitRule | None, terms: Mapping[int, Terms], names: _Names
) -> tuple[str, ...]:
    found = []
    if earlier is not None:
        found.append(say("It never fits: {rule} takes all of its costs first.", rule=earlier.name))
    found += [
        say(
            "{code} pays from {first} to {last}, and the rule holds on none of those days.",
            code=names.codes[key],
            first=terms[key].period.first_day,
            last=terms[key].period.last_day,
        )
        for key in out_of_time(rule, terms)
    ]
    return tuple(found)


def _rule(session: Session, rule_id: int) -> SplitRule:
    rule = splitting.rule_numbered(session, rule_id)
    if rule is None:
        raise NotFoundError("There is no such rule.")
    return rule


def _page(form: RuleForm, rule: SplitRule | None) -> ResponseReturnValue:
    session = db.session()
    page = render_template(
        "splitting/edit.html",
        form=form,
        rule=rule,
        accounts=account_names(session, the_project(session).id),
    )
    return page, 422 if request.method == "POST" else 200

"""A programme as the finance office hands it over: a JSON file, read strictly.

Every code that is referred to must be in the file, and nothing may be in it twice. A finding
names its place as ``commitments[2].amounts[0].on``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.amendments import Amendment
from tracker.domain.commitments import Form, Status
from tracker.domain.costs import INELIGIBLE
from tracker.domain.funders import NewFunder
from tracker.domain.iban import has_check_digits, is_iban, plain_iban
from tracker.domain.instalments import Instalment
from tracker.domain.milestones import Move
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.programmes import (
    Case,
    NewAccount,
    NewCommitment,
    NewMilestone,
    NewShare,
)
from tracker.readers.findings import Findings
from tracker.readers.json_nodes import LEAVE_ONE_OUT, NO_DAY, TWICE, Node, check_once, document
from tracker.readers.markup import check_size

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

MEGABYTES_MAX = 10
CENTS_MAX = 10**15
WEIGHT_MAX = 1_000_000
LANGUAGES = ("en", "nl")


def read(path: Path, name: str) -> Case:
    """Read a programme.

    Errors: ``FileRefused`` with all findings.
    """
    check_size(path, name, MEGABYTES_MAX)
    findings, warnings = Findings(name), Findings(name)
    case = _case(document(path.read_bytes(), name, findings), warnings)
    findings.check()
    return case


def _case(root: Node, warnings: Findings) -> Case:
    part = root.fields(
        *("project", "note", "categories", "accounts", "work_packages", "funders", "in_kind"),
        *("split_rules", "commitments", "budget", "milestones"),
    )
    project = part["project"].fields("code", "name", "currency", "first_day", "last_day")
    if project["currency"].text() not in {"EUR", ""}:
        project["currency"].wrong("Amounts in “{value}” are not kept.", "Write EUR.")
    categories = _codes(part["categories"])
    work_packages = {code: node.text() for code, node in part["work_packages"].entries().items()}
    for name, key in (("funders", "name"), ("commitments", "id"), ("milestones", "code")):
        check_once(part[name].items(), key)
    funders = tuple(_funder(node) for node in part["funders"].items())
    names = [funder.name for funder in funders]
    commitments = tuple(
        _commitment(node, names, categories, warnings) for node in part["commitments"].items()
    )
    return Case(
        project=project["code"].text(),
        name=project["name"].text(),
        note=part["note"].text(may_be_blank=True),
        currency="EUR",
        period=_period(project),
        categories=categories,
        accounts=_accounts(part["accounts"], categories),
        work_packages=work_packages,
        funders=funders,
        commitments=commitments,
        split_rules={
            code: _rule(code, node, work_packages, commitments)
            for code, node in part["split_rules"].entries().items()
        },
        in_kind=_in_kind(part["in_kind"], commitments, categories),
        budgets=_budgets(part["budget"], commitments, categories),
        milestones=_milestones(part["milestones"], work_packages, commitments),
        warnings=warnings.listed(),
    )


def _codes(node: Node) -> tuple[str, ...]:
    items = node.items()
    codes = [item.text() for item in items]
    for index, item in enumerate(items):
        if codes[index] in codes[:index]:
            item.wrong(TWICE, LEAVE_ONE_OUT)
    return tuple(codes)


def _period(fields: dict[str, Node]) -> Period:
    first_day, last_day = fields["first_day"].day(), fields["last_day"].day()
    if last_day >= first_day:
        return Period(first_day, last_day)
    if last_day != NO_DAY:  # and so it was read
        fields["last_day"].wrong("“{value}” is before the first day.", "Correct one of the two.")
    return Period(first_day, first_day)


def _accounts(node: Node, categories: Collection[str]) -> tuple[NewAccount, ...]:
    accounts = []
    for code, account in node.entries().items():
        field = account.fields("name", "category")
        category = field["category"]
        known = category.known([*categories, INELIGIBLE]) if category.value is not None else None
        accounts.append(NewAccount(code, field["name"].text(), known))
    return tuple(accounts)


def _funder(node: Node) -> NewFunder:
    field = node.fields("name", "kind", "report_language")
    return NewFunder(
        field["name"].text(), field["kind"].text(), field["report_language"].known(LANGUAGES)
    )


def _commitment(
    node: Node, funders: Collection[str], categories: Collection[str], warnings: Findings
) -> NewCommitment:
    field = node.fields(
        *("id", "funder", "reference", "status", "form", "decided_on", "first_day", "last_day"),
        *("categories", "amounts", "advance_ceiling_percent", "iban", "instalments"),
    )
    for category in field["categories"].items():
        category.known(categories)
    amendments = _amendments(field["amounts"])
    return NewCommitment(
        code=field["id"].text(),
        funder=field["funder"].known(funders),
        reference=field["reference"].text(),
        status=field["status"].choice(Status),
        form=field["form"].choice(Form),
        decided_on=field["decided_on"].day(),
        period=_period(field),
        categories=_codes(field["categories"]),
        amendments=amendments,
        instalments=_instalments(field["instalments"], amendments),
        advance_ceiling_percent=field["advance_ceiling_percent"].whole(0, 100),
        iban=_iban(field["iban"], warnings),
    )


def _amendments(node: Node) -> tuple[Amendment, ...]:
    amendments: list[Amendment] = []
    standing = 0
    for number, item in enumerate(node.items()):
        field = item.fields("on", "amount", "reason")
        decided_on = field["on"].day()
        cents = field["amount"].whole(-CENTS_MAX, CENTS_MAX)
        standing += cents
        if standing < 0:
            field["amount"].wrong("With “{value}” the commitment is less than nothing.")
        if amendments and field["on"] and decided_on < amendments[-1].decided_on:
            field["on"].wrong("“{value}” is before the amendment above it.", "Put them in order.")
        amendments.append(Amendment(number, decided_on, Money(cents), field["reason"].text()))
    if not amendments:
        node.wrong("A commitment has at least one amount: the award.")
    return tuple(amendments)


def _instalments(node: Node, amendments: tuple[Amendment, ...]) -> tuple[Instalment, ...]:
    instalments: list[Instalment] = []
    for item in node.items():
        field = item.fields("number", "due", "amount")
        number = field["number"].whole(1, 999)
        if number in [instalment.number for instalment in instalments]:
            field["number"].wrong(TWICE, LEAVE_ONE_OUT)
        amount = Money(field["amount"].whole(1, CENTS_MAX))
        instalments.append(Instalment(number, field["due"].day(), amount))
    promised = Money.total(amendment.amount for amendment in amendments)
    planned = Money.total(instalment.amount for instalment in instalments)
    if planned > promised:
        node.findings.add(
            node.place,
            "The instalments add up to {planned}; the commitment is {promised}.",
            "Correct one of the two.",
            planned=planned,
            promised=promised,
        )
    return tuple(instalments)


def _iban(node: Node, warnings: Findings) -> str:
    iban = plain_iban(node.text(may_be_blank=True))
    if iban and not is_iban(iban):
        node.wrong("“{value}” is not the IBAN of an account.", "Correct it, or leave it blank.")
    elif iban and not has_check_digits(iban):
        message = "The check digits of account {iban} are wrong."
        warnings.add(node.place, message, "Correct it, or leave it blank.", iban=iban)
    return iban


def _rule(
    work_package: str,
    node: Node,
    work_packages: Collection[str],
    commitments: tuple[NewCommitment, ...],
) -> tuple[NewShare, ...]:
    if work_package not in work_packages:
        remedy = "Add it to work_packages, or leave the rule out."
        Node(work_package, node.place, node.findings).wrong(
            "There is no work package “{value}”.", remedy
        )
    codes = [commitment.code for commitment in commitments]
    fields = [item.fields("commitment", "weight") for item in node.items()]
    shares = tuple(
        NewShare(field["commitment"].known(codes), field["weight"].whole(1, WEIGHT_MAX))
        for field in fields
    )
    check_once(node.items(), "commitment")
    if not shares:
        node.wrong("A split rule has at least one commitment.")
    return shares


def _in_kind(
    node: Node, commitments: tuple[NewCommitment, ...], categories: Collection[str]
) -> tuple[str, str] | None:
    if node.value is None:
        return None
    field = node.fields("commitment", "category")
    in_kind = [each.code for each in commitments if each.form is Form.IN_KIND]
    return field["commitment"].known(in_kind), field["category"].known(categories)


def _budgets(
    node: Node, commitments: tuple[NewCommitment, ...], categories: Collection[str]
) -> dict[str, dict[str, Money]]:
    codes = [commitment.code for commitment in commitments]
    budgets = {}
    for code, lines in node.entries().items():
        Node(code, lines.place, node.findings).known(codes)
        for category, line in lines.entries().items():
            Node(category, line.place, node.findings).known(categories)
        budgets[code] = {
            category: Money(line.whole(0, CENTS_MAX)) for category, line in lines.entries().items()
        }
    return budgets


def _milestones(
    node: Node, work_packages: Collection[str], commitments: tuple[NewCommitment, ...]
) -> tuple[NewMilestone, ...]:
    names = ("code", "title", "work_package", "weight", "baseline", "moves", "met_on", "releases")
    return tuple(
        NewMilestone(
            code=field["code"].text(),
            title=field["title"].text(),
            work_package=field["work_package"].known(work_packages),
            weight=field["weight"].whole(0, WEIGHT_MAX),
            baseline=field["baseline"].day(),
            moves=_moves(field["moves"]),
            met_on=field["met_on"].day() if field["met_on"] else None,
            releases=_release(field["releases"], commitments),
        )
        for field in [item.fields(*names) for item in node.items()]
    )


def _moves(node: Node) -> tuple[Move, ...]:
    moves: list[Move] = []
    for item in node.items():
        field = item.fields("on", "to", "reason")
        move = Move(field["on"].day(), field["to"].day(), field["reason"].text())
        if moves and field["on"] and move.moved_on < moves[-1].moved_on:
            field["on"].wrong("“{value}” is before the move above it.", "Put them in order.")
        moves.append(move)
    return tuple(moves)


def _release(node: Node, commitments: tuple[NewCommitment, ...]) -> tuple[str, int] | None:
    if not node:
        return None
    field = node.fields("commitment", "instalment")
    code = field["commitment"].known([commitment.code for commitment in commitments])
    number = field["instalment"].whole(1, 999)
    for commitment in commitments:
        numbers = [instalment.number for instalment in commitment.instalments]
        if commitment.code == code and number not in numbers:
            field["instalment"].wrong("The commitment has no instalment “{value}”.")
    return code, number

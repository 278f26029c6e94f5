"""Keeping a whole programme: the project, who funds it, on what terms, by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.costs import INELIGIBLE
from tracker.domain.errors import RuleViolation
from tracker.domain.milestones import MilestoneStatus
from tracker.store.case_promises import Promises
from tracker.store.commitment_codes import holder_of_code
from tracker.store.funders import (
    FunderAccountRow,
    FunderRow,
    ProgrammeRow,
    ProgrammeTermRow,
)
from tracker.store.milestones import MilestoneMoveRow, MilestoneRow
from tracker.store.projects import (
    AccountRow,
    CategoryRow,
    InKindRuleRow,
    ProjectRow,
    WorkPackageRow,
)
from tracker.store.splitting import SplitRuleRow, SplitShareRow

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from tracker.domain.programmes import Case, NewCommitment, NewMilestone
    from tracker.store.case_promises import Origin
    from tracker.store.tables import Base

ADVANCE_CEILING = "advance_ceiling_percent"


def check_unknown(session: Session, case: Case) -> None:
    """Refuse a project that is there already, and codes and accounts that others have.

    Errors: ``RuleViolation`` that names who has them.
    """
    if session.scalar(select(ProjectRow.id).where(ProjectRow.code == case.project)):
        raise RuleViolation(
            "This database already holds the project {project}, set up from another file.",
            "Changes are entered as amendments; another project needs a code of its own.",
            project=case.project,
        )
    if taken := holder_of_code(session, *(new.code for new in case.commitments)):
        raise RuleViolation(
            "The project {project} has a commitment {code} already.",
            "Codes of commitments are unique over all projects: give it another in the file.",
            project=taken.project,
            code=taken.code,
        )
    payers = {row.iban: row.name for row in session.execute(_accounts())}
    for new in case.commitments:
        if payers.get(new.iban, new.funder) != new.funder:
            raise RuleViolation(
                "The account {iban} is known as one of {known}, and not of {funder}.",
                "A bank account belongs to one funder: write its name as it is known.",
                iban=new.iban,
                known=payers[new.iban],
                funder=new.funder,
            )


def _accounts() -> Select[str, str]:
    funder = FunderRow.id == FunderAccountRow.funder_id
    return select(FunderAccountRow.iban, FunderRow.name).join(FunderRow, funder)


def keep_case(session: Session, case: Case, origin: Origin) -> int:
    """Keep a project that this database does not know yet, and give its key.

    Its commitments are entered by the file, and confirmed by who sets the project up. Funders
    that are known by their names stay as they are.
    """
    project = ProjectRow(
        code=case.project,
        name=case.name,
        note=case.note,
        currency=case.currency,
        first_day=case.period.first_day,
        last_day=case.period.last_day,
        is_sample=origin.is_sample,
        case_hash=origin.sha256,
    )
    _add(session, project)
    categories = _keep_plan(session, project.id, case)
    packages = _keep_work_packages(session, project.id, case)
    programmes = _keep_funders(session, case)
    promises = Promises(session, project.id, categories, origin)
    for new in case.commitments:
        promises.keep(new, programmes[new.code])
    _keep_rules(session, project.id, case, origin, packages, promises.keys, categories)
    promises.keep_budgets(case)
    for position, milestone in enumerate(case.milestones):
        releases = promises.instalments[milestone.releases] if milestone.releases else None
        _keep_milestone(
            session, project.id, position, milestone, packages[milestone.work_package], releases
        )
    session.flush()
    return project.id


def _add(session: Session, row: Base) -> None:
    session.add(row)
    session.flush()


def _keep_plan(session: Session, project_id: int, case: Case) -> dict[str, int]:
    categories: dict[str, int] = {}
    for position, code in enumerate(case.categories):
        row = CategoryRow(project_id=project_id, code=code, position=position)
        _add(session, row)
        categories[code] = row.id
    for account in case.accounts:
        session.add(
            AccountRow(
                project_id=project_id,
                code=account.code,
                name=account.name,
                category_id=categories.get(account.category or ""),
                ineligible=account.category == INELIGIBLE,
            )
        )
    return categories


def _keep_work_packages(session: Session, project_id: int, case: Case) -> dict[str, int]:
    packages: dict[str, int] = {}
    for position, (code, name) in enumerate(case.work_packages.items()):
        row = WorkPackageRow(project_id=project_id, code=code, name=name, position=position)
        _add(session, row)
        packages[code] = row.id
    return packages


def _keep_funders(session: Session, case: Case) -> dict[str, int]:
    """Keep funders, their accounts and programmes; give the programme of each commitment.

    Commitments of one funder in one form and on one advance ceiling share a programme.
    """
    known = session.execute(select(FunderRow.name, FunderRow.id))
    funders = {name: key for name, key in known}  # noqa: C416 - typed rows
    for new in case.funders:
        if new.name not in funders:
            row = FunderRow(name=new.name, kind=new.kind, report_language=new.report_language)
            _add(session, row)
            funders[new.name] = row.id
    programmes: dict[tuple[str, str, int], int] = {}
    of_commitment: dict[str, int] = {}
    ibans = set(session.scalars(select(FunderAccountRow.iban)))
    for commitment in case.commitments:
        key = (commitment.funder, commitment.form.value, commitment.advance_ceiling_percent)
        if key not in programmes:
            programmes[key] = _keep_programme(session, funders[commitment.funder], commitment)
        of_commitment[commitment.code] = programmes[key]
        if commitment.iban and commitment.iban not in ibans:
            ibans.add(commitment.iban)
            session.add(
                FunderAccountRow(funder_id=funders[commitment.funder], iban=commitment.iban)
            )
    return of_commitment


def _keep_programme(session: Session, funder_id: int, first: NewCommitment) -> int:
    programme = ProgrammeRow(funder_id=funder_id, name=f"{first.funder} ({first.code})")
    _add(session, programme)
    session.add(
        ProgrammeTermRow(
            programme_id=programme.id,
            name=ADVANCE_CEILING,
            value=str(first.advance_ceiling_percent),
            first_day=first.decided_on,
            source=first.reference,
        )
    )
    return programme.id


def _keep_rules(
    session: Session,
    project_id: int,
    case: Case,
    origin: Origin,
    packages: dict[str, int],
    commitments: dict[str, int],
    categories: dict[str, int],
) -> None:
    rules: list[tuple[str, int | None, list[tuple[str, int]]]] = [
        (package, packages[package], [(share.commitment, share.weight) for share in shares])
        for package, shares in case.split_rules.items()
    ]
    if case.in_kind:
        commitment, category = case.in_kind
        session.add(InKindRuleRow(project_id=project_id, category_id=categories[category]))
        rules.append((commitment, None, [(commitment, 1)]))
    for position, (name, package, shares) in enumerate(rules):
        row = SplitRuleRow(
            project_id=project_id,
            position=position,
            name=name,
            entered_by=origin.vouched_by,
            entered_at=origin.at,
            is_in_kind=package is None,
            work_package_id=package,
        )
        _add(session, row)
        for place, (code, weight) in enumerate(shares):
            session.add(
                SplitShareRow(
                    rule_id=row.id, commitment_id=commitments[code], weight=weight, position=place
                )
            )


def _keep_milestone(
    session: Session,
    project_id: int,
    position: int,
    new: NewMilestone,
    work_package_id: int,
    releases_id: int | None,
) -> None:
    row = MilestoneRow(
        project_id=project_id,
        code=new.code,
        title=new.title,
        work_package_id=work_package_id,
        weight=new.weight,
        baseline=new.baseline,
        met_on=new.met_on,
        releases_id=releases_id,
        position=position,
    )
    if new.met_on:
        row.status, row.progress = MilestoneStatus.MET.value, 100
    _add(session, row)
    for move in new.moves:
        session.add(
            MilestoneMoveRow(
                milestone_id=row.id,
                moved_on=move.moved_on,
                to_day=move.to_day,
                reason=move.reason,
            )
        )

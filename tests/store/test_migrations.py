"""The migrations build what the tables say, and lead back to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.orm import Session

from tests.conftest import closing_engine
from tracker.domain.errors import RuleViolation
from tracker.store import schema
from tracker.store.budgets import budget_of
from tracker.store.checks import broken
from tracker.store.commitments import commitments_of
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

Shape: TypeAlias = dict[str, dict[str, set[str]]]


def shape(engine: Engine) -> Shape:
    look = inspect(engine)

    def names(found: list[Any]) -> set[str]:
        return {str(one["name"]) for one in found}

    return {
        table: {
            "columns": {
                f"{c['name']} {c['type']} {c['nullable']}" for c in look.get_columns(table)
            },
            "checks": {f"{c['name']} {c['sqltext']}" for c in look.get_check_constraints(table)},
            "unique": names(look.get_unique_constraints(table)),
            "foreign": names(look.get_foreign_keys(table)),
            "indexes": names(look.get_indexes(table)),
        }
        for table in look.get_table_names()
        if table != "alembic_version" and not table.startswith("cost_text")
    }


def test_migrations_build_what_the_tables_say(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/migrated.db"
    declared = create_engine(f"sqlite:///{tmp_path}/declared.db")
    schema.metadata.create_all(declared)
    schema.upgrade(url)
    migrated = open_engine(url)
    assert shape(migrated) == shape(declared)
    schema.downgrade(url, "base")
    assert shape(migrated) == {}
    migrated.dispose()
    declared.dispose()


def test_an_empty_database_is_given_its_tables_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")
    schema.prepare(engine)
    schema.prepare(engine)
    assert "cost_line" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_database_of_another_version_is_refused_with_the_command_that_helps(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(RuleViolation, match="tracker upgrade"):
        schema.prepare(engine)


def test_a_database_of_the_first_revision_keeps_its_figures_on_the_way_up(loaded_url: str) -> None:
    with closing_engine(loaded_url) as engine, Session(engine) as session:
        before = commitments_of(session)
    schema.downgrade(loaded_url, "0001")
    schema.upgrade(loaded_url)
    with closing_engine(loaded_url) as engine, Session(engine) as session:
        assert commitments_of(session) == before
        assert broken(session) == []
        assert budget_of(session, before[0].id)

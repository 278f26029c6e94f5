"""Databases for every test that asks for one, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from abc import ABC, abstractmethod
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from tests.mail_sink import Sink

# A busy machine is slow, and that says nothing of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
EMPTY = "empty"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--races", type=int, default=24, help="races for the last euro, on each database"
    )
    parser.addoption(
        "--kills", type=int, default=18, help="kills on SQLite; on PostgreSQL a tenth of them"
    )
    parser.addoption(
        "--mutants", type=int, default=2_000, help="damaged files that are read, over all kinds"
    )
    parser.addoption(
        "--remade", type=int, default=4, help="reports that are made again from their kept facts"
    )
    parser.addoption(
        "--long",
        action="store_true",
        help="every page in both languages with all its rows, and every part of the benchmark",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long and finds little more, unless it is asked for."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if _takes_long(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not _takes_long(item)]


def _takes_long(item: pytest.Item) -> bool:
    marks = {mark.name for mark in item.iter_markers()}
    # Both databases give the same facts, which has tests of its own; the rest knows no database.
    return "long" in marks or {"faces", "postgresql"} <= marks


@pytest.fixture(params=DATABASES)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Where this test's databases come from: tests that ask for it run on every kind."""
    fixture = "sqlite_files" if request.param == "sqlite" else "postgresql_cluster"
    found: Databases = request.getfixturevalue(fixture)
    return found


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of an empty, migrated database of one test's own."""
    with databases.copy_of(EMPTY) as url:
        yield url


@pytest.fixture
def loaded_url(databases: Databases) -> Iterator[str]:
    """The address of a database that holds a whole charged programme."""
    from tests.actions.programme import load  # the domain's tests need none of this

    with databases.copy_of("loaded", load) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with closing_engine(database_url) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def loaded(loaded_url: str) -> Iterator[Session]:
    with closing_engine(loaded_url) as engine, Session(engine) as session:
        yield session


@pytest.fixture
def reported(databases: Databases) -> Iterator[Session]:
    """A database in which reports were issued: two versions for one funder, one for another."""
    from tests.actions.issued import load_issued

    with (
        databases.copy_of("reported", load_issued) as url,
        closing_engine(url) as engine,
        Session(engine) as session,
    ):
        yield session


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server of one test's own."""
    from tests.mail_sink import listening  # the domain's tests need none of this

    with listening() as sink:
        yield sink


@pytest.fixture
def two_projects(databases: Databases) -> Iterator[Session]:
    """A database that holds a second charged project beside the first; nothing was chosen."""
    from tests.actions.second_project import load_both

    with (
        databases.copy_of("two_projects", load_both) as url,
        closing_engine(url) as engine,
        Session(engine) as session,
    ):
        yield session


@contextmanager
def closing_engine(url: str) -> Iterator[Engine]:
    from tracker.store.session import open_engine

    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def sqlite_template(sqlite_files: SqliteFiles) -> Path:
    """The file of an empty, migrated database, to be copied."""
    return sqlite_files.template(EMPTY)


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A private PostgreSQL server; each process of the test run has its own."""
    if (programs := programs_of_postgresql()) is None:
        pytest.skip("the programs of PostgreSQL are not installed")
    cluster = Cluster(programs)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


class Databases(ABC):
    """Databases by the dozen: each is filled once and then copied, which is quick."""

    def __init__(self) -> None:
        self.templates: dict[str, str] = {}

    @contextmanager
    def copy_of(self, name: str, fill: Callable[[Session], object] | None = None) -> Iterator[str]:
        """Give a database of one's own, filled once for all who ask for that name."""
        self._make_sure_of(EMPTY, None)
        self._make_sure_of(name, fill)
        url = self.make(f"copy_{uuid4().hex}", like=name)
        yield url
        self.remove(url)

    @abstractmethod
    def make(self, name: str, like: str = "") -> str:
        """Make a database, as a copy of another or with nothing in it."""

    @abstractmethod
    def remove(self, url: str) -> None: ...

    def _make_sure_of(self, name: str, fill: Callable[[Session], object] | None) -> None:
        from tracker.store.schema import upgrade

        if name in self.templates:
            return
        url = self.make(name, like=EMPTY if fill else "")
        if fill is None:
            upgrade(url)
        else:
            with closing_engine(url) as engine, Session(engine) as session:
                fill(session)
        self.templates[name] = url


class SqliteFiles(Databases):
    """Databases that are files in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def template(self, name: str) -> Path:
        self._make_sure_of(name, None)
        return self._settled(name)

    def make(self, name: str, like: str = "") -> str:
        path = self.folder / f"{name}.db"
        if like:
            shutil.copyfile(self._settled(like), path)
        return f"sqlite:///{path}"

    def remove(self, url: str) -> None:
        for path in self.folder.glob(f"{Path(url).name}*"):
            path.unlink()

    def _settled(self, name: str) -> Path:
        path = self.folder / f"{name}.db"
        # What is still in the write-ahead log would be missing from a copy of the file.
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path


def programs_of_postgresql() -> Path | None:
    """The folder of the newest installed server, which Debian keeps off the path."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    initdb = found[-1] if found else shutil.which("initdb")
    return Path(initdb).parent if initdb else None


class Cluster(Databases):
    """A PostgreSQL server on a socket in a folder of its own. It forgets when the power fails."""

    def __init__(self, programs: Path) -> None:
        super().__init__()
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self.owner: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            names = {account.pw_name for account in pwd.getpwall()}
            account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def start(self) -> None:
        self._program("initdb", "-A", "trust", "-U", "tracker", "--no-sync", "-E", "UTF8",
                      "--locale=C.UTF-8")  # fmt: skip
        settings = (
            f"-k {self.folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
            " -c synchronous_commit=off -c max_connections=60"
        )
        self._program("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", settings, "start")

    def stop(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self._program("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def make(self, name: str, like: str = "") -> str:
        self._say(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
        return self._url(name)

    def remove(self, url: str) -> None:
        name = url.removeprefix("postgresql://tracker@/").partition("?")[0]
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, database: str) -> str:
        return f"postgresql://tracker@/{database}?host={self.folder}"

    def _say(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _program(self, name: str, *arguments: str) -> None:
        command = [str(self.programs / name), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(
            command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **self.owner
        )

"""Flask extensions, made once and bound to the application in ``create_app``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security.core import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from tracker.store.session import configure
from tracker.store.tables import Base

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine


class Database(SQLAlchemy):
    """Sessions for requests, over engines that are set up as everywhere in the tracker."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return configure(super()._make_engine(bind_key, options, app))


db = Database(metadata=Base.metadata)
csrf = CSRFProtect()
babel = Babel()
security = Security()
limiter = Limiter(get_remote_address, strategy="moving-window", storage_uri="memory://")

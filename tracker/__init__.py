"""The Funding Tracker: from the books to a funder's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from tracker.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together. The only function that knows every part."""
    # Imported here, so that a command that needs no pages does not wait for Flask.
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from tracker import extensions, web
    from tracker.config import ROOT, Settings, as_flask

    settings = settings or Settings.from_env()
    app = Flask(__name__, template_folder=ROOT / "templates", static_folder=ROOT / "static")
    app.config.from_mapping(as_flask(settings))
    if settings.is_https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    web.add_guards(app)
    extensions.db.init_app(app)
    extensions.babel.init_app(app, locale_selector=web.language.language)
    web.init_app(app)
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    return app

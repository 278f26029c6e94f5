"""What is seen: thin views and forms, and the guards around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.web import (
    allocations,
    amendments,
    audit,
    auth,
    blank_tables,
    budgets,
    bulk_charging,
    calendar,
    charts,
    commitments,
    consortium,
    contributions,
    corrections,
    cost_entries,
    costs,
    crosswalks,
    determination,
    documents,
    dossiers,
    errors,
    explanations,
    financing,
    forecasts,
    funder_reports,
    funder_workbooks,
    funders,
    imports,
    instalments,
    intakes,
    issued,
    language,
    mappings,
    milestone_deeds,
    milestones,
    obligations,
    outlook,
    overview,
    people,
    permissions,
    preferences,
    programmes,
    projects,
    protection,
    receipts,
    reconciliation,
    reminders,
    report_deeds,
    report_jobs,
    reporting_periods,
    reports,
    scenarios,
    shell,
    splitting,
    verification,
    waivers,
    work,
)

if TYPE_CHECKING:
    from flask import Flask

CONCEPTS = (
    work,
    calendar,
    reminders,
    overview,
    commitments,
    amendments,
    determination,
    documents,
    funders,
    programmes,
    crosswalks,
    funder_workbooks,
    instalments,
    receipts,
    budgets,
    financing,
    forecasts,
    outlook,
    scenarios,
    waivers,
    contributions,
    corrections,
    costs,
    cost_entries,
    obligations,
    allocations,
    bulk_charging,
    explanations,
    reconciliation,
    splitting,
    reporting_periods,
    milestones,
    milestone_deeds,
    imports,
    intakes,
    mappings,
    blank_tables,
    reports,
    report_jobs,
    dossiers,
    funder_reports,
    report_deeds,
    issued,
    consortium,
    verification,
    people,
    audit,
    preferences,
    projects,
)


def add_guards(app: Flask) -> None:
    """Set up what runs before any extension looks at a request, and after any response."""
    app.before_request(protection.check_request)
    app.after_request(protection.add_headers)


def init_app(app: Flask) -> None:
    """Put the pages on the application."""
    app.url_map.converters["key"] = protection.KeyConverter
    auth.init_app(app)
    language.init_app(app)
    charts.init_app(app)
    projects.init_app(app)
    shell.init_app(app)
    errors.init_app(app)
    for concept in CONCEPTS:
        app.register_blueprint(concept.bp)
    app.before_request(permissions.gate)
    app.before_request(projects.keep_to_form)
    app.after_request(costs.index_deeds)

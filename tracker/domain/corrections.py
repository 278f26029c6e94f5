"""Corrections: what was booked wrong stays as it was, and something is put beside it."""

from __future__ import annotations

from enum import StrEnum


class CorrectionKind(StrEnum):
    """In which way a cost line was wrong."""

    WRONG_PERIOD = "wrong_period"
    WRONG_WORK_PACKAGE = "wrong_work_package"
    WRONG_CATEGORY = "wrong_category"
    WRONG_FUNDER = "wrong_funder"
    CREDIT_NOTE = "credit_note"
    REFUND = "refund"
    CANCELLED = "cancelled"
    NOT_ELIGIBLE = "not_eligible"
    ELIGIBLE_AGAIN = "eligible_again"
    REBOOKED = "rebooked"  # the books were imported again and say something else

"""Presets: the terms of well-known programmes, each with where it comes from, to begin with.

A value that could not be checked against a source that is in force is marked unverified, and is
to be compared with the award. What a programme is not known to say is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracker.domain.texts import mark as _


@dataclass(frozen=True, slots=True)
class PresetTerm:
    """A term to begin with, as it is kept, and its source."""

    code: str
    value: str
    source: str
    is_verified: bool = True
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A programme to begin with; ``name`` is its English text, and the key of its translation."""

    code: str
    name: str
    terms: tuple[PresetTerm, ...]


KADERBESLUIT: Final = "Kaderbesluit nationale EZ-subsidies"
REGELING: Final = "Regeling nationale EZ-subsidies"
USK: Final = "Aanwijzingen voor subsidieverstrekking"
RVO: Final = "RVO, verplichtingen subsidieontvangers (2021)"
PROVINCE: Final = "Provincie Zuid-Holland, verantwoording"
HEALTH_HOLLAND: Final = "Health~Holland, co-financing table (2020)"
PPS: Final = "RVO, PPS-toeslag (2021/2022)"
HORIZON: Final = "Horizon Europe, model grant agreement"
CPR: Final = "Regulation (EU) 2021/1060"
PAYMENT: Final = PresetTerm("payment_weeks", "6", "Awb 4:87")
NOT_DEDUCTIBLE: Final = "not_deductible"


def _unverified(code: str, value: str, source: str) -> PresetTerm:
    return PresetTerm(code, value, source, is_verified=False)


GROWTH_FUND: Final = Preset(
    "national_growth_fund",
    _("National Growth Fund (Kaderbesluit)"),
    (
        _unverified("cost_basis", "paid", f"{KADERBESLUIT} (2017), art. 38"),
        _unverified("vat_rule", NOT_DEDUCTIBLE, f"{KADERBESLUIT} (2017), art. 10"),
        _unverified("depreciation_months", "60", f"{KADERBESLUIT} (2017), art. 10"),
        _unverified("hours_basis", "1650", f"{KADERBESLUIT} (2017), art. 11(4)"),
        _unverified("wage_surcharge", "50", f"{REGELING} (2017), art. 1.4"),
        _unverified("hourly_rate", "60.00", f"{REGELING} (2017), art. 3.1.1"),
        _unverified("advance_ceiling_percent", "90", f"{KADERBESLUIT} (2017), art. 45-47"),
        _unverified("retention_share", "10", f"{KADERBESLUIT} (2017), art. 45-47"),
        PAYMENT,
        PresetTerm("report_months", "12", f"{KADERBESLUIT}, art. 39; {RVO}"),
        PresetTerm("deviation_threshold", "25", f"{KADERBESLUIT}, art. 37; {RVO}"),
        PresetTerm("auditor_threshold", "125000.00", f"{KADERBESLUIT}, art. 50; {RVO}"),
        _unverified("determination_weeks", "13", f"{KADERBESLUIT} (2017), art. 50"),
        _unverified("decision_weeks", "13", f"{KADERBESLUIT} (2017), art. 52"),
        PresetTerm("keep_years", "5", f"{KADERBESLUIT}, art. 38; {RVO}"),
    ),
)

PROVINCE_ARRANGEMENTS: Final = (
    Preset(
        "province_below_25k",
        _("Province South Holland, below € 25,000"),
        (
            _unverified("advance_ceiling_percent", "100", f"{USK} (2017)"),
            PAYMENT,
            _unverified("decision_weeks", "13", f"{USK} (2017), aanwijzing 17"),
        ),
    ),
    Preset(
        "province_25k_to_125k",
        _("Province South Holland, € 25,000 to € 125,000"),
        (
            PAYMENT,
            _unverified("report_months", "12", f"{USK} (2017); {PROVINCE}"),
            _unverified("determination_weeks", "13", f"{USK} (2017), aanwijzing 17"),
            _unverified("decision_weeks", "22", f"{USK} (2017), aanwijzing 17"),
        ),
    ),
    Preset(
        "province_from_125k",
        _("Province South Holland, € 125,000 or more"),
        (
            PAYMENT,
            _unverified("report_months", "12", f"{USK} (2017); {PROVINCE}"),
            _unverified("auditor_threshold", "125000.00", f"{USK} (2017)"),
            _unverified("determination_weeks", "13", f"{USK} (2017), aanwijzing 17"),
            _unverified("decision_weeks", "22", f"{USK} (2017), aanwijzing 17"),
        ),
    ),
)


def _pps(code: str, name: str, aid_category: str, most: str, private: str, aid: str) -> Preset:
    terms = (
        _unverified("funding_share", most, HEALTH_HOLLAND),
        _unverified("allowance_share", "30", PPS),
        _unverified("allowance_first_share", "40", PPS),
        _unverified("allowance_first_amount", "20000.00", PPS),
        _unverified("allowance_charity_share", "25", PPS),
        _unverified("report_months", "12", f"{REGELING} (2017), art. 3.2.12"),
        _unverified("aid_category", aid_category, f"{REGELING} (2017), art. 3.2.8"),
        _unverified("aid_ceiling", aid, f"{REGELING} (2017), art. 3.2.8"),
        _unverified("private_minimum", private, HEALTH_HOLLAND),
        _unverified("research_minimum", "10", HEALTH_HOLLAND),
        _unverified("cash_share_large", "2/3", HEALTH_HOLLAND),
    )
    return Preset(code, name, terms)


PPS_INNOVATION: Final = (
    _pps(
        "pps_fundamental",
        _("PPS-innovatie, fundamental research"),
        *("fundamental_research", "75", "15", "100"),
    ),
    _pps(
        "pps_industrial",
        _("PPS-innovatie, industrial research"),
        *("industrial_research", "50", "30", "50"),
    ),
    _pps(
        "pps_experimental",
        _("PPS-innovatie, experimental development"),
        *("experimental_development", "25", "45", "25"),
    ),
)

HORIZON_EUROPE: Final = Preset(
    "horizon_europe",
    _("Horizon Europe"),
    (
        PresetTerm("cost_basis", "incurred", HORIZON),
        PresetTerm("vat_rule", NOT_DEDUCTIBLE, HORIZON),
        PresetTerm("overhead_share", "25", f"{HORIZON}, category E"),
        PresetTerm(
            "overhead_base",
            "personnel,travel,equipment,materials,construction",
            f"{HORIZON}, A and C, works among them, not B",
        ),
        PresetTerm("rate_method", "day_rate", f"{HORIZON}, category A"),
        PresetTerm("day_rate_basis", "215", f"{HORIZON}, category A"),
        PresetTerm("advance_ceiling_percent", "90", f"{HORIZON}, payments"),
        _unverified("retention_share", "5", f"{HORIZON}, mutual insurance mechanism (5 to 8 %)"),
        PresetTerm("report_months", "18", f"{HORIZON}, periodic reports (usual length)"),
        PresetTerm("auditor_threshold", "430000.00", f"{HORIZON}, certificate (CFS)"),
        _unverified("keep_years", "5", HORIZON),
    ),
)

ERDF: Final = Preset(
    "erdf",
    _("ERDF (Kansen voor West)"),
    (
        PresetTerm("cost_basis", "paid", "EFRO, voortgangsrapportage"),
        PresetTerm("overhead_share", "15", f"{CPR}, art. 54 (up to)"),
        PresetTerm("overhead_base", "personnel", f"{CPR}, art. 54"),
        _unverified("hours_basis", "1720", "ESF, uitvoering van beleid SZW"),
        _unverified("retention_share", "5", "EFRO (5 to 20 % by programme)"),
        _unverified("keep_years", "5", f"{CPR}, art. 82"),
    ),
)

OWN_CONTRIBUTION: Final = Preset(
    "own_contribution",
    _("Own contribution"),
    (_unverified("keep_years", "7", "AWR art. 52"),),
)

PRESETS: Final[dict[str, Preset]] = {
    preset.code: preset
    for preset in (
        GROWTH_FUND,
        *PROVINCE_ARRANGEMENTS,
        *PPS_INNOVATION,
        HORIZON_EUROPE,
        ERDF,
        OWN_CONTRIBUTION,
    )
}
"""Every preset by its code, in the order in which they are offered."""

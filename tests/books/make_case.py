#!/usr/bin/env python3
"""Write the books of a pilot facility, and the answers that a tracker must find in them.

    make_case.py OUT [--seed N] [--invoices N]

Standard library only. The same seed gives the same bytes. Amounts inside are whole euro cents.
The rules behind the answers are in README.md beside this file; what is real and what is
made up is said in tracker/demo/README.md.

OUT/case.json             what the finance office knows: funders, commitments, rules, milestones
OUT/auditfile-YYYY.xaf    the ledger, a file a fiscal year: XAF 3.2 to 2023, XAF 4.0 from 2024
OUT/bank-YYYY.xml         bank statements, camt.053.001.02
OUT/in-kind.csv           partner hours: cp1252, semicolons, decimal comma, dd-mm-yyyy
OUT/expected.json         the answers, worked out here by the rules in README.md, in cents
"""

# An independent generator, and so a judge of the tracker: kept as it came, in its own style.
# ruff: noqa: B905, C402, C408, C901, E501, E741, EXE001, ISC004, PLR0912, PLR0915

import argparse
import csv
import io
import json
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

YEARS = range(2021, 2026)
PROJECT = "NECST"
LAST_DAY = date(2025, 12, 31)

ACCOUNTS = {  # id: (description, type, cost category, or None where no cost of a project)
    "0200": ("Apparatuur", "B", None),
    "1100": ("Bank", "B", None),
    "1300": ("Debiteuren", "B", None),
    "1500": ("Te vorderen btw", "B", None),
    "1600": ("Crediteuren", "B", None),
    "1700": ("Te betalen lonen", "B", None),
    "4000": ("Lonen en salarissen", "P", "personnel"),
    "4010": ("Sociale lasten", "P", "personnel"),
    "4100": ("Kosten derden", "P", "third_parties"),
    "4200": ("Laboratoriummaterialen", "P", "materials"),
    "4300": ("Onderhoud apparatuur", "P", "equipment"),
    "4400": ("Afschrijving apparatuur", "P", "equipment"),
    "4510": ("Verbouwing cleanrooms", "P", "construction"),
    "4600": ("Reis- en verblijfkosten", "P", "travel"),
    "4700": ("Representatie", "P", "ineligible"),
    "4800": ("Rente en bankkosten", "P", "ineligible"),
    "8000": ("Omzet CDMO-diensten", "P", None),
}
WORK_PACKAGES = {
    "WP1": "Facility and cleanrooms",
    "WP2": "Equipment and QC laboratory",
    "WP3": "Process development",
    "WP4": "Quality system and GMP licence",
    "WP5": "Programme management",
}
SPEND = {  # thousands of euros a year and work package
    "WP1": (3200, 3600, 300, 150, 100),
    "WP2": (600, 1900, 900, 500, 350),
    "WP3": (150, 500, 1100, 1400, 1500),
    "WP4": (60, 260, 420, 380, 300),
    "WP5": (180, 240, 260, 260, 250),
}
MIX = {  # account: share in per cent; payroll goes through the memo journal
    "WP1": {"4510": 85, "4100": 15},
    "WP2": {"4300": 55, "4100": 25, "4400": 20},
    "WP3": {"4000": 42, "4010": 8, "4200": 35, "4100": 10, "4600": 5},
    "WP4": {"4100": 60, "4000": 33, "4010": 7},
    "WP5": {"4000": 66, "4010": 14, "4600": 8, "4100": 12},
}
PAYROLL = {"4000", "4010"}
EVERY = ["personnel", "third_parties", "materials", "equipment", "construction", "travel"]
COMMITMENTS = [
    dict(
        id="NGF-1",
        funder="National Growth Fund",
        reference="NGF-RMXB-2021-07",
        status="awarded",
        form="cash",
        decided_on="2021-04-09",
        first_day="2021-04-09",
        last_day="2025-12-31",
        categories=EVERY,
        amounts=[
            ("2021-04-09", 460000000, "award"),
            ("2022-07-01", 640000000, "conditional part made definitive"),
        ],
        advance_ceiling_percent=90,
        iban="NL91ABNA0417164300",
        instalments=[
            ("2021-06-01", 160000000),
            ("2022-01-15", 200000000),
            ("2022-10-01", 250000000),
            ("2023-07-01", 180000000),
            ("2024-07-01", 120000000),
            ("2025-07-01", 80000000),
        ],
    ),
    dict(
        id="PZH-1",
        funder="Province South Holland",
        reference="PZH-2020-749321",
        status="awarded",
        form="cash",
        decided_on="2020-12-15",
        first_day="2021-01-01",
        last_day="2023-12-31",
        categories=["construction", "equipment", "third_parties"],
        amounts=[("2020-12-15", 200000000, "award")],
        advance_ceiling_percent=80,
        iban="NL20INGB0001234567",
        instalments=[("2021-02-01", 80000000), ("2022-02-01", 80000000)],
    ),
    dict(
        id="UL-1",
        funder="Leiden University",
        reference="UL/FIN/2021/118",
        status="awarded",
        form="cash",
        decided_on="2021-08-20",
        first_day="2021-09-01",
        last_day="2025-08-31",
        categories=["personnel", "materials"],
        amounts=[("2021-08-20", 150000000, "award")],
        advance_ceiling_percent=100,
        iban="NL44RABO0123456789",
        instalments=[("2021-10-01", 37500000), ("2022-10-01", 37500000), ("2023-10-01", 37500000)],
    ),
    dict(
        id="LUMC-1",
        funder="LUMC",
        reference="LUMC-RvB-2020-33",
        status="awarded",
        form="cash",
        decided_on="2020-06-01",
        first_day="2020-06-01",
        last_day="2025-12-31",
        categories=EVERY,
        amounts=[("2020-06-01", 500000000, "award"), ("2022-11-30", 100000000, "extra cleanrooms")],
        advance_ceiling_percent=100,
        iban="NL02BNGH0285012345",
        instalments=[
            ("2021-01-15", 200000000),
            ("2022-01-15", 200000000),
            ("2023-01-15", 100000000),
        ],
    ),
    dict(
        id="RMX-C",
        funder="RegMed XB partners",
        reference="RMXB-PP-2022-C",
        status="awarded",
        form="cash",
        decided_on="2021-12-20",
        first_day="2022-01-01",
        last_day="2025-12-31",
        categories=["personnel", "materials", "third_parties", "travel"],
        amounts=[("2021-12-20", 100000000, "award")],
        advance_ceiling_percent=100,
        iban="NL69ABNA0535350000",
        instalments=[("2022-02-01", 25000000), ("2023-02-01", 25000000), ("2024-02-01", 25000000)],
    ),
    dict(
        id="RMX-K",
        funder="RegMed XB partners",
        reference="RMXB-PP-2022-K",
        status="awarded",
        form="in_kind",
        decided_on="2021-12-20",
        first_day="2022-01-01",
        last_day="2025-12-31",
        categories=["personnel"],
        amounts=[("2021-12-20", 80000000, "award")],
        advance_ceiling_percent=0,
        iban="",
        instalments=[],
    ),
    dict(
        id="EFRO-C",
        funder="ERDF Kansen voor West",
        reference="KVW-00912",
        status="conditional",
        form="cash",
        decided_on="2025-05-12",
        first_day="2025-06-01",
        last_day="2027-12-31",
        categories=EVERY,
        amounts=[("2025-05-12", 90000000, "conditional award")],
        advance_ceiling_percent=80,
        iban="",
        instalments=[],
    ),
    dict(
        id="HF-P",
        funder="Health funds",
        reference="Letter of intent 2025-03",
        status="pledge",
        form="cash",
        decided_on="2025-03-03",
        first_day="2026-01-01",
        last_day="2028-12-31",
        categories=EVERY,
        amounts=[("2025-03-03", 120000000, "pledge")],
        advance_ceiling_percent=0,
        iban="",
        instalments=[],
    ),
]
SPLIT = {  # work package: commitment and weight, in the order that breaks ties
    "WP1": [("NGF-1", 45), ("PZH-1", 30), ("LUMC-1", 25)],
    "WP2": [("NGF-1", 60), ("LUMC-1", 40)],
    "WP3": [("NGF-1", 50), ("UL-1", 20), ("RMX-C", 30)],
    "WP4": [("NGF-1", 70), ("PZH-1", 30)],
    "WP5": [("LUMC-1", 100)],
}
FUNDERS = [  # name, kind, language of its reports
    ("National Growth Fund", "national", "nl"),
    ("Province South Holland", "regional", "nl"),
    ("Leiden University", "university", "nl"),
    ("LUMC", "owner", "nl"),
    ("RegMed XB partners", "consortium", "en"),
    ("ERDF Kansen voor West", "european", "en"),
    ("Health funds", "charity", "nl"),
]
BUDGET_NGF = {
    "construction": 300000000,
    "equipment": 280000000,
    "personnel": 260000000,
    "third_parties": 140000000,
    "materials": 100000000,
    "travel": 20000000,
}
MILESTONES = [  # code, title, work package, weight, baseline, [moves], met on, releases (commitment, instalment number)
    (
        "M1",
        "Construction started",
        "WP1",
        10,
        "2020-10-01",
        [("2020-09-15", "2021-04-01", "Financing partly secured")],
        "2021-04-12",
        ("NGF-1", 1),
    ),
    (
        "M2",
        "Cleanrooms delivered",
        "WP1",
        20,
        "2021-10-31",
        [
            ("2021-06-30", "2022-02-28", "Three extra cleanrooms"),
            ("2022-01-20", "2022-05-15", "Long lead time of air handling"),
        ],
        "2022-05-20",
        ("NGF-1", 2),
    ),
    (
        "M3",
        "Facility opened",
        "WP1",
        15,
        "2021-12-31",
        [("2021-09-10", "2022-06-01", "Follows M2")],
        "2022-06-01",
        ("NGF-1", 3),
    ),
    (
        "M4",
        "Equipment qualified",
        "WP2",
        15,
        "2022-09-30",
        [("2022-08-15", "2022-11-30", "Supplier delay")],
        "2022-11-25",
        None,
    ),
    (
        "M5",
        "GMP licence granted",
        "WP4",
        20,
        "2022-06-30",
        [("2022-03-01", "2022-12-15", "Follows M3 and M4")],
        "2022-12-05",
        ("NGF-1", 4),
    ),
    (
        "M6",
        "First client batch released",
        "WP3",
        10,
        "2023-12-31",
        [("2023-10-02", "2024-05-31", "Process transfer repeated")],
        "2024-06-14",
        ("NGF-1", 5),
    ),
    (
        "M7",
        "Viral vector line validated",
        "WP3",
        5,
        "2025-06-30",
        [
            ("2025-03-11", "2025-12-15", "Vacancy"),
            ("2025-10-06", "2026-04-30", "Second validation run needed"),
        ],
        None,
        ("NGF-1", 6),
    ),
    ("M8", "Facility runs on its own revenue", "WP5", 5, "2028-12-31", [], None, None),
]
SUPPLIERS = [
    "Bouwbedrijf De Rijn BV",
    "Cleanair Systems BV",
    "Van der Meer & Zoon",
    "Café-Catering Léonie",
    "LabSupply <NL>",
    "Müller Prozesstechnik GmbH",
    "QA Partners",
    'Pharma "Validatie" BV',
    "Bio-Instrumenten NV",
    "Reisbureau Oegstgeest",
]
TEXTS = [
    "Termijn {n}",
    "Factuur werkzaamheden week {n}",
    "Levering order {n}",
    "Validatie ruimte B{n}",
    "=SOM(A1:A{n})",
    "+31 71 {n} meerwerk",
    "-10% korting order {n}",
    "@onderhoud {n}",
    "Kalibratie 20 µl pipetten ({n})",
    "Uren specialist, réf. {n}",
]


def euros(cents):
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def share_out(cents, weights):
    """Divide by largest remainder; ties go to the earlier weight; a negative amount mirrors its positive."""
    sign, cents, whole = (-1 if cents < 0 else 1), abs(cents), sum(weights)
    parts = [cents * weight // whole for weight in weights]
    lost = [cents * weight % whole for weight in weights]
    for i in sorted(range(len(weights)), key=lambda i: -lost[i])[: cents - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def scatter(rng, cents, n):
    """Break an amount into n uneven positive parts that add up to it."""
    weights = [rng.randint(1, 1000) for _ in range(n)]
    return share_out(cents, weights)


class Books:
    """One fiscal year: transactions of (journal, number, description, booked, lines)."""

    def __init__(self, year):
        self.year, self.journals, self.count = year, defaultdict(list), Counter()

    def post(self, journal, text, booked, lines):
        self.count[journal] += 1
        debit = sum(line["amount"] for line in lines)
        assert debit == 0, (journal, text, debit)
        self.journals[journal].append((self.count[journal], text, booked, lines))
        return f"{self.year}{journal}{self.count[journal]:06}"


def line(account, amount, on, text, doc="", supplier="", wp="", project=""):
    return dict(
        account=account,
        amount=amount,
        on=on,
        text=text,
        doc=doc,
        supplier=supplier,
        wp=wp,
        project=project,
    )


def invoice(books, rng, number, on, parts, supplier, text):
    """Book a purchase invoice: net costs, 21 % VAT to claim back, the creditor."""
    doc = f"{books.year}-{number:05}"
    lines = [
        line(account, cents, on, text, doc, supplier, wp, project)
        for account, cents, wp, project in parts
    ]
    net = sum(cents for _, cents, _, _ in parts)
    vat = (abs(net) * 21 + 50) // 100 * (-1 if net < 0 else 1)
    lines.append(line("1500", vat, on, text, doc, supplier))
    lines.append(line("1600", -net - vat, on, text, doc, supplier))
    booked = max(
        date(books.year, 1, 2), min(on + timedelta(rng.randint(0, 12)), date(books.year, 12, 31))
    )
    return books.post("INK", text, booked, lines), doc


def make_year(year, rng, invoices):
    books, number, copies = Books(year), 0, []
    column = year - YEARS.start
    per_wp = max(4, invoices // len(WORK_PACKAGES))
    for wp, spend in SPEND.items():
        year_cents = spend[column] * 100000
        shares = dict(zip(MIX[wp], share_out(year_cents, list(MIX[wp].values()))))
        buys = {
            account: cents
            for account, cents in shares.items()
            if account not in PAYROLL and account != "4400"
        }
        wanted = (
            share_out(per_wp, [max(1, cents // 100000) for cents in buys.values()]) if buys else []
        )
        for (account, cents), n in zip(buys.items(), wanted):
            for amount in scatter(rng, cents, max(2, n)):
                number += 1
                day = date(year, 1, 1) + timedelta(rng.randint(0, 364))
                if (
                    number % 41 == 0 and year > YEARS.start
                ):  # invoice of last December, booked this January
                    day = date(year - 1, 12, rng.randint(15, 31))
                parts = [(account, amount, wp, PROJECT)]
                if number % 7 == 0 and amount > 1000:  # an invoice over two work packages
                    other = rng.choice([w for w in WORK_PACKAGES if w != wp])
                    half = amount // 2
                    parts = [(account, amount - half, wp, PROJECT), (account, half, other, PROJECT)]
                if number % 29 == 0:
                    parts.append(("4700", rng.randint(1000, 40000), wp, PROJECT))
                supplier, text = rng.choice(SUPPLIERS), rng.choice(TEXTS).format(n=number)
                key, doc = invoice(books, rng, number, day, parts, supplier, text)
                if number % 53 == 0:  # credit note for a third of it
                    number += 1
                    credit = [(account, -(amount // 3), wp, PROJECT)]
                    invoice(
                        books,
                        rng,
                        number,
                        min(day + timedelta(20), date(year, 12, 31)),
                        credit,
                        supplier,
                        "Creditnota " + doc,
                    )
                if number % 97 == 0:  # the same invoice booked twice: to be reported, never dropped
                    again, _ = invoice(books, rng, int(doc[5:]), day, parts, supplier, text)
                    copies.append([key, again])
        for account in sorted(PAYROLL & shares.keys()):
            for month, amount in enumerate(share_out(shares[account], [1] * 12), 1):
                day = date(year, month, 25)
                name = ACCOUNTS[account][0]
                books.post(
                    "MEM",
                    f"{name} {month:02}",
                    day,
                    [
                        line(
                            account, amount, day, f"{name} {wp}", f"SAL{month:02}", "", wp, PROJECT
                        ),
                        line("1700", -amount, day, name, f"SAL{month:02}"),
                    ],
                )
        if "4400" in shares:
            for month, amount in enumerate(share_out(shares["4400"], [1] * 12), 1):
                day = date(year, month, 28)
                books.post(
                    "MEM",
                    f"Afschrijving {month:02}",
                    day,
                    [
                        line(
                            "4400",
                            amount,
                            day,
                            "Afschrijving apparatuur",
                            f"AFS{month:02}",
                            "",
                            wp,
                            PROJECT,
                        ),
                        line("0200", -amount, day, "Afschrijving apparatuur", f"AFS{month:02}"),
                    ],
                )
    for i in range(
        max(3, invoices // 20)
    ):  # costs of the house and of paid work: never a project's
        number += 1
        day = date(year, 1, 1) + timedelta(rng.randint(0, 364))
        project, wp = ("CDMO", "CDMO") if year > 2021 and i % 2 else ("", "ALG")
        invoice(
            books,
            rng,
            number,
            day,
            [(rng.choice(["4100", "4200", "4800"]), rng.randint(5000, 900000), wp, project)],
            rng.choice(SUPPLIERS),
            rng.choice(TEXTS).format(n=number),
        )
        if project:
            amount = rng.randint(500000, 9000000)
            books.post(
                "VRK",
                f"Klantopdracht {i}",
                day,
                [
                    line("1300", amount, day, "Klant", f"V{i}"),
                    line("8000", -amount, day, "Omzet", f"V{i}", "", "CDMO", "CDMO"),
                ],
            )
    return books, copies


def write_xaf(books, path):
    new = books.year >= 2024
    encoding = "ISO-8859-1" if books.year == 2022 else "UTF-8"
    space = (
        "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0"
        if new
        else "http://www.auditfiles.nl/XAF/3.2"
    )
    all_lines = [
        l for entries in books.journals.values() for _, _, _, lines in entries for l in lines
    ]
    debit = sum(l["amount"] for l in all_lines if l["amount"] >= 0)
    credit = -sum(l["amount"] for l in all_lines if l["amount"] < 0)
    out = io.StringIO()
    put = out.write

    def tag(name, value):
        put(f"<{name}>{escape(str(value))}</{name}>")

    put(f'<?xml version="1.0" encoding="{encoding}"?>\n<auditfile xmlns="{space}">\n<header>')
    for name, value in (
        ("fiscalYear", books.year),
        ("startDate", f"{books.year}-01-01"),
        ("endDate", f"{books.year}-12-31"),
        ("curCode", "EUR"),
        ("dateCreated", f"{books.year + 1}-02-01"),
        ("softwareDesc", "Sample ledger"),
        ("softwareVersion", "1.0"),
    ):
        tag(name, value)
    put("</header>\n<company>")
    tag("companyName", "Pilot facility (sample)")
    tag("taxRegistrationCountry", "NL")
    tag("taxRegIdent", "001234567B01")
    put("\n<customersSuppliers>")
    for i, supplier in enumerate(SUPPLIERS, 1):
        put("<customerSupplier>")
        tag("custSupID", f"C{i:03}")
        tag("custSupName", supplier)
        put("</customerSupplier>")
    put("</customersSuppliers>\n<generalLedger>")
    for account, (name, kind, _) in ACCOUNTS.items():
        put("<ledgerAccount>")
        tag("accID", account)
        tag("accDesc", name)
        tag("accTp", kind)
        put("</ledgerAccount>")
    put("</generalLedger>\n<periods>")
    for month in range(1, 13):
        first = date(books.year, month, 1)
        last = (date(books.year + month // 12, month % 12 + 1, 1)) - timedelta(1)
        put("<period>")
        tag("periodNumber", month)
        tag("startDatePeriod", first)
        tag("endDatePeriod", last)
        put("</period>")
    put("</periods>\n<transactions>")
    tag("linesCount", len(all_lines))
    tag("totalDebit", euros(debit))
    tag("totalCredit", euros(credit))
    cost, project = ("cost", "project") if new else ("costID", "projID")
    for journal, (name, kind) in {
        "INK": ("Inkoop", "P"),
        "MEM": ("Memoriaal", "M"),
        "VRK": ("Verkoop", "S"),
    }.items():
        put("\n<journal>")
        tag("jrnID", journal)
        tag("desc", name)
        tag("jrnTp", kind)
        for number, text, booked, lines in books.journals[journal]:
            put("\n<transaction>")
            tag("nr", number)
            tag("desc", text)
            tag("periodNumber", booked.month)
            tag("trDt", booked)
            for i, l in enumerate(lines, 1):
                put("<trLine>")
                tag("nr", i)
                tag("accID", l["account"])
                tag("docRef", l["doc"] or "-")
                tag("effDate", l["on"])
                tag("desc", l["text"])
                tag("amnt", euros(abs(l["amount"])))
                tag("amntTp", "D" if l["amount"] >= 0 else "C")
                if l["supplier"]:
                    tag("custSupID", f"C{SUPPLIERS.index(l['supplier']) + 1:03}")
                    tag("invRef", l["doc"])
                if l["wp"]:
                    tag(cost, l["wp"])
                if l["project"]:
                    tag(project, l["project"])
                put("</trLine>")
            put("</transaction>")
        put("</journal>")
    put("\n</transactions>\n</company>\n</auditfile>\n")
    path.write_bytes(out.getvalue().encode(encoding, "xmlcharrefreplace"))
    return dict(lines=len(all_lines), debit=debit, credit=credit)


def write_bank(year, rng, path):
    """One statement a year: funders' instalments, two of them in one batch, among other payments."""
    paid = []
    for c in COMMITMENTS:
        for i, (due, cents) in enumerate(c["instalments"], 1):
            if due.startswith(str(year)) and (c["id"], i) != (
                "NGF-1",
                6,
            ):  # held back: its milestone is late
                paid.append((date.fromisoformat(due) + timedelta(rng.randint(0, 9)), cents, c, i))
    paid.sort(key=lambda p: p[0])
    entries = []
    while paid:
        batch = 2 if year == 2022 and not entries else 1
        take, paid = paid[:batch], paid[batch:]
        entries.append((take[0][0], sum(t[1] for t in take), "CRDT", take))
    for _ in range(30):
        day = date(year, 1, 1) + timedelta(rng.randint(0, 364))
        entries.append((day, rng.randint(1000, 5000000), rng.choice(["DBIT", "DBIT", "CRDT"]), []))
    entries.sort(key=lambda e: e[0])
    opening = 500000000
    closing = opening + sum(e[1] if e[2] == "CRDT" else -e[1] for e in entries)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>SAMPLE{year}</MsgId><CreDtTm>{year + 1}-01-02T06:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{year}001</Id><CreDtTm>{year + 1}-01-02T06:00:00</CreDtTm><Acct><Id><IBAN>NL18BNGH0285000001</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    ]
    for code, cents, day in (
        ("OPBD", opening, date(year, 1, 1)),
        ("CLBD", closing, date(year, 12, 31)),
    ):
        out.append(
            f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{euros(abs(cents))}</Amt>'
            f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )
    received = Counter()
    for n, (day, cents, side, funders) in enumerate(entries, 1):
        out.append(
            f'\n<Ntry><Amt Ccy="EUR">{euros(cents)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt>'
            f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{year}{n:06}</AcctSvcrRef><NtryDtls>"
        )
        if len(funders) > 1:
            out.append(f"<Btch><NbOfTxs>{len(funders)}</NbOfTxs></Btch>")
        for _, part, c, i in funders:
            received[c["id"]] += part
            # the university never quotes its reference: only the account tells who paid
            remark = (
                "Bijdrage pilotfaciliteit" if c["id"] == "UL-1" else f"Termijn {i} {c['reference']}"
            )
            out.append(
                f"<TxDtls><Refs><EndToEndId>{escape(c['id'])}-{i}</EndToEndId></Refs>"
                f'<AmtDtls><TxAmt><Amt Ccy="EUR">{euros(part)}</Amt></TxAmt></AmtDtls>'
                f"<RltdPties><Dbtr><Nm>{escape(c['funder'])}</Nm></Dbtr><DbtrAcct><Id><IBAN>{c['iban']}</IBAN></Id></DbtrAcct></RltdPties>"
                f"<RmtInf><Ustrd>{escape(remark)}</Ustrd></RmtInf></TxDtls>"
            )
        if not funders:
            party = "Dbtr" if side == "CRDT" else "Cdtr"
            out.append(
                f"<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><{party}><Nm>Relatie {n}</Nm></{party}>"
                f"<{party}Acct><Id><IBAN>NL86INGB0002445588</IBAN></Id></{party}Acct></RltdPties><RmtInf><Ustrd>Betaling {n}</Ustrd></RmtInf></TxDtls>"
            )
        out.append("</NtryDtls></Ntry>")
    out.append("\n</Stmt></BkToCstmrStmt></Document>\n")
    path.write_text("".join(out), encoding="utf-8")
    return received, len(entries), closing


def write_in_kind(rng, path):
    """Partner hours at a fixed rate of 60 euros; each row is a cost line funded in kind."""
    rows, lines = [], []
    for year in range(2022, 2026):
        for month in range(1, 13):
            for partner in ("Biomaterials BV", "Kapsel & Cel NV"):
                quarters = rng.randint(40, 480)  # quarters of an hour
                day = date(year, month, 28)
                wp = rng.choice(["WP3", "WP3", "WP4"])
                rows.append(
                    [
                        partner,
                        day.strftime("%d-%m-%Y"),
                        wp,
                        f"{quarters // 4},{quarters % 4 * 25:02}",
                        "60,00",
                        "Inzet onderzoekers €60/uur",
                    ]
                )
                lines.append((f"INKIND{len(rows):05}", day, quarters * 1500, wp))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Partner", "Datum", "Werkpakket", "Uren", "Tarief", "Omschrijving"])
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode("cp1252"))
    return lines


def answer(all_books, in_kind):
    """Work out what a tracker must say, by the rules in README.md."""
    costs, excluded = [], Counter()
    excluded_lines = Counter()
    for books in all_books:
        for journal, entries in books.journals.items():
            for number, _, _, lines in entries:
                for i, l in enumerate(lines, 1):
                    category = ACCOUNTS[l["account"]][2]
                    reason = (
                        "not_a_cost"
                        if category is None
                        else "other_project"
                        if l["project"] != PROJECT
                        else "ineligible_account"
                        if category == "ineligible"
                        else ""
                    )
                    if reason:
                        excluded[reason] += l["amount"]
                        excluded_lines[reason] += 1
                    else:
                        costs.append(
                            (
                                (l["on"], books.year, journal, number, i),
                                l["amount"],
                                category,
                                l["wp"],
                                None,
                            )
                        )
    costs += [
        ((on, 9999, key, 0, 0), cents, "personnel", wp, "RMX-K") for key, on, cents, wp in in_kind
    ]
    costs.sort()
    room = {c["id"]: sum(a for _, a, _ in c["amounts"]) for c in COMMITMENTS}
    terms = {c["id"]: c for c in COMMITMENTS}
    charged, left = defaultdict(Counter), Counter()
    totals = defaultdict(Counter)
    for (on, *_), cents, category, wp, only in costs:
        totals["year"][on.year] += cents
        totals["category"][category] += cents
        totals["work_package"][wp] += cents
        shares = [(only, 1)] if only else SPLIT[wp]
        for (name, _), part in zip(shares, share_out(cents, [weight for _, weight in shares])):
            c = terms[name]
            if not date.fromisoformat(c["first_day"]) <= on <= date.fromisoformat(c["last_day"]):
                left["outside_period"] += part
            elif category not in c["categories"]:
                left["category_not_allowed"] += part
            else:
                taken = min(part, room[name])
                room[name] -= taken
                charged[name][f"{on.year}/{category}"] += taken
                if taken != part:
                    left["commitment_exhausted"] += part - taken
    total = sum(c[1] for c in costs)
    assert total == sum(sum(by.values()) for by in charged.values()) + sum(left.values())
    return dict(
        cost_lines=len(costs),
        cost_total=total,
        by=dict((k, dict(sorted(v.items()))) for k, v in totals.items()),
        excluded={r: dict(lines=excluded_lines[r], amount=excluded[r]) for r in sorted(excluded)},
        charged={name: dict(sorted(by.items())) for name, by in sorted(charged.items())},
        charged_total={name: sum(by.values()) for name, by in sorted(charged.items())},
        unallocated=dict(sorted(left.items())),
    )


def statement(charged, year):
    """The National Growth Fund's statement for one calendar year, by category."""
    rows = {}
    for category, budget in BUDGET_NGF.items():
        before = sum(
            v for k, v in charged.items() if k.endswith("/" + category) and int(k[:4]) < year
        )
        now = charged.get(f"{year}/{category}", 0)
        rows[category] = dict(
            budget=budget,
            previously=before,
            this_period=now,
            to_date=before + now,
            remaining=budget - before - now,
        )
    rows["total"] = {
        key: sum(row[key] for row in rows.values())
        for key in ("budget", "previously", "this_period", "to_date", "remaining")
    }
    return rows


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--invoices", type=int, default=240, help="purchase invoices a fiscal year, about"
    )
    args = parser.parse_args()
    rng = random.Random(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    all_books, files, copies, received = [], {}, [], Counter()
    for year in YEARS:
        books, twice = make_year(year, rng, args.invoices)
        all_books.append(books)
        copies += twice
        files[f"auditfile-{year}.xaf"] = write_xaf(books, args.out / f"auditfile-{year}.xaf")
        got, entries, closing = write_bank(year, rng, args.out / f"bank-{year}.xml")
        received += got
        files[f"bank-{year}.xml"] = dict(entries=entries, closing=closing)
    in_kind = write_in_kind(rng, args.out / "in-kind.csv")
    case = dict(
        project=dict(
            code=PROJECT,
            name="Pilot facility for cell and gene therapy",
            currency="EUR",
            first_day="2021-01-01",
            last_day="2025-12-31",
        ),
        note="Fictitious amounts. See README.md for what is public fact.",
        categories=EVERY,
        accounts={a: dict(name=n, category=c) for a, (n, _, c) in ACCOUNTS.items()},
        work_packages=WORK_PACKAGES,
        funders=[dict(name=n, kind=k, report_language=l) for n, k, l in FUNDERS],
        in_kind=dict(commitment="RMX-K", category="personnel"),
        split_rules={
            wp: [dict(commitment=c, weight=w) for c, w in rule] for wp, rule in SPLIT.items()
        },
        commitments=[
            {
                **c,
                "amounts": [dict(on=d, amount=a, reason=r) for d, a, r in c["amounts"]],
                "instalments": [
                    dict(number=i, due=d, amount=a) for i, (d, a) in enumerate(c["instalments"], 1)
                ],
            }
            for c in COMMITMENTS
        ],
        budget={"NGF-1": BUDGET_NGF},
        milestones=[
            dict(
                code=m[0],
                title=m[1],
                work_package=m[2],
                weight=m[3],
                baseline=m[4],
                moves=[dict(on=d, to=t, reason=r) for d, t, r in m[5]],
                met_on=m[6],
                releases=dict(commitment=m[7][0], instalment=m[7][1]) if m[7] else None,
            )
            for m in MILESTONES
        ],
    )
    (args.out / "case.json").write_text(
        json.dumps(case, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    expected = answer(all_books, in_kind)
    expected["files"] = files
    expected["booked_twice"] = copies
    expected["received"] = dict(sorted(received.items()))
    expected["cash_on_hand"] = {
        name: received[name] - total
        for name, total in expected["charged_total"].items()
        if next(c for c in COMMITMENTS if c["id"] == name)["form"] == "cash"
    }
    expected["statement"] = {
        str(year): statement(expected["charged"]["NGF-1"], year) for year in YEARS
    }
    (args.out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

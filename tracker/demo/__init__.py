"""The sample programme: files as a finance office has them, with fictitious amounts.

Public fact: NecstGen is owned by LUMC and supported by the National Growth Fund, the Province
South Holland and Leiden University, and contributes to RegMed XB; the fund's award of April 2021
and the conditional part that became definitive in 2022; the start of construction in April 2021,
the opening on 1 June 2022, the licence of December 2022, and the 13 cleanrooms where 10 were
planned. Made up: every split, reference, IBAN, supplier, rule and date besides, and so every
amount in the books. README.md beside this file says it in full.
"""

from __future__ import annotations

from datetime import date

DAY = date(2026, 1, 15)
"""The day that it always is in the sample: its books have just been closed."""

"""Programs that read what reports write, where a machine has them."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Without it LibreOffice believes the values that a file brings along.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def recalculated(workbook: bytes, folder: Path, *, as_usual: bool = False) -> bytes:
    """Have LibreOffice work out every formula of a workbook, in a profile of its own.

    Shape:  ``as_usual`` leaves it as people have it: it believes values that are in the file.
    """
    return recalculated_all({"told": workbook}, folder, as_usual=as_usual)["told"]


def recalculated_all(
    workbooks: dict[str, bytes], folder: Path, *, as_usual: bool = False
) -> dict[str, bytes]:
    """Have it work out several, by any names; it starts once, which takes longer than the work."""
    if (office := shutil.which("soffice")) is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc")
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    if not as_usual:
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, "utf-8")
    for name, workbook in workbooks.items():
        (folder / f"{name}.xlsx").write_bytes(workbook)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(out),
            *(str(folder / f"{name}.xlsx") for name in workbooks),
        ],
        env={**os.environ, "HOME": str(folder)},
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {name: (out / f"{name}.xlsx").read_bytes() for name in workbooks}


def text_of(pdf: bytes) -> list[str]:
    """Have poppler read the text of every page of a PDF, as it is laid out."""
    if (reader := shutil.which("pdftotext")) is None:
        pytest.skip("poppler is not installed: apt-get install poppler-utils")
    read = subprocess.run(
        [reader, "-layout", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return read.stdout.decode().split("\f")[:-1]

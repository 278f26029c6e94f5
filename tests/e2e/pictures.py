"""Pictures of every page and of every page of a PDF, to be looked at after every change.

They go to var/pictures/. With --readme, the two pictures of the README are made anew instead.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.e2e.served import (  # noqa: E402 - the line above makes it importable
    OFFICER,
    STOPS,
    Stop,
    choose_language,
    launched,
    load_sample,
    served,
    sign_in,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PICTURES = ROOT / "var" / "pictures"
README = ROOT / "docs" / "img"
WIDTHS = {360: 740, 1280: 800, 1920: 1080}
THEMES = ("light", "dark")
LANGUAGES = ("en", "nl")
ON_PAPER = {"overview", "commitment", "costs-filtered", "statement-year"}
PRINTED = {"nl": ("NGF-1", "2023"), "en": ("RMX-C", "2023")}  # by the funder's language
TO_PRINT = 120_000  # milliseconds; a busy machine is slow
COLOURS = 128  # enough for what is drawn, and a third of the size


def take_all(browser: Browser, address: str, only: str) -> None:
    """Take a picture of every page in every width, theme and language."""
    stops = [stop for stop in STOPS if only in stop.name]
    for role in {stop.role for stop in stops}:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        if role:
            sign_in(page, role)
        for language, stop in product(LANGUAGES, (s for s in stops if s.role is role)):
            take(context, page, address, stop, language)
        choose_language(page, "en")
        context.close()


def take(context: BrowserContext, page: Page, address: str, stop: Stop, language: str) -> None:
    """Take the pictures of one page in one language."""
    choose_language(page, language)
    for theme in THEMES:
        context.add_cookies([{"name": "theme", "value": theme, "url": address}])
        page.goto(address + stop.address)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            name = f"{stop.name}-{language}-{width}-{theme}.png"
            page.screenshot(path=PICTURES / name, full_page=True)
    if stop.name in ON_PAPER:
        page.pdf(path=PICTURES / f"{stop.name}-{language}.pdf", prefer_css_page_size=True)
        as_pictures(PICTURES / f"{stop.name}-{language}.pdf", PICTURES, "-r", "60")


def take_reports(context: BrowserContext, address: str) -> None:
    """Take a picture of every page of a funder's PDF in each language."""
    for language, (code, period) in PRINTED.items():
        path = f"/reports/statement/{code}/{period}.pdf"
        answer = context.request.get(address + path, timeout=TO_PRINT)
        assert answer.ok, answer.text()
        pdf = PICTURES / f"report-{language}.pdf"
        pdf.write_bytes(answer.body())
        as_pictures(pdf, PICTURES, "-r", "80")


def as_pictures(pdf: Path, folder: Path, *options: str) -> None:
    """Draw the pages of a PDF."""
    command = ["pdftoppm", "-png", *options, pdf, folder / pdf.stem]
    subprocess.run(command, check=True)


def take_for_readme(browser: Browser, address: str) -> None:
    """Make the pictures that the README shows: the overview, and a page of a funder's PDF."""
    from PIL import Image

    page = browser.new_page(viewport={"width": 1280, "height": 740})
    page.goto(f"{address}/sign-in")
    sign_in(page, OFFICER)
    page.goto(f"{address}/overview")
    README.mkdir(exist_ok=True)
    page.screenshot(path=README / "overview.png")
    answer = page.request.get(f"{address}/reports/statement/NGF-1/2023.pdf", timeout=TO_PRINT)
    with TemporaryDirectory() as folder:
        pdf = Path(folder) / "statement.pdf"
        pdf.write_bytes(answer.body())
        as_pictures(pdf, README, "-r", "90", "-f", "2", "-l", "2", "-singlefile")
    for path in (README / "overview.png", README / "statement.png"):
        Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


def main() -> None:
    """Load the sample, serve it, and take the pictures that are asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--readme", action="store_true", help="the README's pictures only")
    arguments.add_argument("--only", default="", help="pages whose name holds this, no PDF")
    asked = arguments.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        served(load_sample(Path(folder))) as address,
        sync_playwright() as playwright,
    ):
        browser = launched(playwright)
        if asked.readme:
            take_for_readme(browser, address)
            return
        take_all(browser, address, asked.only)
        if not asked.only:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{address}/sign-in")
            sign_in(page, OFFICER)
            take_reports(context, address)
    print(f"{len(list(PICTURES.glob('*.png')))} pictures are in {PICTURES}")


if __name__ == "__main__":
    main()

"""Pictures of every page and of every page of a PDF, to be looked at after every change.

They go to var/pictures/, with an index.html to look through. What overflows, is cut or covers
other text is told of each page, and is a failure. With --readme, the two pictures of the README
are made anew instead.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from html import escape
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, NamedTuple

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.e2e.laid_out import faults_of  # noqa: E402 - the line above makes it importable
from tests.e2e.served import (  # noqa: E402
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
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Page

PICTURES = ROOT / "var" / "pictures"
README = ROOT / "docs" / "img"
LANGUAGES = ("en", "nl")
ON_PAPER = {"overview", "commitment", "costs-filtered", "statement-year"}
PRINTED = {"nl": ("NGF-1", "2023"), "en": ("RMX-C", "2023")}  # by the funder's language
TO_PRINT = 120_000  # milliseconds; a busy machine is slow
COLOURS = 128  # enough for what is drawn, and a third of the size


class View(NamedTuple):
    """How a page is looked at: on a screen of some width, light or dark, or on paper."""

    name: str
    width: int
    height: int
    theme: Literal["light", "dark"] = "light"
    media: Literal["screen", "print"] = "screen"


SCREENS = ((360, 740), (1280, 800), (1920, 1080))
VIEWS = (
    *(View(f"{wide}-light", wide, high) for wide, high in SCREENS),
    *(View(f"{wide}-dark", wide, high, "dark") for wide, high in SCREENS),
    View("print", 1032, 703, media="print"),  # what A4, lying, leaves between its margins
)
PRINTED_MAX = 1548  # what is wider than the paper is printed smaller, down to two thirds


def take_all(browser: Browser, address: str, stops: Sequence[Stop]) -> list[str]:
    """Take a picture of every page in every view and language, and tell what is wrong with them."""
    faults = []
    for role in dict.fromkeys(stop.role for stop in stops):
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        if role:
            sign_in(page, role)
        for language in LANGUAGES:
            choose_language(page, language)
            for stop in (stop for stop in stops if stop.role is role):
                answer = page.goto(address + stop.address)
                if answer is None or answer.status != stop.status:
                    faults.append(f"{stop.name}, {language}: not answered with {stop.status}")
                faults += take(page, stop, language)
        context.close()
    return faults


def take(page: Page, stop: Stop, language: str) -> list[str]:
    """Take the pictures of the page that is open, and tell what is wrong with it."""
    faults: dict[str, list[str]] = {}
    for view in VIEWS:
        page.emulate_media(media=view.media, color_scheme=view.theme)
        page.set_viewport_size({"width": view.width, "height": view.height})
        page.screenshot(path=PICTURES / f"{stop.name}-{language}-{view.name}.png", full_page=True)
        if view.media == "print":
            page.set_viewport_size({"width": PRINTED_MAX, "height": view.height})
        if view.theme == "light":  # the dark changes nothing but colours
            for fault in faults_of(page):
                faults.setdefault(fault, []).append(view.name)
    if stop.name in ON_PAPER:  # while it is still shown as on paper
        page.pdf(path=PICTURES / f"{stop.name}-{language}.pdf", prefer_css_page_size=True)
        as_pictures(PICTURES / f"{stop.name}-{language}.pdf", PICTURES, "-r", "60")
    page.emulate_media(media="screen", color_scheme="light")
    return [f"{stop.name}, {language}, {', '.join(at)}: {fault}" for fault, at in faults.items()]


def write_index(faults: Sequence[str]) -> None:
    """Write the page on which all pictures are looked through."""
    wrong = "".join(f"<li>{escape(fault)}</li>" for fault in faults)
    parts = [f"<h1>Pictures</h1><ul>{wrong}</ul>" if wrong else "<h1>Pictures</h1>"]
    taken = set()
    for stop in STOPS:
        rows = []
        for language, view in product(LANGUAGES, VIEWS):
            path = PICTURES / f"{stop.name}-{language}-{view.name}.png"
            taken.add(path)
            if path.exists():
                rows.append(framed(path))
        if rows:
            role = stop.role.value if stop.role else "nobody"
            said = escape(f"{stop.name}: {stop.address}, {role}")
            parts.append(f"<h2 id={stop.name}>{said}</h2><div>{''.join(rows)}</div>")
    printed = [framed(path) for path in sorted(set(PICTURES.glob("*.png")) - taken)]
    parts.append(f"<h2>On paper</h2><div>{''.join(printed)}</div>")
    (PICTURES / "index.html").write_text(INDEX + "\n".join(parts), "utf-8")


INDEX = """<!doctype html><html lang=en><meta charset=utf-8><title>Pictures</title>
<style>
body { font: 14px sans-serif; margin: 16px; background: #888 }
div { display: flex; flex-wrap: wrap; gap: 12px }
figure { margin: 0 }
img { display: block; height: 420px; max-width: 460px; object-fit: cover; object-position: top }
</style>
"""


def framed(path: Path) -> str:
    """Show a picture small, with its name; it leads to the picture itself."""
    name = escape(path.name)
    shown = f"<img src='{name}' alt='' loading=lazy>"
    return f"<figure><a href='{name}'>{shown}</a><figcaption>{path.stem}</figcaption></figure>"


def take_reports(browser: Browser, address: str) -> None:
    """Take a picture of every page of a funder's PDF in each language."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    sign_in(page, OFFICER)
    for language, (code, period) in PRINTED.items():
        path = f"/reports/statement/{code}/{period}.pdf"
        answer = context.request.get(address + path, timeout=TO_PRINT)
        assert answer.ok, answer.text()
        pdf = PICTURES / f"report-{language}.pdf"
        pdf.write_bytes(answer.body())
        as_pictures(pdf, PICTURES, "-r", "80")
    context.close()


def as_pictures(pdf: Path, folder: Path, *options: str) -> None:
    """Draw the pages of a PDF."""
    command: list[str | Path] = ["pdftoppm", "-png", *options, pdf, folder / pdf.stem]
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


def wishes() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--readme", action="store_true", help="the README's pictures only")
    arguments.add_argument("--only", default="", help="pages whose name holds this, no PDF")
    return arguments.parse_args()


def main() -> None:
    """Load the sample, serve it, and take the pictures that are asked for."""
    asked = wishes()
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
        if not asked.only:
            for old in (*PICTURES.glob("*.png"), *PICTURES.glob("*.pdf")):
                old.unlink()
            take_reports(browser, address)
        faults = take_all(browser, address, [stop for stop in STOPS if asked.only in stop.name])
    write_index(faults)
    print(*faults, f"The pictures are in {PICTURES / 'index.html'}", sep="\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

"""How a page lies on its screen: what is wider than it, what is cut off, what covers other text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOOKS = 10
PAUSE = 100  # milliseconds

# What may be cut on purpose: what is for listeners only, and what ends in an ellipsis by its style.
FAULTS = r"""() => {
  const faults = [], SLACK = 2;
  const told = (node) => (node.textContent || "").trim().replace(/\s+/g, " ").slice(0, 60);
  const name = (element) => element.tagName.toLowerCase()
    + [...element.classList].map((each) => "." + each).join("");
  if (document.documentElement.scrollWidth > innerWidth)
    faults.push(`wider than the screen: ${document.documentElement.scrollWidth} of ${innerWidth}`);

  const cuts = (value) => value === "hidden" || value === "clip";
  const scrolls = (value) => value === "auto" || value === "scroll";
  const isForListeners = (box) => box.width <= 1 || box.height <= 1;
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest("svg") || element.tagName === "INPUT" || !told(element)) continue;
    const style = getComputedStyle(element);
    if (!cuts(style.overflowX) && !cuts(style.overflowY)) continue;
    if (style.textOverflow === "ellipsis" || isForListeners(element.getBoundingClientRect()))
      continue;
    const isCut = cuts(style.overflowX) && element.scrollWidth > element.clientWidth + SLACK
      || cuts(style.overflowY) && element.scrollHeight > element.clientHeight + SLACK;
    if (isCut) faults.push(`cut: ${name(element)} “${told(element)}”`);
  }

  // The part of a box that can be seen: frames that scroll, and those that cut, hide the rest.
  const seen = (box, element) => {
    let {left, top, right, bottom} = box;
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const frame = at.getBoundingClientRect();
      [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
      [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    }
    return right - left > SLACK && bottom - top > SLACK ? {left, top, right, bottom} : null;
  };
  const texts = [], range = document.createRange();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, element = node.parentElement;
    if (!told(node) || !element.checkVisibility({checkVisibilityCSS: true})) continue;
    if (element.closest("select, script, style, noscript, .skip")) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const shown = box.width > 1 && seen(box, element);
      if (shown) texts.push({...shown, node});
    }
  }
  texts.sort((a, b) => a.top - b.top);
  const found = new Set();
  texts.forEach((one, at) => {
    for (let next = at + 1; next < texts.length && texts[next].top < one.bottom; next++) {
      const other = texts[next];
      if (other.node === one.node) continue;
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - other.top;
      // Lines of text may touch each other with what is above and below their letters.
      if (wide > SLACK && high > 0.35 * Math.min(one.bottom - one.top, other.bottom - other.top))
        found.add(`over each other: “${told(one.node)}” and “${told(other.node)}”`);
    }
  });
  return [...faults, ...found];
}"""


def faults_of(page: Page) -> list[str]:
    """Name what overflows, is cut or covers other text on a page, at the width that it has now.

    A page whose width has just changed may still be laid out: a fault counts if it stays.
    """
    found: list[str] = page.evaluate(FAULTS)
    for _ in range(LOOKS):
        if not found:
            break
        page.wait_for_timeout(PAUSE)
        found = page.evaluate(FAULTS)
    return found

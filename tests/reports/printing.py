"""Printing in the process of a test, where it is seen what is read, or very much is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.printer import printed
from reports.to_pdf import CONTROL, _plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reports.to_pdf import Attached
    from tracker.domain.report_texts import Picture


def printed_here(
    html: str, pictures: Mapping[str, Picture], attached: Iterable[Attached] = ()
) -> bytes:
    """Print a document as ``to_pdf`` does, without a process of its own."""
    told = html.encode(errors="replace").decode().translate(CONTROL)
    handed = {at: [one.media_type, one.base64] for at, one in pictures.items()}
    return printed(told, handed, [_plain(one) for one in attached])

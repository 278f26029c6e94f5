"""Texts that people read: English in the code, said in the reader's language when shown."""

from __future__ import annotations


def mark(text: str) -> str:
    """Mark a text for translation; modules import this as ``_``, by which translations find it."""
    return text

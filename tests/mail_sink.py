"""A mail server of the test's own, on this machine, that takes, refuses, hangs up or dies."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from enum import Enum
from typing import TYPE_CHECKING

from tracker.config import MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

ENCODING = "utf-8"


class Mood(Enum):
    """What the server does with a message."""

    TAKES = "takes"
    GREETS_NOBODY = "greets nobody"
    REFUSES_RECIPIENT = "refuses the recipient"
    REFUSES_TO_BEGIN = "refuses before the message"
    REFUSES_AFTER = "refuses after the message"
    HANGS_UP_BEFORE = "hangs up before the message"
    TAKES_AND_HANGS_UP = "takes it and hangs up"
    LOSES_AND_HANGS_UP = "loses it and hangs up"


class Sink(socketserver.ThreadingTCPServer):
    """A server in a thread; ``moods`` are used up one by one, and then it takes everything."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.moods: list[Mood] = []
        self.taken: list[EmailMessage] = []

    @property
    def server(self) -> MailServer:
        """How the tracker reaches it."""
        return MailServer("127.0.0.1", int(self.server_address[1]), "tracker@example.org")


class _Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        mood = self.server.moods.pop(0) if self.server.moods else Mood.TAKES
        if mood is Mood.GREETS_NOBODY:
            return
        self._say("220 sink")
        while line := self.rfile.readline().decode(ENCODING).strip():
            verb = line.partition(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA":
                if not self._take(mood):
                    return
            elif verb == "RCPT" and mood is Mood.REFUSES_RECIPIENT:
                self._say("550 nobody here")
            else:
                self._say("250 sink")

    def _take(self, mood: Mood) -> bool:
        """Hear a message; tell whether the conversation goes on."""
        if mood is Mood.HANGS_UP_BEFORE:
            return False
        if mood is Mood.REFUSES_TO_BEGIN:
            self._say("451 not now")
            return True
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if mood is Mood.REFUSES_AFTER:
            self._say("554 no")
            return True
        if mood is not Mood.LOSES_AND_HANGS_UP:
            self.server.taken.append(message_from_bytes(b"".join(lines), policy=default))
        if mood in (Mood.TAKES_AND_HANGS_UP, Mood.LOSES_AND_HANGS_UP):
            return False
        self._say("250 taken")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode(ENCODING))


@contextmanager
def listening() -> Iterator[Sink]:
    """Let a server listen until the end of the block."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()

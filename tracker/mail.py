"""The one door to the mail server: a message is taken, refused, or nobody knows."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import TrackerError

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.config import MailServer

PATIENCE: Final = 30  # seconds for each answer of the server
IMPLICIT_TLS: Final = 465
READY, TAKEN = (354,), (250, 251)
SEVEN_BITS: Final = SMTP.clone(cte_type="7bit")  # no server takes less
SENDER_NAME: Final = "Funding Tracker"


class MailNotSentError(TrackerError):
    """The server did not take the message, so it may be sent again."""


class MailUncertainError(TrackerError):
    """The connection broke while the server was taking the message: it may have arrived."""


def written(
    server: MailServer,
    to: tuple[str, str],
    said: tuple[str, str, str],
    message_id: str,
    at: datetime,
) -> EmailMessage:
    """Write a message in plain text and in HTML.

    Shape:  ``to`` is a name and an address; ``said`` the subject, the text and the HTML. Line
            breaks in names and subjects become spaces: they cannot begin a header of their own.
    Errors: ``MailNotSentError`` for an address to which no mail can go.
    """
    subject, text, html = said
    message = EmailMessage(policy=SEVEN_BITS)
    try:
        message["To"] = Address(_one_line(to[0]), addr_spec=to[1])
        message["From"] = Address(SENDER_NAME, addr_spec=server.sender)
    except (ValueError, IndexError, MessageError) as error:  # as the parser of addresses does
        raise _refused(f"{to[1]}: {error}") from error
    message["Subject"] = _one_line(subject)
    message["Date"] = at
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def send(server: MailServer, message: EmailMessage) -> None:
    """Hand a message to the server.

    Errors: ``MailNotSentError`` where the server surely has not taken it; ``MailUncertainError``
            where the connection broke between the whole message and the answer to it.
    """
    try:
        connection = _connected(server)
    except (OSError, smtplib.SMTPException) as error:
        raise _refused(str(error)) from error
    try:
        _hand_over(connection, server, message)
    finally:
        connection.close()


def _connected(server: MailServer) -> smtplib.SMTP:
    """Open a connection, in TLS unless the server is on this machine, and sign in."""
    context = ssl.create_default_context()
    if server.port == IMPLICIT_TLS and not server.is_near:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=PATIENCE, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    try:
        if not isinstance(connection, smtplib.SMTP_SSL) and not server.is_near:
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _hand_over(connection: smtplib.SMTP, server: MailServer, message: EmailMessage) -> None:
    """Say whom it is from and for, then the message itself, and hear what becomes of it."""
    try:
        connection.ehlo_or_helo_if_needed()
        _expect(connection.mail(server.sender), TAKEN)
        _expect(connection.rcpt(message["To"].addresses[0].addr_spec), TAKEN)
        _expect(connection.docmd("DATA"), READY)
        # Without its end, which is sent last, no server takes a message.
        connection.send(_dotted(message.as_bytes()))
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise _refused(str(error)) from error
    try:
        answer = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise MailUncertainError(
            "The connection to the mail server broke before it answered: the message may have"
            " arrived."
        ) from error
    _expect(answer, TAKEN)


def _expect(answer: tuple[int, bytes], codes: tuple[int, ...]) -> None:
    if answer[0] not in codes:
        raise _refused(f"{answer[0]} {answer[1].decode('utf-8', 'replace')}")


def _refused(why: str) -> MailNotSentError:
    return MailNotSentError(
        "The mail server did not take the message: {why}", why=_one_line(why)[:300]
    )


def _dotted(content: bytes) -> bytes:
    """Double the dots that begin a line, and end with a dot of its own."""
    doubled = re.sub(rb"(?m)^\.", b"..", content)
    return doubled.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Sending mail through the city's mail server (RFC 5321), with the standard library."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr

from copilot.errors import BadInput, MailProblem
from copilot.settings import Settings
from copilot.store.contacts import is_address

TIMEOUT_SECONDS = 30.0
_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NotSure(MailProblem):
    """The connection broke while a mail was being handed over: nobody knows whether the server took it."""


class Outbox:
    """A connection to the mail server."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server
        self._lost = False

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Raises MailProblem where the server refused it, NotSure where it did not answer."""
        if self._lost:
            raise MailProblem("The connection to the mail server was lost with the mail before.")
        try:
            self._server.send_message(message)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
                raise MailProblem(f"The mail server refused this mail: {_said(error)}.") from error
            self._lost = True
            raise NotSure(f"The mail server did not answer while it was handed this mail ({error}).") from error


def check_mail_settings(settings: Settings) -> None:
    """Raise BadInput where no mail could be sent with them."""
    if not settings.smtp_host or not settings.smtp_from:
        raise BadInput(
            "No mail server is configured. Set HOTLINE_SMTP_HOST and HOTLINE_SMTP_FROM, or look at what would be sent "
            "with --dry-run."
        )
    # A mail that cannot be written down fails after its reminders were claimed.
    if not settings.smtp_from.isprintable() or not is_address(parseaddr(settings.smtp_from)[1]):
        raise BadInput(
            "HOTLINE_SMTP_FROM holds no mail address. Give it as hotline@example.org or 热线 <hotline@example.org>."
        )
    if settings.smtp_tls == "none" and settings.smtp_user and settings.smtp_host not in _LOOPBACK:
        raise BadInput(
            "HOTLINE_SMTP_TLS=none would send the password readably over the network. Use starttls or ssl, or a server "
            "that needs no login."
        )


@contextmanager
def opened_outbox(settings: Settings) -> Iterator[Outbox]:
    """A connection that is encrypted and logged in as the settings say. Raises BadInput, MailProblem."""
    check_mail_settings(settings)
    server = _connected(settings)
    try:
        yield Outbox(server)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _connected(settings: Settings) -> smtplib.SMTP:
    port = settings.smtp_port or _PORTS[settings.smtp_tls]
    where = f"{settings.smtp_host}:{port}"
    try:
        context = ssl.create_default_context(cafile=settings.smtp_ca)
    except OSError as error:
        raise BadInput(f"The certificates in HOTLINE_SMTP_CA cannot be read ({error}). Give a PEM file.") from error
    try:
        if settings.smtp_tls == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(settings.smtp_host, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(settings.smtp_host, port, timeout=TIMEOUT_SECONDS)
    except (smtplib.SMTPException, OSError) as error:
        raise MailProblem(f"The mail server {where} cannot be reached: {_said(error)}. Nothing was sent.") from error
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except (smtplib.SMTPException, OSError) as error:
        server.close()
        raise MailProblem(
            f"The mail server {where} refuses the connection: {_said(error)}. Nothing was sent. "
            "Check HOTLINE_SMTP_TLS, HOTLINE_SMTP_USER and HOTLINE_SMTP_PASSWORD."
        ) from error
    return server


def _said(error: Exception) -> str:
    """What the server answered, without the addresses that smtplib repeats."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answer(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return str(error).rstrip(".") or type(error).__name__


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}".rstrip(".")

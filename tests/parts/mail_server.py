"""A mail server on loopback that keeps what it is sent; it speaks as much SMTP (RFC 5321) as a client needs."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any


@dataclass
class MailServer:
    """``refused`` recipients get a 550; after ``most`` mails the line is cut in the middle of the next."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    most: int = 1000
    certificate: Path | None = None
    key: Path | None = None
    wants_login: bool = False
    encrypted: list[bool] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.kept: MailServer = self.server.kept  # type: ignore[attr-defined]
        self.to: list[str] = []
        self.secure = False
        self.say("220 loopback")
        try:
            while line := self.rfile.readline().decode().strip():
                verb, _, rest = line.partition(" ")
                if not self.obey(verb.upper(), rest):
                    return
        except OSError:  # a client that does not like the certificate hangs up
            return
        finally:
            for file in (self.rfile, self.wfile, self.request):
                file.close()

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def obey(self, verb: str, rest: str) -> bool:
        """Answer one line; whether the session goes on."""
        if verb == "STARTTLS":
            self.say("220 go ahead")
            self.encrypt()
        elif verb == "DATA":
            return self.data()
        elif verb == "RCPT":
            address = rest.partition("<")[2].partition(">")[0]
            self.to.append(address)
            self.say("550 no such user" if address in self.kept.refused else "250 ok")
        elif verb == "EHLO":
            able = [name for name, can in (("STARTTLS", self.kept.certificate and not self.secure),) if can]
            able += ["AUTH PLAIN"] if self.kept.wants_login else []
            for n, name in enumerate(["loopback", *able]):
                self.say(f"250{' ' if n == len(able) else '-'}{name}")
        elif verb == "AUTH":
            self.kept.logins.append(rest)
            self.say("235 welcome" if rest.endswith("AGxpAHNlY3JldA==") else "535 5.7.8 wrong password")
        else:
            self.to = []
            self.say("221 bye" if verb == "QUIT" else "250 ok")
        return verb != "QUIT"

    def data(self) -> bool:
        self.say("354 go ahead")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if len(self.kept.mails) >= self.kept.most:
            return False
        self.kept.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.kept.recipients += self.to
        self.kept.encrypted.append(self.secure)
        self.to = []
        self.say("250 taken")
        return True

    def encrypt(self) -> None:
        assert self.kept.certificate is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.kept.certificate, self.kept.key)
        plain = self.request
        self.request = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.request.do_handshake()
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.secure = True


@contextmanager
def mail_server(**how: Any) -> Iterator[MailServer]:
    """A server that is there for the block; ``how`` it behaves."""
    kept = MailServer(**how)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), _Session) as server:
        server.kept = kept  # type: ignore[attr-defined]
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield kept
        finally:  # a test that fails in the block must not wait for the server for ever
            server.shutdown()
            thread.join()

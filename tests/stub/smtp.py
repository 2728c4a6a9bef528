"""A mail server that keeps what it is given; some recipients it treats badly, by the name before the @."""

from __future__ import annotations

import socketserver
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.stub.server import Seen, Stub

REPLIES = {
    "nobody": b"550 5.1.1 no such user",
    "full": b"452 4.2.2 mailbox full",
    "spam": b"250 ok",
}


class MailStub:
    """Listens on loopback, one thread for each connection."""

    def __init__(self, *, port: int = 0, stub: Stub | None = None) -> None:
        self.mails: list[EmailMessage] = []
        self.stub = stub
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), type("Session", (_Session,), {"keeper": self}))
        self.port = self._server.server_address[1]

    def __enter__(self) -> MailStub:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, data: bytes) -> None:
        mail = message_from_bytes(data, policy=policy.default)
        self.mails.append(mail)
        if self.stub is not None:
            key = str(mail["X-Huizhen-Delivery"] or "")
            self.stub.take(Seen(time.time(), "mail", str(mail["To"]), key, "", True))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle is what some tests are about."""


class _Session(socketserver.StreamRequestHandler):
    keeper: MailStub

    def handle(self) -> None:
        self._say(b"220 stub ESMTP")
        recipient = ""
        while order := self.rfile.readline():
            verb = order.strip().upper()
            if verb.startswith((b"EHLO", b"HELO")):
                self._say(b"250 stub")
            elif verb.startswith(b"RCPT"):
                recipient = order.decode(errors="replace").partition("<")[2].partition("@")[0]
                if recipient == "slow":
                    self.keeper.closing.wait(60)
                    return
                while recipient == "drip" and not self.keeper.closing.wait(0.1):
                    self.wfile.write(b"2")
                self._say(REPLIES.get(recipient, b"250 ok"))
            elif verb == b"DATA":
                self._say(b"354 go on")
                self._data(recipient)
            elif verb == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 ok")

    def _data(self, recipient: str) -> None:
        lines = []
        while (row := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(row[1:] if row.startswith(b"..") else row)
        if recipient == "spam":
            return self._say(b"554 5.7.1 refused")
        self.keeper.take(b"".join(lines))
        self._say(b"250 kept")

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")

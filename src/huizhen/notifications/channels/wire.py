"""One POST to an address that somebody typed in: the right host, the right network, ten seconds in all, no redirects, a short answer.

Python's own `http.client` on a socket of ours, because both promises are promises about the socket: the address that was checked is
the address that is connected to, and an answer that drips in byte by byte is cut off (docs/decisions/0012).
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from django.conf import settings

from huizhen.notifications.channels.envelope import Permanent, Temporary

CONNECT = 3.0
TOTAL = 10.0
"""Seconds: to find and reach the host; for everything."""
LONGEST = 64 * 2**10
"""Bytes of an answer that are read."""
_PRINTED = re.compile(r"[!-~]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*")
_PREFIX_64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(ValueError):
    """The text is no address we send to; the message is a code."""


@dataclass(frozen=True)
class Target:
    """An address taken apart. `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The number, where the host is one in whatever notation: 127.0.0.1, 2130706433, 0x7f.1, ::1."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            pass
        try:
            return ipaddress.IPv4Address(socket.inet_aton(self.host))
        except (OSError, ValueError):
            return None

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


PORTS = {"https": 443, "http": 80}


def target(address: str) -> Target:
    """Take an address apart. BadAddress: address_form, address_scheme, address_userinfo."""
    if not _PRINTED.fullmatch(address) or "\\" in address or len(address) > 500:
        raise BadAddress("address_form")
    try:
        parts = urlsplit(address)
        port = parts.port
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        raise BadAddress("address_form")
    if parts.scheme not in PORTS or (parts.scheme == "http" and not settings.HUIZHEN_ALLOW_PRIVATE_TARGETS):
        raise BadAddress("address_scheme")
    if "@" in parts.netloc:
        raise BadAddress("address_userinfo")
    if not _HOST.fullmatch(host) or port == 0 or parts.fragment:
        raise BadAddress("address_form")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


def is_public(address: Address) -> bool:
    """An address of the open internet. What carries another one inside counts as that one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _PREFIX_64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def is_reachable(address: Address, *, at_home: bool) -> bool:
    """May be connected to: public, or inside one's own network where that is allowed. Never link-local, multicast or nobody's."""
    if is_public(address):
        return True
    inner = getattr(address, "ipv4_mapped", None) or address
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved:
        return False
    return at_home or bool(settings.HUIZHEN_ALLOW_PRIVATE_TARGETS)


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is at most LONGEST bytes, `is_long` when there was more."""

    status: int
    body: bytes
    is_long: bool = False


def post(where: Target, body: bytes, headers: Mapping[str, str], *, at_home: bool = False) -> Answer:
    """Send, and read the answer. `at_home`: the operator named this host, so it may lie inside.

    Temporary: name, timeout, connection, tls, nonsense. Permanent: private.
    """
    end = time.monotonic() + TOTAL
    sock = _dial(where, at_home=at_home, end=end)
    with sock, _CutOff(sock, end) as cut_off:
        try:
            answer = _exchange(sock, where, body, headers, end)
        except ssl.SSLError:
            raise Temporary("timeout" if cut_off.happened else "tls") from None
        except TimeoutError:
            raise Temporary("timeout") from None
        except OSError:
            raise Temporary("timeout" if cut_off.happened else "connection") from None
        except (http.client.HTTPException, ValueError):
            raise Temporary("timeout" if cut_off.happened else "nonsense") from None
        if cut_off.happened:
            raise Temporary("timeout")
    return answer


def _exchange(sock: socket.socket, where: Target, body: bytes, headers: Mapping[str, str], end: float) -> Answer:
    sock.settimeout(_left(end))
    if where.scheme == "https":
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=where.host)
    with sock:
        connection = http.client.HTTPConnection(where.host, where.port)
        connection.sock = sock
        given = {"Host": where.host_header, "User-Agent": "huizhen", "Connection": "close", **headers}
        connection.request("POST", where.path, body, given)
        with connection.getresponse() as response:
            found = response.read(LONGEST + 1)
            return Answer(response.status, found[:LONGEST], len(found) > LONGEST)


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.01)


def _dial(where: Target, *, at_home: bool, end: float) -> socket.socket:
    """Connect to what the name means now. One forbidden address among several spoils all: a name with two faces is no mistake."""
    reached = min(time.monotonic() + CONNECT, end)
    found = _resolved(where, until=reached)
    if not all(is_reachable(ipaddress.ip_address(info[4][0]), at_home=at_home) for info in found):
        raise Permanent("private")
    fault = "connection"
    for family, kind, protocol, _name, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(reached))
            sock.connect(address)
            return sock
        except TimeoutError:
            fault = "timeout"
        except OSError:
            fault = "connection"
        sock.close()
    raise Temporary(fault)


_Info = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]


def _resolved(where: Target, *, until: float) -> list[_Info]:
    """Ask for the addresses of a name, no longer than until then: the system's resolver cannot be told, so it is asked aside."""
    answers: queue.SimpleQueue[list[_Info] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
            answers.put([info for info in found if "%" not in str(info[4][0])])  # type: ignore[misc]
        except (OSError, UnicodeError):
            answers.put(None)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answers.get(timeout=_left(until))
    except queue.Empty:
        raise Temporary("name") from None
    if not found:
        raise Temporary("name")
    return found


class _CutOff:
    """Ends a connection at its time, whatever it is doing: reading waits for each byte anew, so a drip would last for ever."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self.happened = False
        self._line = sock.dup()  # TLS takes the first one over
        self._timer = threading.Timer(_left(end), self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()

    def __enter__(self) -> _CutOff:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._line.close()

    def _cut(self) -> None:
        with self._lock:
            self.happened = True
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

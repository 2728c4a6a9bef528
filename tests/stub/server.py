"""A server that plays 企业微信, 钉钉, 飞书 and the receiver of a webhook, checks their real signatures and answers as they do.

In a test: `with Stub() as stub: … stub.wecom(), stub.seen`. As a process of its own, for the fault test:

    python -m tests.stub.server --port 8900 --log deliveries.jsonl [--behave TOKEN=500 …]

It prints `ready PORT` when it listens, and adds one JSON line to the log for each request that it took or refused: at, kind, token,
delivery, event, accepted. How a token is treated is said by `behave`, or by a POST of {"token": …, "mode": …} to /behave.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SECofTheStub0123456789"
MODES = (
    *("ok", "late", "500", "429", "404", "busy", "refuse", "redirect"),
    *("hang", "dribble", "drip_head", "huge", "nonsense", "html", "garbage", "reset"),
)
PATIENCE = 300.0  # seconds that `modes` of waiting go on


@dataclass(frozen=True)
class Seen:
    """One request that looked like a delivery."""

    at: float
    kind: str
    token: str
    delivery: str
    event: str
    accepted: bool
    body: dict[str, Any] = field(default_factory=dict)


class Stub:
    """The server with its memory, in threads of this process."""

    def __init__(self, *, port: int = 0, log: Path | None = None, secret: str = SECRET) -> None:
        self.secret, self.log = secret, log
        self.seen: list[Seen] = []
        self.modes: dict[str, str] = {}
        self.delay: dict[str, float] = {}
        self.redirect_to = ""
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"stub": self}))
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Stub:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        """As it stands in HUIZHEN_ROBOT_HOSTS."""
        return f"127.0.0.1:{self.port}"

    def wecom(self, token: str = "wecom-0001") -> str:
        return f"{self.base}/cgi-bin/webhook/send?key={token}"

    def dingtalk(self, token: str = "ding-0001") -> str:
        return f"{self.base}/robot/send?access_token={token}"

    def feishu(self, token: str = "feishu-0001") -> str:
        return f"{self.base}/open-apis/bot/v2/hook/{token}"

    def webhook(self, token: str = "hook-0001") -> str:
        return f"{self.base}/hook/{token}"

    def behave(self, token: str, mode: str, *, after: float = 0.0) -> None:
        """From now on this token is treated so; `after`: seconds before the answer of `late`."""
        if mode not in MODES:
            raise ValueError(mode)
        self.modes[token], self.delay[token] = mode, after

    def take(self, one: Seen) -> None:
        with self._lock:
            self.seen.append(one)
            if self.log is not None:
                row = {name: value for name, value in asdict(one).items() if name != "body"}
                with self.log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    stub: Stub

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/behave":
            order = json.loads(raw)
            self.stub.behave(order["token"], order["mode"], after=order.get("after", 0.0))
            return self._json(200, {})
        where = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        found = self._kind(where.path, query)
        if found is None:
            return self._json(404, {"errcode": 404, "errmsg": "请求的URI地址不存在"})
        kind, token = found
        mode = self.stub.modes.get(token, "ok")
        status, answer = getattr(self, f"_{kind}")(raw, query)
        if mode == "refuse":
            status, answer = REFUSALS[kind]
        if mode == "busy":
            status, answer = BUSY[kind]
        accepted = (
            mode in ("ok", "late") and status == 200 and not any(answer.get(name) for name in ("errcode", "code"))
        )
        event = self.headers.get("Huizhen-Event", "")
        delivery = self.headers.get("Huizhen-Delivery", "")
        self.stub.take(Seen(time.time(), kind, token, delivery, event, accepted, _object(raw)))
        self._misbehave(mode, token, status, answer)

    def do_GET(self) -> None:
        self.stub.take(Seen(time.time(), "get", self.path, "", "", False))
        self._json(200, {})

    # ── as the real ones

    def _kind(self, path: str, query: dict[str, str]) -> tuple[str, str] | None:
        if path == "/cgi-bin/webhook/send":
            return "wecom", query.get("key", "")
        if path == "/robot/send":
            return "dingtalk", query.get("access_token", "")
        if path.startswith("/open-apis/bot/v2/hook/"):
            return "feishu", path.rstrip("/").rpartition("/")[2]
        if path.startswith("/hook/"):
            return "webhook", path.rpartition("/")[2]
        return None

    def _wecom(self, raw: bytes, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The key is all there is; text of more than 2048 bytes is refused."""
        if not query.get("key", "").startswith("wecom-"):
            return REFUSALS["wecom"]
        body = _object(raw)
        text = body.get("text", {}).get("content", "")
        if body.get("msgtype") != "text" or not text:
            return 200, {"errcode": 40008, "errmsg": "invalid message type"}
        if len(text.encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "text.content exceed max length 2048"}
        return 200, {"errcode": 0, "errmsg": "ok"}

    def _dingtalk(self, raw: bytes, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """timestamp in milliseconds, not older than an hour; sign over "timestamp\\nsecret"."""
        if not query.get("access_token", "").startswith("ding-"):
            return 200, {"errcode": 300005, "errmsg": "token is not exist"}
        moment = query.get("timestamp", "")
        mac = hmac.new(self.stub.secret.encode(), f"{moment}\n{self.stub.secret}".encode(), hashlib.sha256)
        is_recent = moment.isdigit() and abs(time.time() * 1000 - int(moment)) < 3_600_000
        if not is_recent or query.get("sign", "") != base64.b64encode(mac.digest()).decode():
            return REFUSALS["dingtalk"]
        if not _object(raw).get("text", {}).get("content") or len(raw) > 20_000:
            return 200, {"errcode": 400105, "errmsg": "unsupported msgtype"}
        return 200, {"errcode": 0, "errmsg": "ok"}

    def _feishu(self, raw: bytes, _query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """timestamp in seconds and sign in the body; "timestamp\\nsecret" is the key of an empty text."""
        body = _object(raw)
        moment = str(body.get("timestamp", ""))
        mac = hmac.new(f"{moment}\n{self.stub.secret}".encode(), digestmod=hashlib.sha256)
        is_recent = moment.isdigit() and abs(time.time() - int(moment)) < 3600
        if not is_recent or body.get("sign") != base64.b64encode(mac.digest()).decode():
            return REFUSALS["feishu"]
        if body.get("msg_type") != "post" or len(raw) > 30 * 2**10:
            return 400, {"code": 9499, "msg": "Bad Request", "data": {}}
        return 200, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}

    def _webhook(self, raw: bytes, _query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The signature over "timestamp.body", not older than five minutes."""
        moment = self.headers.get("Huizhen-Timestamp", "")
        mac = hmac.new(self.stub.secret.encode(), moment.encode() + b"." + raw, hashlib.sha256)
        given = self.headers.get("Huizhen-Signature", "")
        is_recent = moment.isdigit() and abs(time.time() - int(moment)) < 300
        if not is_recent or not hmac.compare_digest(given, f"sha256={mac.hexdigest()}"):
            return REFUSALS["webhook"]
        return 200, {}

    # ── as they should not

    def _misbehave(self, mode: str, token: str, status: int, answer: dict[str, Any]) -> None:
        if mode in ("ok", "refuse", "busy"):
            return self._json(status, answer)
        if mode == "late":
            self.stub.closing.wait(self.stub.delay[token])
            return self._json(status, answer)
        if mode.isdigit():
            return self._json(int(mode), {"message": "not today"})
        if mode == "hang":
            self.stub.closing.wait(PATIENCE)
        elif mode == "dribble":
            self._write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n")
            self._drip(b" ")
        elif mode == "drip_head":
            self._write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            self._drip(b"x")
        elif mode == "huge":
            self._write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
            with suppress(OSError):
                for _count in range(4096):
                    self._write(b"0," * 8192)
        elif mode == "nonsense":
            self._text(200, '{"errcode": "ok?", "code": [0]}', "application/json")
        elif mode == "html":
            self._text(200, "<html><title>登录</title>", "text/html; charset=utf-8")
        elif mode == "garbage":
            self._write(b"\x00\x01 220 smtp.example ready\r\n\r\n")
        elif mode == "redirect":
            self.send_response(302)
            self.send_header("Location", self.stub.redirect_to or f"{self.stub.base}/redirected")
            self.send_header("Content-Length", "0")
            self.end_headers()
        self.close_connection = True

    def _drip(self, drop: bytes) -> None:
        end = time.monotonic() + PATIENCE
        with suppress(OSError):
            while not self.stub.closing.wait(0.2) and time.monotonic() < end:
                self._write(drop)

    def _write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def _json(self, status: int, answer: dict[str, Any]) -> None:
        self._text(status, json.dumps(answer, ensure_ascii=False), "application/json; charset=utf-8")

    def _text(self, status: int, text: str, kind: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self._write(data)


REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "wecom": (200, {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1764], from ip: 192.0.2.1"}),
    "dingtalk": (
        200,
        {"errcode": 310000, "errmsg": "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳"},
    ),
    "feishu": (
        200,
        {"code": 19021, "data": {}, "msg": "sign match fail or timestamp is not within one hour from current time"},
    ),
    "webhook": (401, {"message": "bad signature"}),
}
BUSY: dict[str, tuple[int, dict[str, Any]]] = {
    "wecom": (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
    "dingtalk": (200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
    "feishu": (400, {"code": 11232, "msg": "frequency limited"}),
    "webhook": (429, {}),
}


def _object(raw: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        found = json.loads(raw)
        if isinstance(found, dict):
            return found
    return {}


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--secret", default=SECRET)
    parser.add_argument("--behave", action="append", default=[], metavar="TOKEN=MODE")
    parser.add_argument("--smtp-port", type=int, help="play a mail server too")
    given = parser.parse_args()
    with Stub(port=given.port, log=given.log, secret=given.secret) as stub:
        for order in given.behave:
            stub.behave(*order.split("=", 1))
        if given.smtp_port is not None:
            from tests.stub.smtp import MailStub

            MailStub(port=given.smtp_port, stub=stub).__enter__()
        print(f"ready {stub.port}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()

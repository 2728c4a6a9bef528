"""The web server with its jobs: gunicorn with threads, started inside this process."""

from __future__ import annotations

import errno
import os
import signal
import socket
import threading
from typing import Any

from django.db import connections
from django.utils import timezone
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from huizhen.config import clockwork, installation, metrics
from huizhen.config.voice import Refused, in_chinese, pick, say

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def serve(*, host: str, port: int, workers: int, jobs: bool, demo_if_empty: bool) -> None:
    """Prepare the installation, then serve until told to stop. The port is taken first: who cannot have it need not wait."""
    listener = listen(host, port)
    with installation.in_use():
        if demo_if_empty:
            installation.clear_half_demo()
        installation.migrate()
        if demo_if_empty and installation.is_empty():
            say("首次启动：正在载入演示数据…", "First start: loading the demo …")
            installation.load_demo(at=timezone.now())
        installation.refuse_demo_accounts()
        installation.collect_static()
        metrics.prepare(host, port)
        # A connection must not be carried over a fork.
        connections.close_all()
        _Arbiter(_Application(listener, workers=workers, jobs=jobs, greet=lambda: greet(host, port))).run()


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, or a refusal that says who to ask."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as fault:
        listener.close()
        if getattr(fault, "errno", None) == errno.EADDRINUSE:
            raise Refused(
                f"端口 {port} 已被占用：换一个端口，例如 make run PORT={port + 1}。",
                f"Port {port} is taken: choose another one, for example make run PORT={port + 1}.",
            ) from None
        raise Refused(f"无法监听 {host}:{port}：{fault}。", f"Cannot listen on {host}:{port}: {fault}.") from None
    return listener


def greet(host: str, port: int) -> None:
    """Say where the door is and, in the demo, who may come in."""
    from rich.console import Console
    from rich.table import Table

    shown = "127.0.0.1" if host in {"0.0.0.0", "127.0.0.1"} else f"[{host}]" if ":" in host else host
    say(
        f"会诊已启动：http://{shown}:{port}/  按 Ctrl-C 停止。",
        f"Huizhen is running at http://{shown}:{port}/  Press Ctrl-C to stop.",
    )
    if not installation.is_demo():
        return
    table = Table(title=pick("演示账号", "Demo accounts"), title_justify="left")
    for heading in (pick("角色", "role"), pick("账号", "account"), pick("密码", "password")):
        table.add_column(heading)
    for account, (zh, en) in installation.DEMO_ROLES.items():
        table.add_row(zh if in_chinese() else f"{zh} {en}", account, installation.DEMO_PASSWORD)
    Console().print(table)
    if host not in LOOPBACK:
        say(
            "注意：演示账号的密码是公开的，而此服务可从其他机器访问。",
            "Mind: the passwords of the demo accounts are public, and this server can be reached from other machines.",
            error=True,
        )


class _Application(BaseApplication):
    """gunicorn's view of us: the options, and the WSGI application, loaded in the worker."""

    def __init__(self, listener: socket.socket, *, workers: int, jobs: bool, greet: Any) -> None:
        self.options = {
            "bind": f"fd://{listener.fileno()}",
            "worker_class": _Worker,
            "workers": workers,
            "threads": 8,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": lambda arbiter: greet(),
        }
        if jobs:
            self.options["post_worker_init"] = _start_jobs
            self.options["worker_exit"] = _stop_jobs
        # Kept alive here: gunicorn only knows its number.
        self.listener = listener
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from huizhen.config.wsgi import application

        return application


class _Arbiter(Arbiter):
    """Ctrl-C means now: requests under way get a second; an orderly SIGTERM waits for them."""

    def handle_int(self) -> None:
        # Longer than the workers give themselves, so that none has to be killed.
        self.cfg.set("graceful_timeout", _SECONDS_TO_STOP + 4)
        super().handle_int()


_SECONDS_TO_STOP = 1


class _Worker(ThreadWorker):
    """Ends by itself a second after being told to.

    Ctrl-C tells it twice, from the terminal and from the arbiter; and Python would wait at its end for every thread, also one
    that waits for a browser to say something.
    """

    def handle_quit(self, sig: int, frame: Any) -> None:
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        end = threading.Timer(_SECONDS_TO_STOP, os._exit, (0,))
        end.daemon = True
        end.start()
        super().handle_quit(sig, frame)


_jobs: list[clockwork.Companion] = []


def _start_jobs(worker: Any) -> None:
    _jobs.append(clockwork.Companion())


def _stop_jobs(arbiter: Any, worker: Any) -> None:
    """In the worker, after its last request: let the jobs under way come to their end."""
    for jobs in _jobs:
        jobs.end(clockwork.PATIENCE)

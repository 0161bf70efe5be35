"""Run the application with uvicorn until a signal ends it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from kg.errors import ConfigError
from kg.serve.app import create_app
from kg.serve.context import Limits
from kg.serve.log import log_to

_CONNECTIONS = 1000  # at most; more are answered with 503
_IDLE = 15  # seconds that a connection is kept for another request


def serve(
    workspace: Path,
    limits: Limits,
    *,
    host: str,
    port: int,
    token: str | None = None,
    origins: Sequence[str] = ("*",),
    log: str = "-",
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the workspace at host and port until SIGINT or SIGTERM, then answer what was asked and return.

    `port` 0 takes a free one; `ready` is told the address once connections are taken. Raises StoreError without a
    store, ConfigError where the address is not to be had, OSError where the log cannot be written.
    """
    app = create_app(workspace, limits, token=token, origins=origins)
    log_to(log)
    listener = _listen(host, port)
    name = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app,
        http="h11",  # the one whose heads of requests have a limit
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=int(limits.deadline) + 1,
    )
    _Server(config, lambda: ready(f"http://{name}:{listener.getsockname()[1]}/")).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise ConfigError(
            f"cannot listen at {host} port {port}: {error.strerror}; --port 0 takes a free one"
        ) from error
    # Connections inherit it; asyncio sets it only where the socket names its protocol. Each answer would wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """Tells when it has started."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell()

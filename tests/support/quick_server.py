"""A server of tiles in a process of its own that answers as fast as Python can: for comparing clients, not faults.

Each answer goes out in one piece on a connection that stays open: a server that sends header and body apart waits
40 ms for each tile. Run by itself, it prints its port and serves until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import override

COUNT_PATH = "/count"
"""Path that answers with the number of requests for tiles so far."""


class QuickServer:
    """The process, as its clients see it."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.host = f"127.0.0.1:{port}"

    @property
    def template(self) -> str:
        return f"http://{self.host}/{{z}}/{{x}}/{{y}}.png"

    def requests(self) -> int:
        """The number of requests for tiles that have come."""
        connection = HTTPConnection(self.host, timeout=10)
        try:
            connection.request("GET", COUNT_PATH)
            return int(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def quick_server(tile: Path) -> Iterator[QuickServer]:
    """A server that sends the same file for each tile, for the length of a test."""
    command = [sys.executable, "-m", "tests.support.quick_server", str(tile)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield QuickServer(process, int(process.stdout.readline()))
        finally:
            process.stdin.close()
            process.wait(10)


class _Connection(asyncio.Protocol):
    count = 0

    def __init__(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {len(body)}\r\n\r\n"
        self._answer = head.encode() + body
        self._come = b""
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @override
    def data_received(self, data: bytes) -> None:
        self._come += data
        assert self._transport is not None
        *requests, self._come = self._come.split(b"\r\n\r\n")
        for request in requests:
            if request.startswith(b"GET " + COUNT_PATH.encode() + b" "):
                words = str(_Connection.count).encode()
                self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(words), words))
            else:
                _Connection.count += 1
                self._transport.write(self._answer)


async def _serve(body: bytes) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(body), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]).read_bytes()))

"""A server on loopback of one file by ranges, with the faults of real ones, and the network as readers need it.

The log of the server is the oracle of tests: each request with the range that was asked for.
"""

from __future__ import annotations

import re
import socket
import threading
import time
import urllib.request
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from layers.errors import ServerFault
from layers.pool.remote_files import PartDone
from layers.requests.addresses import ServedRanges


class Asked(NamedTuple):
    """One request: its path, and the first and last byte (none of a file as a whole)."""

    path: str
    first: int = -1
    last: int = -1


class RangeServer(ThreadingHTTPServer):
    """Serves the files of a folder. `fault` is one of those in `_Handler`; `mark` is the ETag of each file."""

    daemon_threads = True
    disable_nagle_algorithm = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.log = folder, list[Asked]()
        self.mark, self.fault, self.elsewhere, self.delay_s = '"one"', "", "", 0.0
        self.fault_from = 0
        """Number of requests that are answered well before the fault begins."""
        self.sent = 0
        self._counting = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def address(self, name: str) -> str:
        return f"http://{self.host}/{name}"

    def count(self, asked: Asked, sent: int) -> None:
        with self._counting:
            self.log.append(asked)
            self.sent += sent

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    server: RangeServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *arguments: object) -> None:
        """The log is the server's."""

    def do_GET(self) -> None:
        server = self.server
        fault = server.fault if len(server.log) >= server.fault_from else ""
        path = self.path.partition("?")[0]
        file = server.folder / path.lstrip("/")
        if fault == "wants login" and "Authorization" not in self.headers:
            server.count(Asked(self.path), 0)
            self._answer(401, b"", {})
            return
        if fault == "elsewhere":
            server.count(Asked(self.path), 0)
            self._answer(302, b"", {"Location": server.elsewhere})
            return
        if not file.is_file() or fault == "gone":
            server.count(Asked(self.path), 0)
            self._answer(404, b"", {})
            return
        data = file.read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        time.sleep(server.delay_s)
        if asked is None or fault == "ignores ranges":
            server.count(Asked(self.path), len(data))
            self._answer(200, data, {"ETag": server.mark})
            return
        first, last = int(asked[1]), min(int(asked[2]), len(data) - 1)
        part = data[first : last + 1]
        server.count(Asked(self.path, first, int(asked[2])), len(part))
        mark = '"two"' if fault == "changed" else server.mark
        size = 10 * len(data) if fault == "lies about size" else len(data)
        if fault == "shifted":
            first += 1
        headers = {"Content-Range": f"bytes {first}-{last}/{size}", "ETag": mark}
        if fault == "cut off":
            self._answer(206, part[: len(part) // 2], {**headers, "Content-Length": str(len(part))})
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer(206, part, headers)

    def _answer(self, code: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class ThreadedRanges:
    """A `RangeSource` without a window: each range in a thread of its own."""

    def forget(self, address: str) -> None:
        """Do nothing: nothing is kept."""

    def ranges(self, address: str, first: int, last: int, done: PartDone) -> None:
        def fetch() -> None:
            request = urllib.request.Request(address, headers={"Range": f"bytes={first}-{last}"})
            try:
                with urllib.request.urlopen(request, timeout=20) as reply:
                    size = reply.headers["Content-Range"].rpartition("/")[2]
                    done(ServedRanges(reply.read(), int(size), reply.headers["ETag"] or ""))
            except (OSError, ValueError, TypeError, AttributeError, HTTPException) as error:
                done(ServerFault("the server: {error}", error=error))

        threading.Thread(target=fetch, daemon=True).start()

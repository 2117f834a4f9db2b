"""Two servers on loopback as archives with signed addresses have them: one gives out tokens, one sends files to those
who show a token that holds, and refuses all others.
"""

from __future__ import annotations

import json
import math
import re
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from layers.services.stac.signing import SigningRule
from tests.support.loopback import LoopbackHandler, LoopbackServer


class _Server(LoopbackServer):
    def __init__(self, handler: type[LoopbackHandler]) -> None:
        self.methods: list[str] = []
        super().__init__(handler)


class TokenServer(_Server):
    """Gives a token at `/token/<collection>` and `/token/<container>/files`; each holds for `valid_s`.

    `fault` is "" or one of those in `_Tokens`; it holds for the next `faults` requests.
    """

    def __init__(self) -> None:
        self.valid_s, self.delay_s = 300.0, 0.0
        self.fault, self.faults, self.retry_after = "", 1000, "1"
        self.ends: dict[str, float] = {}
        """The monotonic time at which each token runs out that was given out: the clock of a guest may be set anew."""
        self.released = threading.Event()
        super().__init__(_Tokens)

    def token(self) -> str:
        """A new token, with the signs that break where an address is encoded again."""
        number = len(self.ends) + 1
        token = f"st=2026-01-01T00%3A00%3A00Z&sp=rl&sv=2021-06-08&sig=Ab%2Bc%2Fd{number:04}+e%3D"
        self.ends[token] = time.monotonic() + self.valid_s
        return token

    def revoke(self) -> None:
        """End all tokens before their time."""
        self.ends = dict.fromkeys(self.ends, -math.inf)

    def shown_in(self, text: str) -> bool:
        """True where a token, or the signature in one, is in a text."""
        return "sig=" in text or "Ab%2Bc" in text or "Ab+c/d" in text

    def rule(self, files: FileServer, *endpoints: str) -> SigningRule:
        """The rule by which the addresses of a server of files are signed here."""
        wanted = endpoints or ("{collection}",)
        return SigningRule(
            assets=f"{files.url}/{{container}}/",
            endpoints=tuple(f"{self.url}/token/{endpoint}" for endpoint in wanted),
            token="token",
            expiry="msft:expiry",
        )


class _Handler(LoopbackHandler):
    wbufsize = -1
    server: _Server  # type: ignore[assignment]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def do_GET(self) -> None:
        raise NotImplementedError


class _Tokens(_Handler):
    server: TokenServer  # type: ignore[assignment]

    def do_GET(self) -> None:
        server = self.server
        server.log.append(self.path)
        server.methods.append(self.command)
        time.sleep(server.delay_s)
        fault = server.fault if server.faults > 0 else ""
        server.faults -= 1
        match fault:
            case "hang":
                server.released.wait(20)
            case "busy":
                self.answer(429, b"slow down", Retry_After=server.retry_after)
            case "refuses":
                self.answer(403, b'{"message": "not you"}', Content_Type="application/json")
            case "unknown":
                self.answer(404, b'{"detail": "no such collection"}', Content_Type="application/json")
            case "nonsense":
                self.answer(200, b'{"token": ["x"]}', Content_Type="application/json")
            case _:
                token = server.token()
                ends = datetime.fromtimestamp(time.time() + server.valid_s, UTC).isoformat().replace("+00:00", "Z")
                body = json.dumps({"msft:expiry": ends, "token": token}).encode()
                self.answer(200, body, Content_Type="application/json")


class FileServer(_Server):
    """Sends the files of a folder, whole or by ranges, whatever container they are asked from.

    `fault` is "echo", an error that repeats what was asked, or "onward", a redirect that does.
    """

    def __init__(self, folder: Path, tokens: TokenServer) -> None:
        self.folder, self.tokens = folder, tokens
        self.is_public, self.fault = False, ""
        self.refused = 0
        super().__init__(_Files)

    def address(self, name: str, container: str = "scenes") -> str:
        return f"{self.url}/{container}/{name}"


class _Files(_Handler):
    server: FileServer  # type: ignore[assignment]

    def do_GET(self) -> None:
        server = self.server
        server.log.append(self.path)
        server.methods.append(self.command)
        path, _, query = self.path.partition("?")
        token = query[query.find("st=") :] if "st=" in query else ""
        if not server.is_public and server.tokens.ends.get(token, -math.inf) <= time.monotonic():
            server.refused += 1
            said = f"<Error><Code>AuthenticationFailed</Code><Message>Signature not valid: {query}</Message></Error>"
            self.answer(403, said.replace("&", "&amp;").encode(), Content_Type="application/xml")
            return
        if server.fault == "echo":
            body = json.dumps({"message": f"bad question {query}"}).encode()
            self.answer(400, body, Content_Type="application/json")
            return
        if server.fault == "onward" and not path.startswith("/onward/"):
            self.answer(307, b"", Location=f"/onward/{path.rpartition('/')[2]}?{query}")
            return
        data = (server.folder / path.rpartition("/")[2]).read_bytes()
        kinds = {"png": "image/png", "json": "application/json"}
        kind = kinds.get(path.rpartition(".")[2], "application/octet-stream")
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            body = data.replace(b"OWN ADDRESS", f"{server.url}{self.path}".encode())
            self.answer(200, body, Content_Type=kind, Cache_Control="max-age=3600")
            return
        first, last = int(asked[1]), min(int(asked[2]), len(data) - 1)
        where = f"bytes {first}-{last}/{len(data)}"
        self.answer(206, data[first : last + 1], Content_Type=kind, Content_Range=where, ETag='"1"')

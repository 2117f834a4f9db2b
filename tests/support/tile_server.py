"""A server of tiles and documents on loopback, with every fault a real one has shown. It keeps a log of what was asked.

``TileServer(picture)`` cuts its tiles from a Web Mercator picture of the world, or paints numbered ones without.
A path is ``/<fault>/<z>/<x>/<y>.<ext>``; the faults are the methods of `_Handler` named after them. With the ending
json or xml it is a document instead of a tile, with bin a file of which parts may be asked for.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

import sample_data
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR
from layers.pool.pool import ReaderPool
from layers.raster.style import RasterStyle, colorize
from tests.support.readers.raw import raw
from viewer.rendering.images import image_of_argb
from viewer.support.painting import painting

TILE_PX = 256


class TileServer(ThreadingHTTPServer):
    """Serves until `stop`. `log` holds the path of every request, in order; `headers` those of the last one.

    `login` is what `by_login` wants: a whole Authorization header, or a key that may stand in X-Key or the address.
    `posted` holds the bodies that were sent, `document` what a document or file holds, and `etag` what it is called.
    `most_at_once` is the greatest number of requests that were answered at the same time.
    """

    daemon_threads = True
    disable_nagle_algorithm = True

    def __init__(self, picture: QImage | None = None, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        """With `tls` it speaks https, as "localhost"."""
        self.picture = picture
        self.log: list[str] = []
        self.times: list[float] = []
        """Times (monotonic) of the requests in the log."""
        self.headers: dict[str, str] = {}
        self.token = "token-of-the-day"
        self.login = ""
        self.valid_s: float | None = 300.0
        self.posted: list[bytes] = []
        self.document = b'{"title": "a document", "numbers": [1, 2, 3]}'
        self.etag = '"1"'
        self.retry_after = "1"
        self.slow_s = 0.1
        """Seconds that `slow` takes for each tile."""
        self.elsewhere = ""
        self.fail_first = 0
        self.last_level = 4
        self.warning = ""
        self.most_at_once = 0
        self._at_once = 0
        self._counting = threading.Lock()
        self.released = threading.Event()
        self._connections: list[socket.socket] = []
        self._ended: list[socket.socket] = []
        self._tiles: dict[tuple[int, int, int, str], bytes] = {}
        super().__init__(("127.0.0.1", port), _Handler)
        self._tls = tls
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"{'127.0.0.1' if self._tls is None else 'localhost'}:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://{self.host}"

    def template(self, fault: str = "ok", ext: str = "png") -> str:
        """A tile template that leads here."""
        return f"{self.url}/{fault}/{{z}}/{{x}}/{{y}}.{ext}"

    def stop(self) -> None:
        """Close the port; hanging answers end too."""
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join(5)
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """On the thread of the connection, where a handshake that fails stops nobody else."""
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        with self._tls.wrap_socket(request, server_side=True) as safe:
            super().finish_request(safe, client_address)

    def process_request(self, request: socket.socket, client_address: object) -> None:
        """Remember the connection: a stopped server must not go on answering on those kept alive."""
        self._connections.append(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        """Forget a connection that has ended."""
        self._ended.append(request)
        super().shutdown_request(request)

    def open_lines(self) -> int:
        """The number of connections that are still open."""
        return len(self._connections) - len(self._ended)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a request among those that are answered at once."""
        with self._counting:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._counting:
                self._at_once -= 1

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what the tests are about."""

    def tile(self, z: int, x: int, y: int, ext: str) -> bytes:
        """The bytes of one tile."""
        if self.picture is None:
            return _plain_tile((x * 67 + y * 131 + z * 29) % 360, ext)
        key = (z, x, y, ext)
        if key not in self._tiles:
            self._tiles[key] = encoded(self._cut(self.picture, z, x, y), ext)
        return self._tiles[key]

    def _cut(self, picture: QImage, z: int, x: int, y: int) -> QImage:
        image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
        side = picture.width() / 2**z
        with painting(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(0, 0, TILE_PX, TILE_PX), picture, QRectF(x * side, y * side, side, side))
        return image


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: TileServer
    types: ClassVar = {
        "png": "image/png",
        "jpg": "image/jpeg",
        "svg": "image/svg+xml",
        "bin": "application/octet-stream",
        "json": "application/geo+json; charset=UTF-8",
        "xml": "text/xml",
    }

    def do_GET(self) -> None:
        self.server.log.append(self.path)
        self.server.times.append(time.monotonic())
        self.server.headers = dict(self.headers.items())
        path = self.path.partition("?")[0]
        if path.startswith("http://"):  # as a proxy it has every tile there is
            path = f"/{'part' if path.endswith('.bin') else 'ok'}/" + "/".join(path.split("/")[-3:])
        _, fault, z, x, last = path.split("/")[:5]
        y, _, self.ext = last.partition(".")
        self.where = int(z), int(x), int(y)
        if self.server.fail_first > 0:
            self.server.fail_first -= 1
            fault = "status500"
        with self.server.counted():
            if fault.startswith("status"):
                self.answer(int(fault.removeprefix("status")), b"no")
            else:
                getattr(self, fault)()

    def do_POST(self) -> None:
        self.server.posted.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Not to the terminal; `log` has it."""

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def picture(self) -> bytes:
        if self.ext in ("json", "xml", "bin"):
            return self.server.document
        return self.server.tile(*self.where, self.ext)

    def ok(self) -> None:
        self.answer(200, self.picture(), Content_Type=self.types[self.ext], Cache_Control="max-age=3600")

    def plain(self) -> None:
        self.answer(200, self.picture(), Content_Type=self.types[self.ext])

    def nearest(self) -> None:
        """A map of another date than was asked for."""
        warning = "99 Nearest value used: time=2024-03-01T00:00:00Z unknown"
        self.answer(200, self.picture(), Content_Type="image/png", Cache_Control="max-age=60", Warning=warning)

    def warned(self) -> None:
        """With a warning that another date is shown."""
        self.answer(200, self.picture(), Content_Type=self.types[self.ext], Warning=self.server.warning)

    def shallow(self) -> None:
        """Nothing beyond a level, which the server tells nobody."""
        if self.where[0] > self.server.last_level:
            self.answer(404, b"no")
        else:
            self.ok()

    def east(self) -> None:
        """Has tiles of the eastern half of the world only."""
        if self.where[1] < 2 ** self.where[0] / 2:
            self.answer(404, b"no")
        else:
            self.ok()

    def end(self, status: int, body: bytes, **headers: str) -> None:
        """An answer beyond the last level, and tiles up to there."""
        if self.where[0] > self.server.last_level:
            self.answer(status, body, **headers)
        else:
            self.ok()

    def endwaits(self) -> None:
        """Beyond the last level it waits until it is let go."""
        if self.where[0] > self.server.last_level:
            self.server.released.wait(30)
        self.ok()

    def end204(self) -> None:
        self.end(204, b"")

    def endempty(self) -> None:
        self.end(200, b"")

    def end403(self) -> None:
        """As stores of files answer."""
        self.end(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")

    def without_key(self) -> None:
        """A refusal that says why."""
        self.answer(403, b'{"message": "Invalid API key"}', Content_Type="application/json")

    def endclear(self) -> None:
        """A picture of nothing, which is not always made alike."""
        image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_ARGB32)
        image.fill(0)
        image.setText("made at", str(self.where))
        self.end(200, encoded(image, "png"), Content_Type="image/png")

    def endheader(self) -> None:
        """A grey picture, of which a header says what it is."""
        image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
        image.fill(0xFFAAAAAA)
        self.end(200, encoded(image, "png"), Content_Type="image/png", X_VE_Tile_Info="no-tile")

    def endwords(self) -> None:
        """The same picture of some words everywhere."""
        self.end(200, encoded(words_picture(), "png"), Content_Type="image/png")

    def hatched(self) -> None:
        """The same hatching at each level, as on a drawn map."""
        self.answer(200, encoded(words_picture(), "png"), Content_Type="image/png")

    def same(self) -> None:
        """To be asked about each time; the answer is that it has not changed, as long as `etag` is the same."""
        etag = self.server.etag
        if self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
        else:
            self.answer(200, self.picture(), Content_Type=self.types[self.ext], Cache_Control="max-age=0", ETag=etag)

    def html(self) -> None:
        body = b"<!DOCTYPE html><html>log in</html>"
        self.answer(200, body, Content_Type="text/html", Cache_Control="max-age=3600")

    def exception(self) -> None:
        """A question that a map server refuses, as a success and as a picture."""
        body = b"""<?xml version="1.0"?><!DOCTYPE ServiceExceptionReport SYSTEM "http://schemas.example.org/e.dtd">
        <ServiceExceptionReport version="1.1.1"><ServiceException code="LayerNotDefined">
        Layer <![CDATA[<roads>]]> is not
        defined. See https://example.org/?key=secret</ServiceException>
        <ServiceException>No times.</ServiceException></ServiceExceptionReport>"""
        self.answer(200, body, Content_Type="image/png", Cache_Control="max-age=3600")

    def cookie(self) -> None:
        self.answer(404, b"no", Set_Cookie="id=1234; Path=/")

    def announced(self) -> None:
        """Far too much is announced, and not sent."""
        self.send_response(200)
        self.send_header("Content-Length", str(3 << 20))
        self.end_headers()
        self.wfile.write(b"\x89PNG")
        self.wfile.flush()
        self.server.released.wait(5)

    def token(self) -> None:
        """An error of ArcGIS, as a success."""
        self.answer(200, b'{"error": {"code": 499, "message": "Token Required", "details": []}}')

    def refused_in_xml(self) -> None:
        body = (
            b"<ows:ExceptionReport xmlns:ows='o'><ows:Exception exceptionCode='TileOutOfRange'/></ows:ExceptionReport>"
        )
        self.answer(400, body, Content_Type="application/xml")

    def called_png(self) -> None:
        """The document, with the type of a picture."""
        self.answer(200, self.server.document, Content_Type="image/png", Cache_Control="max-age=3600")

    def gif(self) -> None:
        self.answer(200, b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", Content_Type="image/png")

    def empty(self) -> None:
        self.answer(200, b"")

    def busy(self) -> None:
        self.answer(429, b"slow down", **{"Retry_After": self.server.retry_after} if self.server.retry_after else {})

    def rate403(self) -> None:
        """A limit of requests, told as a refusal."""
        if len(self.server.log) == 1:
            self.answer(403, b"slow down", Retry_After="1")
        else:
            self.ok()

    def once_busy(self) -> None:
        """Busy at the first request."""
        (self.busy if len(self.server.log) == 1 else self.ok)()

    def refused(self) -> None:
        """A question that is answered with an error in the server's own words."""
        self.answer(400, b'{"code": "BadRequest", "description": "limit is over 500"}', Content_Type="application/json")

    def issue(self) -> None:
        """A token for a client, as OAuth2 has it."""
        valid = {} if self.server.valid_s is None else {"expires_in": self.server.valid_s}
        body = json.dumps({"access_token": self.server.token, "token_type": "bearer"} | valid).encode()
        self.answer(200, body, Content_Type="application/json")

    def by_token(self) -> None:
        """To those who show the token only."""
        is_known = self.headers.get("Authorization") == f"Bearer {self.server.token}"
        (self.ok if is_known else partial(self.answer, 401, b"no"))()

    def by_login(self) -> None:
        """To those who show the login only."""
        keys = parse_qs(self.path.partition("?")[2]).get("api_key", [])
        shown = {self.headers.get("Authorization", ""), self.headers.get("X-Key", ""), *keys}
        (self.ok if self.server.login in shown else partial(self.answer, 401, b"no"))()

    def issue_to_known(self) -> None:
        """A token for the client whose secret is the login."""
        is_known = parse_qs(self.server.posted[-1].decode())["client_secret"] == [self.server.login]
        words = b'{"error": "invalid_client", "error_description": "Unknown client"}'
        (self.issue if is_known else partial(self.answer, 401, words, Content_Type="application/json"))()

    def echo(self) -> None:
        """An error that repeats what was sent."""
        said = f"{self.path} {self.headers.get('Authorization')} {self.headers.get('X-Key')}"
        self.answer(400, json.dumps({"message": said}).encode(), Content_Type="application/json")

    def echoed(self) -> None:
        """A document that repeats its own address, as those do whose addresses need a key."""
        self.answer(200, json.dumps({"next": self.server.url + self.path}).encode())

    def back_with_key(self) -> None:
        """On to wherever `elsewhere` says, with all that was asked."""
        _, mark, query = self.path.partition("?")
        self.answer(302, b"", Location=f"{self.server.elsewhere}/ok/5/0/3.{self.ext}{mark}{query}")

    def gzfile(self) -> None:
        """Packed, which is not said."""
        self.answer(200, gzip.compress(self.picture()), Content_Type=self.types[self.ext])

    def gzfilebomb(self) -> None:
        self.answer(200, gzip_bomb(), Content_Type=self.types[self.ext])

    def gzrefused(self) -> None:
        """An error in the server's own words, packed."""
        body = gzip.compress(b'{"code": "BadRequest", "description": "limit is over 500"}')
        self.answer(400, body, Content_Type="application/json", Content_Encoding="gzip")

    def gzrefusedbomb(self) -> None:
        self.answer(400, gzip_bomb(), Content_Type="application/json", Content_Encoding="gzip")

    def onward_to_hang(self) -> None:
        """To a place at which nothing is answered."""
        self.answer(307, b"", Location=f"{self.server.elsewhere}{self.path.replace('onward_to_hang', 'hang')}")

    def onward(self) -> None:
        """To the same place of `ok`, by 307 as the method asks for."""
        self.answer(307, b"", Location=f"{self.server.elsewhere}{self.path.replace('onward', 'ok')}")

    def trunc(self) -> None:
        """Half the bytes that were announced, then the connection is cut."""
        body = self.picture()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        self.close_connection = True

    def cut(self) -> None:
        """A length is announced, and nothing comes."""
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True

    def slow(self) -> None:
        """A tile after a while."""
        time.sleep(self.server.slow_s)
        self.ok()

    def half(self) -> None:
        """Half a picture with a right length, after a moment."""
        time.sleep(0.05)
        body = self.picture()
        self.answer(200, body[: len(body) // 2], Content_Type=self.types[self.ext])

    def giant(self) -> None:
        """A small file of many pixels."""
        image = QImage(9000, 7000, QImage.Format.Format_Mono)
        image.fill(0)
        self.answer(200, encoded(image, "png"), Content_Type="image/png")

    def part(self, skipped: int = 0) -> None:
        """The part of the document that is asked for, or one that begins later."""
        whole = self.server.document
        first, last = (int(number) for number in self.headers["Range"].removeprefix("bytes=").split("-"))
        if first >= len(whole):
            self.answer(416, b"", Content_Range=f"bytes */{len(whole)}")
            return
        last = min(last, len(whole) - 1)
        first += skipped
        where = f"bytes {first}-{last}/{len(whole)}"
        self.answer(206, whole[first : last + 1], Content_Range=where, ETag=self.server.etag)

    def part_elsewhere(self) -> None:
        """Another part than was asked for."""
        self.part(skipped=7)

    def part_unsaid(self) -> None:
        """A part, of which nobody says which."""
        self.answer(206, self.server.document[:100])

    def part_short(self) -> None:
        """Less than was asked for, before the end of the file."""
        self.answer(206, self.server.document[:100], Content_Range=f"bytes 0-99/{len(self.server.document)}")

    def part_long(self) -> None:
        self.answer(206, self.server.document, Content_Range="bytes 0-99/100")

    def gzbomb(self) -> None:
        """A few hundred kB that unpack to 300 MB."""
        self.answer(200, gzip_bomb(), Content_Type="image/png", Content_Encoding="gzip")

    def gzpacked(self) -> None:
        """A tile that is packed, as it may be."""
        self.answer(200, gzip.compress(self.picture()), Content_Type="image/png", Content_Encoding="gzip")

    def loop(self) -> None:
        self.answer(302, b"", Location=self.path)

    def sent_on(self) -> None:
        """To wherever `elsewhere` says."""
        self.answer(302, b"", Location=self.server.elsewhere)

    def cross(self) -> None:
        self.answer(302, b"", Location=f"{self.server.elsewhere}/ok/0/0/0.png")

    def tofile(self) -> None:
        self.answer(302, b"", Location="file:///etc/hostname")

    def hang(self) -> None:
        self.server.released.wait(30)

    def drip(self) -> None:
        """A byte every now and then: no idle limit ever strikes."""
        body = self.picture()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.released.wait(0.2):
                break

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        end = time.monotonic() + 20
        while time.monotonic() < end and not self.server.released.is_set():
            self.wfile.write(b"\x89PNG" * 16384)


@lru_cache
def words_picture() -> QImage:
    """A white picture with bars in it, as if they were words."""
    image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
    image.fill(0xFFF4F4F4)
    with painting(image) as painter:
        for line in range(0, TILE_PX, 32):
            for word in range(0, TILE_PX, 64):
                painter.fillRect(word + 8, line + 12, 40, 8, QColor(90, 90, 90))
    return image


@lru_cache
def gzip_bomb() -> bytes:
    """300 MB of nothing, packed."""
    return gzip.compress(bytes(30 << 20), 9) * 10


@cache
def _plain_tile(hue: int, ext: str) -> bytes:
    """A tile of one colour, made once for all servers of this process."""
    image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
    image.fill(QColor.fromHsv(hue, 160, 200))
    return encoded(image, ext)


def encoded(image: QImage, ext: str) -> bytes:
    """The picture's bytes as png or jpg."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG" if ext == "png" else "JPEG", -1 if ext == "png" else 95)
    return bytes(data.data())


def blue_marble(side_px: int = 1024) -> QImage:
    """The shipped Blue Marble as the square Web Mercator world that `TileServer` cuts its tiles from."""
    pool = ReaderPool(inline=True)
    pool.start()
    path = str(sample_data.path("blue_marble.tif"))
    info = pool.ask(raw("probe", {"path": path})).facts.raster
    style = RasterStyle.default(info)
    step = 2 * MERCATOR_HALF_M / side_px
    answer = pool.ask(
        raw(
            "tile",
            {
                "path": path,
                "crs": WEB_MERCATOR,
                "affine": [step, 0.0, -MERCATOR_HALF_M, 0.0, -step, MERCATOR_HALF_M],
                "width": side_px,
                "height": side_px,
                "bands": list(style.bands),
                "resampling": "bilinear",
                "source_crs": "",
            },
        ),
    )
    bands, mask = answer.arrays
    return image_of_argb(colorize(bands, mask, style, info))


@contextmanager
def serving(picture: QImage | None = None, tls: ssl.SSLContext | None = None) -> Iterator[TileServer]:
    """A server for the length of a test."""
    server = TileServer(picture, tls=tls)
    try:
        yield server
    finally:
        server.stop()

"""Chromium driven step by step: a page of a chosen width, keys, pictures, and what its script sees."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from tests.support.browser import FLAGS, axe_script
from tests.support.qgis.peers import clean, need

_PATIENCE_S = 40.0
_READ, _WRITE = 3, 4
"""The descriptors on which Chromium takes commands and gives answers, by `--remote-debugging-pipe`."""


class Browser:
    """A browser with one page, told what to do by a pipe: no port is opened. A context manager that ends it."""

    def __init__(self) -> None:
        need(shutil.which("chromium") is not None, "chromium")
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        words = [*FLAGS, f"--user-data-dir={self._folder.name}/profile", "--remote-debugging-pipe"]
        script = f'exec chromium "$@" {_READ}<&{commands} {_WRITE}>&{answers}'
        self._program = subprocess.Popen(
            ["bash", "-c", script, "chromium", *words],
            pass_fds=(commands, answers),
            env=clean(HOME=self._folder.name),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._kept, self._number = b"", 0
        self.requests: list[str] = []
        """Addresses that the page has asked for, its own left out, and those that its policy refused."""
        self._asked: dict[str, str] = {}
        self.errors: list[str] = []
        """Errors of scripts, and what the page's own policy refused."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = ""
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.terminate()
        self._program.wait(_PATIENCE_S)
        os.close(self._commands)
        os.close(self._answers)
        self._folder.cleanup()

    def show(self, path: Path, width: int, height: int = 800, *, dark: bool = False) -> None:
        """Open a file in a window of this size in CSS pixels, and wait until it is loaded."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        self._call("Page.navigate", url=path.as_uri())
        end = time.monotonic() + _PATIENCE_S
        while self.value("document.readyState") != "complete" or self.value("location.href") != path.as_uri():
            assert time.monotonic() < end, "the page is not loaded"
            time.sleep(0.05)
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def value(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page, awaited."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int = 0, times: int = 1) -> None:
        """Press a key: its name in the DOM, and its code for those that write nothing."""
        for _ in range(times):
            text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            for kind in ("keyDown", "keyUp"):
                more = text if kind == "keyDown" else {}
                self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at one place of the window, and let it go at another."""
        middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        for kind, (x, y) in (
            ("mouseMoved", start),
            ("mousePressed", start),
            ("mouseMoved", middle),
            ("mouseMoved", end),
            ("mouseReleased", end),
        ):
            buttons = (
                {"button": "left", "buttons": 1, "clickCount": 1} if kind != "mouseReleased" else {"button": "left"}
            )
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **buttons)

    def violations(self) -> list[Any]:
        """The rules of axe that the page breaks as it is shown now, each with the first element that breaks it."""
        self.value(f"{axe_script()};0")
        told = self.value(
            "axe.run(document).then(found => "
            "[found.passes.length, found.violations.map(one => [one.id, one.nodes[0].html])])"
        )
        assert told[0] > 10, "axe has looked at nothing"
        return list(told[1])

    def picture(self, path: Path, *, whole: bool = True) -> Path:
        """Write what the window shows, or the whole page, as PNG."""
        answer = self._call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))
        return path

    def printed(self, path: Path) -> Path:
        """Write the page as it is printed on A4."""
        answer = self._call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        path.write_bytes(base64.b64decode(answer["data"]))
        return path

    def _call(self, method: str, **values: Any) -> dict[str, Any]:
        self._number += 1
        session = {"sessionId": self._session} if getattr(self, "_session", "") else {}
        message = {"id": self._number, "method": method, "params": values, **session}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + _PATIENCE_S
        while True:
            answer = self._next(end)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self._note(answer)

    def _next(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._kept:
            ready, _, _ = select.select([self._answers], [], [], max(end - time.monotonic(), 0.0))
            assert ready, "Chromium does not answer"
            part = os.read(self._answers, 1 << 20)
            assert part, "Chromium has ended"
            self._kept += part
        message, _, self._kept = self._kept.partition(b"\0")
        return dict(json.loads(message))

    def _note(self, event: dict[str, Any]) -> None:
        values = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            address = values["request"]["url"]
            if not address.startswith(("data:", "file:", "about:")):
                self.requests.append(address)
                self._asked[values["requestId"]] = address
        elif event.get("method") == "Network.loadingFailed" and values.get("blockedReason") == "csp":
            self.requests.remove(self._asked.pop(values["requestId"]))
        elif event.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(values["exceptionDetails"]))
        elif event.get("method") == "Log.entryAdded" and values["entry"]["level"] == "error":
            self.errors.append(values["entry"]["text"])

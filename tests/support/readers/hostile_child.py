"""Run in a network of its own: opens hostile files and prints what reached the server.

python -m tests.support.readers.hostile_child rasters|vectors FOLDER guarded|open|victim
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

from tests.support.readers import hostile_rasters, hostile_vectors

CORPORA = {"rasters": hostile_rasters, "vectors": hostile_vectors}


class Listener:
    """A server on loopback that writes down each request and has nothing to give."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                requests.append(f"{self.command} {self.path}")
                self.send_error(404)

            do_HEAD = do_PUT = do_POST = do_CONNECT = do_GET  # noqa: N815 - the names http.server asks for

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


def read_guarded(corpus: ModuleType, paths: list[Path], folder: Path) -> dict[str, str]:
    """What the readers say of each: "drawn" or the sentence of the error."""
    from layers.errors import GeoloupeError
    from layers.pool.pool import ReaderPool
    from layers.pool.protocol import Grants

    pool, said = ReaderPool(1, grants=Grants(read=frozenset((str(folder),)))), {}  # one process for all
    pool.start()
    for path in paths:
        try:
            corpus.read(pool, path)
            said[corpus.name_of(path)] = "drawn"
        except GeoloupeError as error:
            said[corpus.name_of(path)] = error.sentence
    pool.close()
    return said


def main() -> None:
    kind, folder, mode = sys.argv[1:]
    corpus = CORPORA[kind]
    if mode == "victim":
        corpus.open_unguarded(Path(folder))
        return
    listener, said = Listener(), {}
    paths = corpus.corpus(Path(folder), listener.url)
    if mode == "guarded":
        said = read_guarded(corpus, paths, Path(folder))
    else:  # in another process: GDAL keeps the interpreter to itself, and the server could not answer
        subprocess.run([sys.executable, "-m", __spec__.name, kind, folder, "victim"], check=True)
    print(json.dumps({"requests": listener.requests, "said": said}))


if __name__ == "__main__":
    main()

"""A Qt whose plugins are gone: what is said of pictures in files then.

``python -m tests.support.bare_qt FILES...`` prints a line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from layers.errors import ServerFault
from viewer.network.decode import decode_tile


def main(files: list[str]) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication(sys.argv[:1])
    QCoreApplication.setLibraryPaths([])
    told = {}
    for file in map(Path, files):
        try:
            told[file.name] = f"{decode_tile(file.read_bytes(), 'tiles.example.org').width()} px"
        except ServerFault as fault:
            told[file.name] = fault.sentence
    print(json.dumps(told))
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

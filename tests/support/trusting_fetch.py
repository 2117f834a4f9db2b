"""A program that fetches one document and prints what came of it, with the trust that this computer has.

python -m tests.support.trusting_fetch ADDRESS
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication

from layers.errors import GeoloupeError
from layers.services.http_request import HttpRequest
from viewer.network.answer import HttpAnswer
from viewer.network.consent import Consent, host_of
from viewer.network.fetcher import Fetcher


def main(address: str) -> None:
    """Print "came" and the number of bytes, or the sentence of the error."""
    application = QCoreApplication([])
    consent = Consent()
    consent.allow_private(host_of(address))
    fetcher = Fetcher(None, consent)

    def done(answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        assert "certifi" not in sys.modules, "a list of authorities of its own"
        print(f"came {len(answer.body)}" if answer is not None and error is None else error, flush=True)
        application.quit()

    fetcher.fetch_document(HttpRequest(address), done)
    application.exec()
    fetcher.close()


if __name__ == "__main__":
    main(sys.argv[1])

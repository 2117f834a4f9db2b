"""A product on its way to its file: laid out to be read, and once more when all of it is there."""

from __future__ import annotations

from pathlib import Path
from typing import override

from pytestqt.qtbot import QtBot

from layers.product.issuing.edition import Edition, Outgoing
from layers.product.spec import ProductSpec
from tests.viewer.app.products.conftest import SEEN, BoxPage, BoxPages, Table
from viewer.app.products.laid_out import LaidOut
from viewer.app.products.product_file import ProductFile
from viewer.export.headless import Studio


class LatePage(BoxPage):
    """Its maps are read by and by: it is read only when somebody has looked often."""

    looks = 0

    @override
    def is_read(self, page: int) -> bool:
        self.looks += 1
        return self.looks > 10


class LatePages(BoxPages):
    """Each part that has come would have a page laid out anew, as all that was read makes it stale."""

    @override
    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> LaidOut | None:
        self.made.append(LatePage(spec, dpi, edition))
        return self.made[-1]


def test_a_page_is_not_laid_out_whenever_a_part_of_it_has_come(
    studio: Studio, table: Table, tmp_path: Path, qtbot: QtBot
) -> None:
    """Of a hundred sheets that took more time than all else."""
    pages, spec = LatePages(), ProductSpec(page="100x100", dpi=96, bounds=SEEN)
    file = ProductFile(pages, Outgoing(spec), tmp_path / "page.png", studio.context, "", table.parent)
    with qtbot.waitSignal(file.ended, timeout=20_000):
        pass
    assert file.error is None
    assert (tmp_path / "page.png").is_file()
    assert len(pages.made) == 2, "to be read, and with the words of what was read"

"""Names of the files of a product with several pages."""

from __future__ import annotations

from pathlib import Path


def page_path(target: Path, page: int) -> Path:
    """The file of a page: the first has the requested name, the others are beside it as name-2 and so on."""
    return target if page == 0 else target.with_name(f"{target.stem}-{page + 1}{target.suffix}")

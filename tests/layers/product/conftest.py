"""The case of the sample data, read once for all tests of products."""

from __future__ import annotations

import pytest

import sample_data
from layers.document.document import Document
from tests.support.cases.rich import read_case


@pytest.fixture(scope="session")
def demo() -> Document:
    return read_case(sample_data.path("demo.gpkg")).document

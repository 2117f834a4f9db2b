"""A class of one's own: its template and the mark's class come as one step, and no template is replaced."""

from __future__ import annotations

import pytest
from shapely import Point

from layers.document.document import Document
from layers.errors import InvalidValue
from viewer.commands.filing.templates import mark_as_new_class
from viewer.commands.sites import add_site


def test_a_new_class_keeps_a_template_that_is_there() -> None:
    document = Document()
    document.apply(add_site(document, Point(1, 2), actor="Li"))
    (uuid,) = document.sites
    edit = mark_as_new_class(document, uuid, " Early  warning ", "radar", known={"radar/early_warning"}, actor="Li")
    document.apply(edit)
    assert document.sites[uuid].class_code == "radar/early_warning"
    assert not document.table("templates")
    with pytest.raises(InvalidValue, match="A class needs a name"):
        mark_as_new_class(document, uuid, "  ", actor="Li")

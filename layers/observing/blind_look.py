"""The look of an observer from whom the rows of all others are kept, so that these lead nobody's eye."""

from __future__ import annotations

from msgspec import Struct

from layers.document.marks.mark_shape import CountTick, shape_of
from layers.document.observation import Observation
from layers.document.rows import Row
from layers.document.site import Site


class BlindLook(Struct, frozen=True):
    """The observer. The case keeps all rows, and what is written out has them."""

    observer: str

    def shows(self, row: Row) -> bool:
        """False for what others have observed: their rows, and the ticks of their counts."""
        match row:
            case Observation():
                return row.observer == self.observer
            case Site() if row.mark_kind == "annotation" and row.parent_uuid:
                shape = shape_of(row.shape_json)
                return not isinstance(shape, CountTick) or shape.observer == self.observer
        return True

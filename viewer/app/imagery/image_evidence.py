"""The images behind marks in a window: which one a mark was drawn on, and chips taken of it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from viewer.app.case.session import Session
from viewer.app.imagery.chip_capture import ChipCapture
from viewer.app.imagery.chip_reading import ChipReading
from viewer.app.imagery.mark_images import MarkImages
from viewer.canvas.widget import MapCanvas
from viewer.panels.image_access import ImageAccess
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages


class ImageEvidence:
    """Image notes and chips of the open case, and what panels may do with them."""

    def __init__(self, session: Session, canvas: MapCanvas, jobs: Jobs, messages: Messages, parent: QObject) -> None:
        self.marks = MarkImages(session, canvas, messages, parent)
        self.chips = ChipCapture(session, canvas, jobs, messages, parent)
        read = ChipReading(session, jobs).read
        marks, take = self.marks, self.chips.take
        self.for_panels = ImageAccess(marks.choices, marks.choose, marks.blended, take, read)

    @property
    def is_idle(self) -> bool:
        return self.marks.is_idle and self.chips.is_idle

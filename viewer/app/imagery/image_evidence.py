"""The images behind marks in a window: the image on which a mark was drawn, and chips taken from images."""

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
    """Records images and takes chips for the open case, and offers both to panels."""

    def __init__(self, session: Session, canvas: MapCanvas, jobs: Jobs, messages: Messages, parent: QObject) -> None:
        self.marks = MarkImages(session, canvas, messages, parent)
        self.chips = ChipCapture(session, canvas, jobs, messages, parent)
        read = ChipReading(session, jobs).read
        marks, take = self.marks, self.chips.take
        self.for_panels = ImageAccess(marks.choices, marks.choose, marks.blended, take, read)

    @property
    def is_idle(self) -> bool:
        return self.marks.is_idle and self.chips.is_idle

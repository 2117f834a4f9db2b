"""Sessions without a window: a desk to work at, cases to open, and what a crash leaves behind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from shapely import Point

from layers.document.document import Document
from layers.project.saving.publish import write_case
from viewer.app.case.session import Session
from viewer.commands.sites import add_site
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages
from viewer.support.settings import Settings, sessions_folder


class Desk:
    """A session with what it works with."""

    def __init__(self) -> None:
        self.jobs, self.messages, self.settings = Jobs(), Messages(), Settings.of_user()
        self.session = Session(self.jobs, self.messages, self.settings, sessions_folder())

    def mark(self, label: str) -> None:
        """One site, as one edit."""
        self.session.push(add_site(self.session.document, Point(10, 50), actor="me", label=label))

    def labels(self) -> list[str]:
        return [site.label for site in self.session.document.sites.values()]

    def wait(self) -> None:
        assert self.jobs.wait(20)
        assert self.session.is_idle

    def texts(self) -> list[str]:
        return [line.text for line in self.messages.lines()]

    def crash(self, name: str = "crashed") -> Path:
        """End as a program that is killed; return the folder of this name with its working copy and edits."""
        work = self.session.working_copy
        assert work is not None
        work.drain()
        crashed = as_a_crash_leaves_it(work.folder, name)
        self.jobs.shutdown()
        self.session.shutdown(keep=False)
        return crashed


def case_with(path: Path, *labels: str) -> Path:
    """A case of sites with these labels."""
    document = Document()
    for label in labels:
        document.apply(add_site(document, Point(1, 2), actor="them", label=label))
    write_case(document, path)
    return path


def session_folders() -> list[Path]:
    """The working copies that are there."""
    return list(sessions_folder().iterdir()) if sessions_folder().exists() else []


def as_a_crash_leaves_it(folder: Path, name: str = "crashed") -> Path:
    """A copy of a session whose program is gone."""
    crashed = folder.with_name(name)
    shutil.copytree(folder, crashed)
    described = json.loads((crashed / "session.json").read_text())
    described["owner"]["started"] = "0"
    (crashed / "session.json").write_text(json.dumps(described))
    return crashed

"""Files of features that a server sent, in a folder of the analyst's, called by service, layer and date."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from layers.errors import NotAllowed
from layers.services.features.feature_question import FeatureQuestion
from layers.services.features.feature_walk import FeatureWalk
from layers.services.imagery_entry import host_of_address
from viewer.support.settings import data_folder


def features_folder(case: Path | None) -> Path:
    """The folder for features: beside the case where that may be written to, else with the program's data."""
    if case is not None and os.access(case.parent, os.W_OK):
        return case.parent / f"{case.stem} features"
    return data_folder() / "features"


def write_features(walk: FeatureWalk, folder: Path, day: str) -> Path:
    """Write what came into a new file of the folder, whole or not at all, and return its path. For any thread.

    Raises ExportFailed, NotAllowed or DiskFull.
    """
    from layers.project.storage.fsops import write_whole  # with SQLite: for start-up time

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotAllowed(
            "{folder} cannot be made ({error}).", folder=folder.name, error=error.strerror or error
        ) from error
    path = _free_path(folder, _stem(walk.question, day), walk.suffix)
    write_whole(path, walk.file_data())
    return path


def _stem(question: FeatureQuestion, day: str) -> str:
    from viewer.app.case.saving import file_name  # Qt: for start-up time of commands that fetch nothing

    host = host_of_address(question.address).replace(":", "-")
    return f"{file_name(f'{host} {question.title}')} {day}"


def _free_path(folder: Path, stem: str, suffix: str) -> Path:
    """A path of no file yet: an older answer is evidence, and stays."""
    path = folder / f"{stem}{suffix}"
    numbers = count(2)
    while path.exists():
        path = folder / f"{stem} {next(numbers)}{suffix}"
    return path

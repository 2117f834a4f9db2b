"""The start of a spawned process with an environment of its own: `multiprocessing` itself hands over all of ours."""

from __future__ import annotations

import io
import os
import subprocess
from multiprocessing import popen_spawn_posix, reduction, resource_tracker, spawn
from multiprocessing.context import set_spawning_popen
from multiprocessing.util import Finalize
from typing import Any


class Launched(popen_spawn_posix.Popen):
    """A running process. Its start is that of `popen_spawn_posix`, step by step, but for the environment."""

    _fds: list[int]

    def _launch(self, process: Any) -> None:
        tracker = resource_tracker.getfd()
        assert tracker is not None
        message = self._message_for(process)
        parents_end, childs_sentinel = os.pipe()
        childs_end, told_end = os.pipe()
        self.finalizer = Finalize(self, _close, (parents_end, told_end))
        try:
            command = spawn.get_command_line(tracker_fd=tracker, pipe_handle=childs_end)
            self._fds += [tracker, childs_end, childs_sentinel]
            started = subprocess.Popen(
                command, executable=spawn.get_executable(), env=process.environment, pass_fds=self._fds
            )
            started.returncode = 0  # its end is for `multiprocessing` to note, and for nobody else
            self.pid, self.sentinel = started.pid, parents_end
        finally:
            os.close(childs_end)
            os.close(childs_sentinel)
        with open(told_end, "wb", closefd=False) as pipe:
            pipe.write(message)

    def _message_for(self, process: Any) -> memoryview:
        """The message for its pipe: where to find its modules, and its task."""
        message = io.BytesIO()
        preparation = spawn.get_preparation_data(process._name)
        set_spawning_popen(self)
        try:
            reduction.dump(preparation, message)
            reduction.dump(process, message)
        finally:
            set_spawning_popen(None)
        return message.getbuffer()


def _close(*numbers: int) -> None:
    for number in numbers:
        os.close(number)

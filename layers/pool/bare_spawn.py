"""A spawned process with an environment of its own, without the analyst's variables, which may hold keys and tokens.

Taking variables away once the process runs is not enough: Linux shows those that it was started with for ever, in
/proc/self/environ.
"""

from __future__ import annotations

import os
from multiprocessing.context import SpawnContext
from typing import Any

SpawnProcess: Any = SpawnContext.Process


class BareProcess(SpawnProcess):  # type: ignore[misc]
    """A process as `multiprocessing` spawns it, started with `environment` alone.

    On Windows it is started with that of this process besides: there it has to forget the others by itself.
    """

    def __init__(self, environment: dict[str, str], **keywords: Any) -> None:
        super().__init__(**keywords)
        self.environment = environment

    @staticmethod
    def _Popen(process: Any) -> Any:
        if os.name == "nt":
            for name, value in process.environment.items():
                os.environ.setdefault(name, value)
            return SpawnProcess._Popen(process)
        from layers.pool.bare_launch import Launched  # the spawned process, which imports this module, needs none

        return Launched(process)

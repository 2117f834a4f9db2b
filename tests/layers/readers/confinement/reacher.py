"""The ops of a process that only tries what it is told to, as a reader of cases is started."""

from typing import Any

from layers.readers.environment import Profile


def load(profile: Profile) -> Any:
    from layers.readers.ops import _refusal  # after the environment is set

    return lambda op, params: ({"refused": [_refusal(*attempt) for attempt in params["attempts"]]}, ())

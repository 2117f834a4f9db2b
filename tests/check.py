"""All that a change must pass: format, lint, types, dead code, import contracts, tests.

uv run python -m tests.check [--no-tests | pytest arguments]
"""

from __future__ import annotations

import subprocess
import sys

STEPS: tuple[tuple[str, list[str]], ...] = (
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("types", ["mypy"]),
    ("dead code", ["vulture"]),
    ("tests", ["pytest"]),
)


def main(arguments: list[str]) -> int:
    """Run every step, say which failed; 0 when none did. The import contracts are among the house tests."""
    failed = []
    steps = [step for step in STEPS if step[0] != "tests" or "--no-tests" not in arguments]
    for name, command in steps:
        extra = arguments if name == "tests" else []
        print(f"== {name}: {' '.join(command + extra)}", flush=True)
        if subprocess.run([sys.executable, "-m", *command, *extra], check=False).returncode:
            failed.append(name)
    print("check: " + ("failed: " + ", ".join(failed) if failed else "all passed"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What it costs to import Verax's parts: `python benchmarks/startup.py` (milliseconds, in fresh interpreters).

Bare NumPy stands beside them. The parts take turns, so that what else the machine does hits all alike.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

TURNS = 9
STATEMENTS = {
    "nothing": "pass",
    "NumPy": "import numpy",
    "verax": "import verax",
    "the pytest plugin, unused": "import verax.property_tests.plugin",
    "verax.chex_like": "import verax.chex_like; verax.chex_like.assert_shape",
    "verax.numpy": "import verax.numpy",
    "verax.judge": "import verax; verax.judge",
}


def milliseconds(statement: str) -> float:
    """What a statement takes in a fresh interpreter that has pytest loaded."""
    code = (
        f"import pytest, time\nstart = time.perf_counter()\n{statement}\n"
        "print((time.perf_counter() - start) * 1e3)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the median of each, with the fastest and the slowest turn."""
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(TURNS):
        for name, statement in STATEMENTS.items():
            taken[name].append(milliseconds(statement))
    for name, times in taken.items():
        print(f"{name:28} {statistics.median(times):8.1f} ms   ({min(times):.1f} to {max(times):.1f})")


if __name__ == "__main__":
    main()

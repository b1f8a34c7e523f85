"""Hold Chex's own tests on `verax.chex_like` against the baseline: `python -m tests.peers.chex_like`.

Run them first: `python -m tests.peers.run chex --on chex_like`. Exit code 1 where the run falls short.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .baseline import baseline
from .compare import Result, result
from .libraries import LIBRARIES
from .run import STATE, ended, files, journal, outcomes, packages

# Files that test Chex's insides, or need hardware or a process of their own: they are counted apart.
APART = tuple(
    f"chex/_src/{name}.py"
    for name in ("asserts_internal_test", "restrict_backends_test", "fake_set_n_cpu_devices_test")
)
SHARES = {"chex_like": 0.95, "chex_like, apart": 0.80}
LEAST = 560


def parted(ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids, and those that are counted apart."""
    found: dict[str, list[str]] = {name: [] for name in SHARES}
    for one in ids:
        found["chex_like, apart" if one.startswith(APART) else "chex_like"].append(one)
    return found


def shortcomings(results: dict[str, Result]) -> list[str]:
    """What is less than is asked, a sentence each."""
    short = [
        f"{name}: {one.passed} of {len(one.baseline)} pass, {SHARES[name]:.0%} are asked for."
        for name, one in results.items()
        if one.passed < SHARES[name] * len(one.baseline)
    ]
    total = sum(len(one.baseline) for one in results.values())
    if total < LEAST:
        short.append(f"The baseline has {total} ids, at least {LEAST} are asked for.")
    return short


def main() -> int:
    """Print how many pass, what does not, and what falls short.

    Returns:
        0, or 1 where something is less than is asked.

    Raises:
        FileNotFoundError: a file has not been run to its end.
    """
    folder, state = packages(), STATE / "chex_like"
    journals = [journal(state, file) for file in files("chex", folder)]
    for path in journals:
        if not ended(path):
            raise FileNotFoundError(
                f"{path} is not there, or not whole: run `python -m tests.peers.run chex --on chex_like`."
            )
    found = [one for path in journals for one in outcomes(path)]
    results = {name: result(LIBRARIES["chex"], ids, found) for name, ids in parted(baseline("chex")).items()}
    for name, one in results.items():
        print(f"{name}: {one.passed} of {len(one.baseline)} pass")
        for failing in one.failing:
            print(f"  {failing.id}: {failing.cause}")
    short = shortcomings(results)
    for line in short:
        print(line)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())

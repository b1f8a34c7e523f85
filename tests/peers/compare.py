"""Hold a run against the baseline: `python -m tests.peers.compare`, exit code 1 where it falls short."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from .baseline import baseline
from .libraries import JRAPH_UTILS, JRAPH_UTILS_LEAST, LIBRARIES, Library
from .run import ENDED, STATE, Found, ended, executed, files, journal, outcomes, packages


class Result(NamedTuple):
    """What a library's tests did.

    Attributes:
        library: which.
        baseline: the ids that pass on JAX.
        failing: of them, those that did not pass, with their cause.
    """

    library: Library
    baseline: Sequence[str]
    failing: Sequence[Found]

    @property
    def passed(self) -> int:
        """How many of the baseline passed."""
        return len(self.baseline) - len(self.failing)


def result(library: Library, ids: Sequence[str], found: Iterable[Found]) -> Result:
    """Hold what was found against the ids that pass on JAX; an id that did not run has failed."""
    by_id = {one.id: one for one in found}
    failing = []
    for one in ids:
        here = by_id.get(one)
        if here is None:
            here = by_id.get(one.partition("::")[0], Found(one, "not run", ENDED))
        if here.outcome != "passed":
            failing.append(here._replace(id=one))
    return Result(library, ids, failing)


def shortcomings(results: Iterable[Result], utils: int, primitives: int) -> list[str]:
    """What is less than is asked, a sentence each.

    Args:
        results: of each library.
        utils: how many tests of Jraph's utils_test passed.
        primitives: how many Verax executed.
    """
    short = []
    for one in results:
        name, total = one.library.name, len(one.baseline)
        if total < one.library.least:
            short.append(f"{name}: the baseline has {total} ids, at least {one.library.least} are asked for.")
        if one.passed < one.library.share * total:
            short.append(f"{name}: {one.passed} of {total} pass, {one.library.share:.0%} are asked for.")
    if utils < JRAPH_UTILS_LEAST:
        short.append(f"{JRAPH_UTILS}: {utils} pass, {JRAPH_UTILS_LEAST} are asked for.")
    if primitives == 0:
        short.append("Verax executed no primitive: the tests did not run on it.")
    return short


class Run(NamedTuple):
    """A whole run.

    Attributes:
        results: of each library, against its baseline.
        utils: what Jraph's utils_test did.
        primitives: how many Verax executed.
    """

    results: list[Result]
    utils: list[Found]
    primitives: int

    def shortcomings(self) -> list[str]:
        """See `shortcomings`."""
        passed = sum(one.outcome == "passed" for one in self.utils)
        return shortcomings(self.results, passed, self.primitives)


def read(state: Path, names: Iterable[str] = LIBRARIES) -> Run:
    """A run from its journals.

    Raises:
        FileNotFoundError: a file of the libraries has not been run to its end.
    """
    folder, results, primitives = packages(), [], 0
    for name in names:
        journals = [journal(state, file) for file in files(name, folder)]
        for path in journals:
            if not ended(path):
                raise FileNotFoundError(
                    f"{path} is not there, or not whole: run `python -m tests.peers.run`."
                )
        primitives += sum(executed(path) for path in journals)
        found = [one for path in journals for one in outcomes(path)]
        results.append(result(LIBRARIES[name], baseline(name), found))
    return Run(results, list(outcomes(journal(state, JRAPH_UTILS))), primitives)


def main() -> int:
    """Print a line for each library and each shortcoming.

    Returns:
        0, or 1 where something is less than is asked.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE / "verax", help="where the run's journals are")
    run = read(parser.parse_args().state)
    for one in run.results:
        total = len(one.baseline)
        print(f"{one.library.name}: {one.passed} of {total} pass ({one.passed / max(total, 1):.1%})")
    print(f"{JRAPH_UTILS}: {sum(one.outcome == 'passed' for one in run.utils)} pass")
    print(f"{run.primitives} primitives executed by Verax")
    short = run.shortcomings()
    for line in short:
        print(line)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())

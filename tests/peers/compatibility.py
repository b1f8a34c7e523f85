"""Write docs/compatibility.md from a run: `python -m tests.peers.compatibility > docs/compatibility.md`."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from .baseline import baseline
from .compare import Result, Run, read
from .libraries import JRAPH_UTILS, JRAPH_UTILS_LEAST, LIBRARIES
from .run import STATE, Found, ended, files, journal, lines, outcomes, packages

HEAD = """# Compatibility

The libraries built on JAX, as their authors ship them, run on Verax by `python -m verax.as_jax`; so do their own
tests. `tox run -e peers` runs them in an environment where `jax` and `jaxlib` are packages that raise when they
are imported, and writes this page. Of the tests that pass on JAX 0.10.2 (`tests/peers/passing_on_jax`), those pass on
Verax:

| library | version | pass | of | share | asked for |
|---|---|---|---|---|---|
"""
PINNED = Path(__file__).with_name("requirements.txt")
RECORD = """# The libraries' own tests

`python -m tests.peers.run`, as `tox run -e peers` calls it: a process for each file, {date}; {primitives} primitives
executed by Verax. Every test is counted here, also those that do not pass on JAX;
[compatibility.md](../compatibility.md) holds them against those that do.

| file | outcomes | seconds |
|---|---|---|
"""
# What a message comes from, where it does not say so itself.
WHY = (
    (
        re.compile("RuntimeError not raised"),
        "The lanes of a pmap see values, so that nothing is refused there",
    ),
    (
        re.compile("operand_precision"),
        "No product is computed at less than its dtype, so that no program says so",
    ),
    (re.compile("KeyArray|'key"), "A typed key is a node of one leaf in Verax"),
    (re.compile("default_prng_impl"), "Threefry is the one generator that there is"),
    (re.compile(r"jvp\(my_model\)"), "A derivative's equations bear no names of scopes"),
    (re.compile(r"jax\.tree_(map|leaves)` is not"), "JAX 0.10 has no such name either"),
    (re.compile("one_hot must hold integers"), "What is counted is an integer in Verax"),
    (re.compile("named 'flax'"), "Flax is not installed"),
)
NUMBERS = re.compile(r"\b\d+(\.\d+)?(e[-+]?\d+)?\b")


def grouped(failing: Iterable[Found]) -> list[tuple[str, list[str]]]:
    """Causes that differ in numbers only are one; the commonest first."""
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in failing:
        why = one.cause if one.outcome == "failed" else f"{one.outcome}: {one.cause}"
        groups[NUMBERS.sub("#", why)].append(one._replace(cause=why))
    found = [(group[0].cause, [one.id for one in group]) for group in groups.values()]
    return sorted(found, key=lambda pair: (-len(pair[1]), pair[0]))


def pinned(wheel: str) -> str:
    """The version of a library that the baseline was made with."""
    lines = PINNED.read_text("utf-8").splitlines()
    return next(line.partition("==")[2] for line in lines if line.startswith(f"{wheel}=="))


def _row(one: Result) -> str:
    total = len(one.baseline)
    if not total:
        return (
            f"| {one.library.name} | {pinned(one.library.wheel)} | not run whole yet | | | {_asked(one)} |\n"
        )
    share = f"{one.passed / total:.1%}"
    return (
        f"| {one.library.name} | {pinned(one.library.wheel)} | {one.passed} | {total} | {share} "
        f"| {_asked(one)} |\n"
    )


def _asked(one: Result) -> str:
    return f"{one.library.share:.0%} of at least {one.library.least}"


def _causes(title: str, failing: Iterable[Found]) -> Iterator[str]:
    groups = grouped(failing)
    if not groups:
        return
    yield f"\n## {title}\n\n| cause | tests |\n|---|---|\n"
    for why, ids in groups:
        by_file: dict[str, list[str]] = defaultdict(list)
        for one in ids:
            file, _, test = one.partition("::")
            by_file[file].append(test)
        tests = "; ".join(f"{file}: {', '.join(names)}" for file, names in by_file.items())
        yield f"| {_because(why)}{_cell(why)} | {len(ids)}: {_cell(tests)} |\n"


def _because(message: str) -> str:
    return next((f"{reason}: " for pattern, reason in WHY if pattern.search(message)), "")


def _cell(text: str) -> str:
    """Text as it is, inside a table's cell."""
    return "`` " + text.replace("|", "\\|").replace("``", "` `") + " ``"


def page(run: Run, date: dt.date) -> str:
    """The page's text."""
    utils = [one for one in run.utils if one.outcome != "passed"]
    passed = len(run.utils) - len(utils)
    known = {one.library.name: one for one in run.results}
    text = HEAD
    for name, library in LIBRARIES.items():
        text += _row(known[name]) if name in known else _row(Result(library, [], []))
    text += (
        f"\nJraph's `{JRAPH_UTILS}`, which JAX 0.10 cannot import: {passed} of {len(run.utils)} pass, "
        f"{JRAPH_UTILS_LEAST} are asked for.\n\nRun on {date}; Verax executed {run.primitives} primitives. "
        f"What follows is the cause of every test that does not pass, the commonest first.\n"
    )
    for one in run.results:
        text += "".join(_causes(one.library.name, one.failing))
    return text + "".join(_causes(JRAPH_UTILS, utils))


def record(journals: Iterable[tuple[str, Path]], primitives: int, date: dt.date) -> str:
    """What each file's tests did, as text: from pairs of a file and its journal."""
    text = RECORD.format(date=date, primitives=primitives)
    for file, path in journals:
        found = Counter(one.outcome for one in outcomes(path))
        seconds = next((line["seconds"] for line in lines(path) if "seconds" in line), "")
        text += f"| {file} | {', '.join(f'{n} {kind}' for kind, n in sorted(found.items()))} | {seconds} |\n"
    return text


def _whole(name: str, state: Path) -> bool:
    """Whether a library's files have all been run, here and on JAX."""
    return bool(baseline(name)) and all(ended(journal(state, file)) for file in files(name, packages()))


def main() -> int:
    """Print the page, or write it.

    Returns:
        0; `compare` says whether the numbers do.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE / "verax", help="where the run's journals are")
    parser.add_argument("--write", type=Path, help="where the page is written")
    parser.add_argument("--record", type=Path, help="the folder that a record of the run is written to")
    given = parser.parse_args()
    names = [name for name in LIBRARIES if _whole(name, given.state)]
    run, date = read(given.state, names), dt.datetime.now(dt.UTC).date()
    if given.record is not None:
        folder = packages()
        every = [file for name in names for file in files(name, folder)]
        path = given.record / f"peers-{date}.md"
        pairs = [(file, journal(given.state, file)) for file in every]
        path.write_text(record(pairs, run.primitives, date), "utf-8", newline="\n")
        print(f"{path} written")
    text = page(run, date)
    if given.write is None:
        print(text, end="")
    else:
        given.write.write_text(text, "utf-8", newline="\n")
        print(f"{given.write} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Judge plain JAX programs on `fast` against the reference: `python -m verax.as_jax -m tests.programs.record`.

Each is trained; its steps 0, 1 and the last are judged, at a batch of 2. The agent is trained from three seeds. Without
``--record docs/measured`` the table is printed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from verax.fake_devices import fake_devices
from verax.reference.findings import shown

from .judging import Held, held, multiply_adds, ran
from .table import BATCH, ROWS, steps_of

AGENT = "an RLax agent on Catch"
# What is asked of the agent, of how many seeds; and how large a pass that is judged may be.
RETURN, SEEDS, EPISODES = 0.9, (0, 1, 2), 100
MOST = 100_000

HEAD = """# Plain JAX programs on `fast`, held against the reference

`tox run -e programs` runs the programs of `examples/plain_jax` unchanged where `import jax` gives Verax, and holds a
step from `fast`'s state, at steps 0, 1 and the last of the training: the loss, {entries} entries of each leaf of the
gradient (all of smaller ones) and all new parameters against the exact value of the step's own program, and these
entries of the gradient against the derivative of the loss as a limit of differences, which believes no derivative rule.
The bound is derived from the program; error and bound are in ULPs, of the element that is nearest to its bound. Batch
{batch}; at most {most:,} multiply-adds a pass.

{versions}; {date}, {seconds} s.
"""
COLUMNS = "program", "step", "multiply-adds", "law", "elements", "error", "bound", "largest error", "not held"


class Row(NamedTuple):
    """What one law says of one step."""

    name: str
    step: int
    size: int
    held: Held

    def __str__(self) -> str:
        worst, law = self.held.worst, self.held
        largest = max(m.error for m in law.measured)
        return (
            f"| {self.name} | {self.step} | {self.size:,} | {law.law} | {len(law.measured)} | {shown(worst.error)} "
            f"| {shown(worst.bound)} | {shown(largest)} | {len(law.red)} |"
        )


def judged(name: str, last: int | None, entries: int) -> Iterator[Row]:
    """What each law says of each step of a program that is judged."""
    for k, step in steps_of(name, last):
        size, case = multiply_adds(step), ran(step)
        for law in held(step, case, entries, seed=k):
            yield Row(name, k, size, law)


def returns() -> Iterator[tuple[int, float]]:
    """The mean return of an agent from each seed."""
    row = ROWS[AGENT]
    m = row.module()
    for seed in SEEDS:
        yield seed, m.evaluate(m.train(seed, row.steps, row.count), seed, EPISODES)


def shortcomings(rows: list[Row], agents: list[tuple[int, float]]) -> Iterator[str]:
    """What falls short, a line for each."""
    for row in rows:
        if row.held.red:
            yield f"{row.name}, step {row.step}, {row.held.law}: {row.held.red[0].reason or 'it has no bound'}."
        if row.size > MOST:
            yield f"{row.name}: {row.size:,} multiply-adds a pass, {MOST:,} are the most."
    for seed, mean in agents:
        if mean < RETURN:
            yield f"{AGENT}, seed {seed}: a mean return of {mean:.2f}, {RETURN} is asked for."


def report(rows: list[Row], agents: list[tuple[int, float]], entries: int, seconds: float) -> str:
    """The record as text."""
    wheels = sorted({wheel for row in rows for wheel in ROWS[row.name].wheels})
    text = HEAD.format(
        entries=entries,
        batch=BATCH,
        most=MOST,
        versions=", ".join(f"{one} {version(one)}" for one in [*wheels, "numpy"])
        + f", Python {platform.python_version()}",
        date=dt.datetime.now(dt.UTC).date(),
        seconds=round(seconds),
    )
    if agents:
        text += f"\n{AGENT[3:]}: the mean return over {EPISODES} episodes ({RETURN} is asked for)\n\n"
        text += "".join(f"- seed {seed}: {mean:.2f}\n" for seed, mean in agents)
    text += f"\n| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|\n" + "".join(f"{row}\n" for row in rows)
    lacking = list(shortcomings(rows, agents))
    return text + "\n" + ("".join(f"- {line}\n" for line in lacking) or "Nothing falls short.\n")


def main() -> int:
    """Judge, and print or write the record.

    Returns:
        0, or 1 where something falls short.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*ROWS], default=[*ROWS])
    parser.add_argument("--last", type=int, help="the number of the last step; the whole training by default")
    parser.add_argument("--entries", type=int, default=8, help="of each leaf of the gradient")
    parser.add_argument("--record", type=Path, help="the folder that the record is written to")
    given = parser.parse_args()
    started, rows = time.monotonic(), []
    agents = list(returns()) if AGENT in given.only and given.last is None else []
    with fake_devices(8):
        for name in given.only:
            for row in judged(name, given.last, given.entries):
                print(row, file=sys.stderr, flush=True)
                rows.append(row)
    text = report(rows, agents, given.entries, time.monotonic() - started)
    if given.record is None:
        print(text)
    else:
        path = given.record / f"programs-{dt.datetime.now(dt.UTC).date()}.md"
        path.write_text(text, "utf-8")
        print(f"{path} written")
    return 1 if any(shortcomings(rows, agents)) else 0


if __name__ == "__main__":
    sys.exit(main())

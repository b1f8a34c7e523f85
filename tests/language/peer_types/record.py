"""How many drawn calls of each name agree with JAX: `python -m tests.language.peer_types.record`.

Without ``--record docs/measured`` the table is printed. ``--only numpy.linalg`` takes one module's names,
``--calls`` another number of calls, ``--processes`` as many processes at once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tests.language.peer_names.comparing import outcomes
from tests.language.peer_names.differences import differences
from tests.language.peer_names.table import ROOMS, modules
from tests.language.peer_types.calls import CALLS
from tests.language.peer_types.comparing import drawn_outcomes

HEAD = """# Types

`tox run -e peer-types` draws calls of every public function that takes or makes arrays, wrong ones among them, and
holds the shape, dtype and weak type of each result, and whether the call is refused, against `jax.eval_shape`'s.
{calls} calls of each name; JAX {jax}, {date}, {seconds} s in {processes} processes.

{names} names, {total} calls: {equal} equal, {refused} refused by both, {ruled} that differ by a stated rule,
{unexplained} unexplained.
"""
TABLE = "| name | calls | equal | refused by both | by a rule |\n|---|---|---|---|---|\n"
LAX_RULE = "as tests/language/peer_types says beside the call: Python scalars, arguments that JAX checks late"


class Found(NamedTuple):
    """The outcomes of a name's calls."""

    room: str
    name: str
    counts: Counter[str]
    unexplained: list[str]
    seconds: float


def drawn(room: str, name: str, count: int) -> Found:
    """The outcomes of a name's drawn calls; unexplained ones are told."""
    started = time.monotonic()
    if room == "lax" and name in CALLS:
        found, unexplained = drawn_outcomes(CALLS[name], count)
        found = [LAX_RULE if x == "excused" else x for x in found]
    else:
        found, unexplained = outcomes(
            f"{room}.{name}", ROOMS[room][name], modules(room), differences(room, name), count
        )
    return Found(room, name, Counter(found), unexplained, time.monotonic() - started)


def _lines(found: list[Found], rooms: list[str]) -> Iterator[str]:
    for room in rooms:
        yield f"\n## `verax.{room}`\n\n{TABLE}" if room != "transforms" else f"\n## Transforms\n\n{TABLE}"
        for one in sorted((f for f in found if f.room == room), key=lambda f: f.name):
            counts, total = one.counts, one.counts.total() + len(one.unexplained)
            ruled = total - counts["equal"] - counts["refused"] - len(one.unexplained)
            yield f"| `{one.name}` | {total} | {counts['equal']} | {counts['refused']} | {ruled} |\n"


def _rules(found: list[Found]) -> Iterator[str]:
    yield "\n## Rules by which calls differ\n\n| rule | calls | names |\n|---|---|---|\n"
    total: Counter[str] = Counter()
    names: dict[str, list[str]] = {}
    for one in found:
        for rule, count in one.counts.items():
            if rule not in ("equal", "refused"):
                total[rule] += count
                names.setdefault(rule, []).append(f"`{one.room}.{one.name}` {count}")
    for rule, count in total.most_common():
        yield f"| {rule} | {count} | {', '.join(sorted(names[rule]))} |\n"


def report(found: list[Found], calls: int, seconds: float, processes: int) -> str:
    """The record as text."""
    counts = sum((f.counts for f in found), Counter[str]())
    unexplained = [line for f in found for line in f.unexplained]
    equal, refused = counts["equal"], counts["refused"]
    head = HEAD.format(
        calls=calls,
        jax=version("jax"),
        date=dt.datetime.now(dt.UTC).date(),
        seconds=round(seconds),
        processes=processes,
        names=len(found),
        total=counts.total() + len(unexplained),
        equal=equal,
        refused=refused,
        ruled=counts.total() - equal - refused,
        unexplained=len(unexplained),
    )
    rooms = [room for room in ROOMS if any(f.room == room for f in found)]
    text = head + "".join(_lines(found, rooms)) + "".join(_rules(found))
    return text + (
        "\n## Unexplained\n\n" + "".join(f"- {line}\n" for line in unexplained) if unexplained else ""
    )


def main() -> int:
    """Draw, compare, and print or write the record.

    Returns:
        0, or 1 where a call is unexplained.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", nargs="*", choices=[*ROOMS], default=[*ROOMS])
    parser.add_argument("--record", type=Path, help="the folder that the record is written to")
    given = parser.parse_args()
    started = time.monotonic()
    work = [(room, name) for room in given.only for name in [*(CALLS if room == "lax" else []), *ROOMS[room]]]
    found: list[Found] = []
    with ProcessPoolExecutor(given.processes, multiprocessing.get_context("spawn")) as pool:
        for done in as_completed(pool.submit(drawn, room, name, given.calls) for room, name in work):
            one = done.result()
            found.append(one)
            mark = " UNEXPLAINED" if one.unexplained else ""
            print(
                f"{one.room}.{one.name}: {dict(one.counts)} {one.seconds:.1f} s{mark}",
                file=sys.stderr,
                flush=True,
            )
            for line in one.unexplained:
                print(f"    {line}", file=sys.stderr, flush=True)
    text = report(found, given.calls, time.monotonic() - started, given.processes)
    if given.record is None:
        print(text)
    else:
        path = given.record / f"types-{dt.datetime.now(dt.UTC).date()}.md"
        path.write_text(text, "utf-8")
        print(f"{path} written")
    return 1 if any(f.unexplained for f in found) else 0


if __name__ == "__main__":
    sys.exit(main())

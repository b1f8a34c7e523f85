"""How many drawn calls of each name agree with JAX: `python -m tests.language.peer_types.record --calls 200`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from importlib.metadata import version

from tests.language.peer_types.calls import CALLS
from tests.language.peer_types.comparing import drawn_outcomes

HEAD = """# Types

`tox run -e peer-types` draws calls of every function of `verax.lax` that gives arrays, wrong ones among them, and
holds the shape, dtype and weak type of each result against `jax.eval_shape`'s. {calls} calls of each name,
JAX {jax}, {seconds} s.

| name | calls | equal | refused by both | refused by one, as stated |
|---|---|---|---|---|
"""


def main() -> None:
    """Draw, compare, and print the table; a disagreement is raised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    count = parser.parse_args().calls
    started, rows = time.monotonic(), []
    for name in sorted(CALLS):
        found = Counter(drawn_outcomes(CALLS[name], count))
        rows.append(
            f"| `{name}` | {sum(found.values())} | {found['equal']} | {found['refused']} | {found['excused']} |"
        )
        print(rows[-1], file=sys.stderr, flush=True)
    seconds = round(time.monotonic() - started)
    print(HEAD.format(calls=count, jax=version("jax"), seconds=seconds) + "\n".join(rows))


if __name__ == "__main__":
    main()

"""Programs in which lanes disagree: each a bug that somebody once had to find on a cluster that hung.

A row: the program of one lane, which lanes are wrong, how often lanes have met before that, and what is said. The wrong
line bears the word "wrong".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import verax
from verax import lax
from verax import numpy as vnp

Lane = Callable[[Any], Any]
RING = [(0, 1), (1, 2), (2, 3), (3, 0)]


@dataclass(frozen=True)
class Bug:
    """One row.

    Attributes:
        name: what went wrong.
        program: of one lane, which is given a row of 4 numbers; along axis "i", in a mesh along "i" and "j".
        odd: the lanes that are wrong.
        said: what the message says of them.
        met: how often lanes met before.
        error: what is raised.
        mesh: whether the lanes are those of a mesh of 4 x 2.
        line: whether the wrong lane stands on a line of its own.
    """

    name: str
    program: Lane
    odd: tuple[str, ...]
    said: str
    met: int = 0
    error: type[Exception] = verax.errors.CollectiveError
    mesh: bool = False
    line: bool = True


def here(*lanes: int) -> Any:
    """Whether this is one of these lanes."""
    return vnp.isin(lax.axis_index("i"), np.array(lanes, np.int32))


def in_lane(k: int, wrong: Lane, right: Lane) -> Lane:
    """A program whose lane ``k`` takes the wrong branch."""
    return lambda x: lax.cond(here(k), wrong, right, x)


def psum(x: Any) -> Any:
    return lax.psum(x, "i")


def another_turn(x: Any) -> Any:
    def going_on(state: Any) -> Any:
        return state[0] < vnp.where(here(3), 3, 2)

    def step(state: Any) -> Any:
        return state[0] + 1, lax.psum(state[1], "i") / 4  # wrong: the third time

    return lax.while_loop(going_on, step, (0, x))[1]


def a_turn_less(x: Any) -> Any:
    for _ in range(2 if bool(here(2)) else 3):
        x = lax.psum(x, "i") / 4  # wrong: before it returns
    return x


def raises(x: Any) -> Any:
    total = lax.psum(x, "i")
    if bool(here(1)):
        raise ZeroDivisionError("a division by zero")  # wrong
    return lax.psum(total, "i")


def by_its_data(x: Any) -> Any:
    return lax.cond(x.sum() > 80, lambda y: lax.psum(y, "i"), lambda y: lax.pmax(y, "i"), x)  # wrong


def unknown_name(x: Any) -> Any:
    return lax.psum(x, "batch") if bool(here(3)) else lax.psum(x, "i")  # wrong


def twice_sent(x: Any) -> Any:
    perm = [(0, 1), (1, 1)] if bool(here(2)) else RING
    return lax.ppermute(x, "i", perm)  # wrong


def out_of_range(x: Any) -> Any:
    perm = [(0, 4)] if bool(here(1)) else RING
    return lax.ppermute(x, "i", perm)  # wrong


def only_the_root(x: Any) -> Any:
    if bool(here(0)):
        x = lax.pbroadcast(x, "i", 0)  # wrong
    return lax.psum(x, "i")


def one_of_two(x: Any) -> Any:
    first = lax.psum(x[:2], "i")
    if bool(here(0)):
        return first
    return lax.pmax(first, "i")


def along_the_other_axis(x: Any) -> Any:
    at = lax.axis_index("i") * 2 + lax.axis_index("j")
    return lax.cond(at == 2, lambda y: lax.psum(y, "j"), psum, x)  # wrong


def gathered_along_the_other_axis(x: Any) -> Any:
    at = lax.axis_index("i") * 2 + lax.axis_index("j")

    def wrong(y: Any) -> Any:
        return lax.all_gather(y, "j").sum(0)  # wrong

    return lax.cond(at == 7, wrong, lambda y: lax.all_gather(y, "i").sum(0), x)


def axes_the_other_way_round(x: Any) -> Any:
    at = lax.axis_index("i") * 2 + lax.axis_index("j")

    def wrong(y: Any) -> Any:
        return lax.pmax(lax.psum(y, "j"), "i")  # wrong

    return lax.cond(at == 5, wrong, lambda y: lax.pmax(lax.psum(y, "i"), "j"), x)


def a_column_is_left_out(x: Any) -> Any:
    total = lax.psum(x, "j")
    at = lax.axis_index("i") * 2 + lax.axis_index("j")
    return lax.cond(at == 4, lambda y: y, lambda y: lax.psum(y, "i"), total)


BUGS = [
    Bug(
        "another operation",
        in_lane(1, lambda x: lax.pmax(x, "i"), psum),  # wrong
        ("1",),
        "lane 1 is at pmax of float32[4] over axis 'i'",
    ),
    Bug(
        "the other extreme",
        in_lane(0, lambda x: lax.pmin(x, "i"), lambda x: lax.pmax(x, "i")),  # wrong
        ("0",),
        "lane 0 is at pmin",
    ),
    Bug("a missing participant", in_lane(2, lambda x: x, psum), ("2",), "lane 2 has returned", line=False),
    Bug(
        "a branch that one lane takes", in_lane(0, psum, lambda x: x), ("0",), "lane 0 is at psum", line=False
    ),
    Bug(
        "a double reduction",
        in_lane(3, lambda x: lax.psum(psum(x), "i"), psum),  # wrong
        ("3",),
        "lane 3 is at psum",
        met=1,
    ),
    Bug(
        "a reduction before the others'",
        in_lane(3, lambda x: psum(lax.pmax(x, "i")), lambda x: lax.pmax(psum(x), "i")),  # wrong
        ("3",),
        "lane 3 is at pmax",
    ),
    Bug(
        "operands swapped",
        in_lane(1, lambda x: psum(x[:1]) * psum(x), lambda x: psum(x) * psum(x[:1])),
        ("1",),
        "lane 1 is at psum of float32[1]",
        line=False,
    ),
    Bug(
        "another permutation",
        in_lane(
            2,
            lambda x: lax.ppermute(x, "i", [(to, source) for source, to in RING]),  # wrong
            lambda x: lax.ppermute(x, "i", RING),
        ),
        ("2",),
        "lane 2 is at ppermute with perm=((1, 0)",
    ),
    Bug("no permutation", twice_sent, ("2",), "must name each source", error=ValueError),
    Bug("a permutation out of range", out_of_range, ("1",), "must name lanes in [0, 4)", error=ValueError),
    Bug(
        "another shape",
        in_lane(1, lambda x: x + psum(x[:2]).sum(), lambda x: x + psum(x)),
        ("1",),
        "lane 1 is at psum of float32[2]",
        line=False,
    ),
    Bug(
        "another rank",
        in_lane(1, lambda x: psum(x[None])[0], psum),
        ("1",),
        "lane 1 is at psum of float32[1, 4]",
        line=False,
    ),
    Bug(
        "another dtype",
        in_lane(2, lambda x: psum(x.astype(np.float16)).astype(np.float32), psum),
        ("2",),
        "lane 2 is at psum of float16[4]",
        line=False,
    ),
    Bug(
        "integers for floats",
        in_lane(3, lambda x: psum(x.astype(np.int32)).astype(np.float32), psum),
        ("3",),
        "lane 3 is at psum of int32[4]",
        line=False,
    ),
    Bug("a branch by the data", by_its_data, ("3",), "lane 3 is at psum"),
    Bug("a loop that goes on", another_turn, ("3",), "lane 3 is at psum", met=2),
    Bug("a loop that stops", a_turn_less, ("2",), "lane 2 has returned after psum", met=2),
    Bug(
        "gathered into another axis",
        in_lane(
            0,
            lambda x: lax.all_gather(x, "i", axis=1).sum(1),  # wrong
            lambda x: lax.all_gather(x, "i").sum(0),
        ),
        ("0",),
        "lane 0 is at all_gather with axis=1",
    ),
    Bug(
        "scattered, not summed",
        in_lane(2, lambda x: x + lax.psum_scatter(x, "i"), psum),  # wrong
        ("2",),
        "lane 2 is at reduce_scatter",
    ),
    Bug(
        "gathered, not sent",
        in_lane(1, lambda x: lax.all_gather(x, "i")[0], lambda x: lax.ppermute(x, "i", RING)),  # wrong
        ("1",),
        "lane 1 is at all_gather",
    ),
    Bug(
        "axes of an exchange swapped",
        in_lane(
            1,
            lambda x: lax.all_to_all(vnp.outer(x, x), "i", 1, 0)[0],  # wrong
            lambda x: lax.all_to_all(vnp.outer(x, x), "i", 0, 1)[0],
        ),
        ("1",),
        "lane 1 is at all_to_all with split_axis=1",
    ),
    Bug("an exception", raises, ("1",), "a division by zero", met=1, error=ZeroDivisionError),
    Bug("an axis that is none", unknown_name, ("3",), "must be an axis in scope ('i')", error=Exception),
    Bug("a collective in the root alone", only_the_root, ("0",), "lane 0 is at all_gather"),
    Bug("one collective of two", one_of_two, ("0",), "lane 0 has returned after psum", met=1, line=False),
    Bug("the wrong axis", along_the_other_axis, ("(1, 0)",), "lane (1, 0) is at psum", mesh=True),
    Bug(
        "gathered along the wrong axis",
        gathered_along_the_other_axis,
        ("(3, 1)",),
        "over axis 'j'",
        mesh=True,
    ),
    Bug("axes the other way round", axes_the_other_way_round, ("(2, 1)",), "over axis 'j'", mesh=True),
    Bug(
        "a lane of a column left out",
        a_column_is_left_out,
        ("(2, 0)",),
        "lane (2, 0) has returned after psum",
        met=4,
        mesh=True,
        line=False,
    ),
]

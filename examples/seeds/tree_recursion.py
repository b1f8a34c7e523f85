"""Tree recursion: a network whose shape is the parse tree of its sentence, differentiated as it is written.

A word is a row of a table, and a pair is one vector made of two (Socher et al., "Parsing natural scenes and natural
language with recursive neural networks", ICML 2011). Python's own recursion walks the tree, and `grad` follows it.

`meaning_by_stack` is the same network as a machine with a stack: one `scan` over words and merges, with a branch at
each step (Bowman et al., "A fast unified model for parsing and sentence understanding", ACL 2016). `jit` traces it once
for all trees of a size. Both must give the same bits, and the gate judges both.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, TypeAlias

import numpy as np
from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, lax

Tree: TypeAlias = "int | tuple[Tree, Tree]"

WIDTH, MERGE = 2, -1
# ((the cat) (sat (on mats))), by the words' rows.
SENTENCE: Tree = ((0, 1), (2, (3, 4)))


class Parameters(NamedTuple):
    """A table of words, and what a pair makes of its left and of its right half."""

    words: Annotated[Float32[Array, "5 2"], Interval(ge=-2, le=2)]
    left: Annotated[Float32[Array, "2 2"], Interval(ge=-2, le=2)]
    right: Annotated[Float32[Array, "2 2"], Interval(ge=-2, le=2)]


def merged(p: Parameters, a: Any, b: Any) -> Any:
    """One vector for two."""
    return vnp.tanh(p.left @ a + p.right @ b)


def meaning(p: Parameters, tree: Tree) -> Any:
    """The vector of a tree: the recursion itself."""
    if isinstance(tree, int):
        return p.words[tree]
    first, second = tree
    return merged(p, meaning(p, first), meaning(p, second))


def steps_of(tree: Tree) -> list[int]:
    """The tree in postorder: a word's row pushes it, `MERGE` makes one of the topmost two."""
    if isinstance(tree, int):
        return [tree]
    first, second = tree
    return [*steps_of(first), *steps_of(second), MERGE]


def meaning_by_stack(p: Parameters, steps: Any) -> Any:
    """The vector of a tree in postorder; ``steps`` may be traced."""

    def step(state: Any, token: Any) -> Any:
        stack, top = state
        return lax.cond(
            token == MERGE,
            lambda: (stack.at[top - 2].set(merged(p, stack[top - 2], stack[top - 1])), top - 1),
            lambda: (stack.at[top].set(p.words[token]), top + 1),
        ), None

    words = (len(steps) + 1) // 2
    (stack, _), _ = lax.scan(step, (vnp.zeros((words, WIDTH)), 0), vnp.asarray(steps))
    return stack[0]


def loss(p: Parameters) -> Float32[Array, ""]:
    """How far the sentence's vector is from (1/2, -1/2), squared."""
    return vnp.sum((meaning(p, SENTENCE) - vnp.array([0.5, -0.5])) ** 2)


def loss_by_stack(p: Parameters) -> Float32[Array, ""]:
    """The same, by the machine with a stack."""
    return vnp.sum((meaning_by_stack(p, steps_of(SENTENCE)) - vnp.array([0.5, -0.5])) ** 2)


def parameters() -> Parameters:
    """Where a training would begin."""
    random = np.random.default_rng(0)
    shapes = (5, WIDTH), (WIDTH, WIDTH), (WIDTH, WIDTH)
    return Parameters(*(vnp.asarray(random.standard_normal(s).astype(np.float32)) for s in shapes))


def main() -> None:
    """The slope by the sentence's first word, in both implementations, and the verdict on all slopes."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            p = parameters()
            print(implementation, loss(p), verax.grad(loss)(p).words[0])
    print(verax.judge(loss, parameters(), order=1))


if __name__ == "__main__":
    main()

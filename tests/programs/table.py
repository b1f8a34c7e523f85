"""The plain JAX programs of `examples/plain_jax` that are judged: a row for each.

They are imported where `import jax` gives Verax: `python -m verax.as_jax -m tests.programs.record`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .judging import Step

FOLDER = Path(__file__).parents[2] / "examples" / "plain_jax"


@dataclass(frozen=True)
class Row:
    """A program.

    Attributes:
        script: the file that it is in.
        initial: a learner that has learnt nothing.
        batch: ``batch(script, learner, count, rng)``, so many things to be learnt from.
        update: its step.
        loss: ``loss(script, learner, batch)``, the loss as a function of the parameters.
        parameters: those of a learner.
        steps: how many it is trained for.
        count: how many things it learns from at once; 2 where it is judged.
        wheels: what must be installed besides.
    """

    script: str
    initial: Callable[[Any], Any]
    batch: Callable[[Any, Any, int, Any], Any]
    update: Callable[[Any], Callable[[Any, Any], Any]]
    loss: Callable[[Any, Any, Any], Callable[[Any], Any]]
    parameters: Callable[[Any], Any]
    steps: int
    count: int
    wheels: tuple[str, ...] = ()

    def module(self) -> ModuleType:
        """The script, imported."""
        return _imported(self.script)


@cache
def _imported(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None, "it is a Python file"
    assert spec.loader is not None, "it is a Python file"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as a script's own module is: its classes are looked up there
    spec.loader.exec_module(module)
    return module


def _simple(m: Any, learner: Any, batch: Any) -> Callable[[Any], Any]:
    return lambda params: m.loss(params, batch)


def _with_state(m: Any, learner: Any, batch: Any) -> Callable[[Any], Any]:
    return lambda params: m.loss(params, learner.state, batch)[0]


def _of_all_devices(m: Any, learner: Any, batch: Any) -> Callable[[Any], Any]:
    """The parts are of one size, so that the mean of their means is that of the whole."""
    points, wanted = batch
    return lambda params: m.loss(params, (points.reshape(-1, points.shape[-1]), wanted.reshape(-1)))


def _play(m: Any, learner: Any, count: int, rng: np.random.Generator) -> Any:
    from jax.random import PRNGKey

    return m.play(learner.params, PRNGKey(int(rng.integers(1 << 30))), count, 0.5, rng)


def _params(learner: Any) -> Any:
    return learner.params


def _itself(learner: Any) -> Any:
    return learner


HAIKU = ("dm-haiku", "optax")
ROWS = {
    "an RLax agent on Catch": Row(
        "catch_agent",
        lambda m: m.initial(0),
        _play,
        lambda m: m.update,
        _simple,
        _params,
        200,
        32,
        ("rlax", *HAIKU),
    ),
    "a Haiku MLP": Row(
        "haiku_mlp",
        lambda m: m.initial(0),
        lambda m, learner, count, rng: m.spirals(count, rng),
        lambda m: m.update,
        _simple,
        _params,
        200,
        64,
        HAIKU,
    ),
    "a Haiku ResNet": Row(
        "haiku_resnet",
        lambda m: m.initial(0),
        lambda m, learner, count, rng: m.stripes(count, rng),
        lambda m: m.update,
        _with_state,
        _params,
        100,
        32,
        HAIKU,
    ),
    "a Jraph network": Row(
        "jraph_padded",
        lambda m: m.initial(0),
        lambda m, learner, count, rng: m.batch(count, rng),
        lambda m: m.update,
        _simple,
        _params,
        200,
        16,
        ("jraph", *HAIKU),
    ),
    "data-parallel pmap": Row(
        "data_parallel",
        lambda m: m.initial(0),
        lambda m, learner, count, rng: m.examples(count, rng),
        lambda m: m.update_by_pmap,
        _of_all_devices,
        _itself,
        200,
        8,
    ),
    "data-parallel shard_map": Row(
        "data_parallel",
        lambda m: m.initial(0),
        lambda m, learner, count, rng: m.examples(count, rng),
        lambda m: m.update_by_shard_map(),
        _of_all_devices,
        _itself,
        200,
        8,
    ),
    "forward-mode meta-learning": Row(
        "meta_learning",
        lambda m: m.initial(),
        lambda m, learner, count, rng: m.tasks(count, rng),
        lambda m: m.update,
        _simple,
        _itself,
        200,
        16,
    ),
}
BATCH = 2


def steps_of(name: str, last: int | None = None) -> Iterator[tuple[int, Step]]:
    """The steps of a program that are judged: the first two and the last, each with its number.

    Args:
        name: the program's.
        last: the number of the last step; the whole training by default.
    """
    row, rng = ROWS[name], np.random.default_rng(0)
    m = row.module()
    learner, update = row.initial(m), row.update(m)
    last = row.steps if last is None else last
    for k in range(last + 1):
        if k in (0, 1, last):
            batch = row.batch(m, learner, BATCH, rng)
            yield k, Step(name, update, row.loss(m, learner, batch), row.parameters, learner, batch)
        learner, _, _ = update(learner, row.batch(m, learner, row.count, rng))

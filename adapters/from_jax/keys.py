"""Random keys, which are two words of uint32 here; what is drawn from an array of keys is drawn from each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...language import random
from ...language.dispatch import aval_of
from ...language.transforms import vmap
from .errors import Unconvertible
from .reading import Row

UNSIGNED = {8: np.uint8, 16: np.uint16, 32: np.uint32, 64: np.uint64}


def _for_each(draw: Callable[..., Any], keys: Any, *others: Any) -> Any:
    """The same for every key of an array of keys."""
    for _ in range(len(aval_of(keys).shape) - 1):
        draw = vmap(draw)
    return draw(keys, *others)


def _threefry(primitive: str, impl: Any) -> None:
    if "fry" not in str(impl):
        raise Unconvertible(primitive, f"keys must be of threefry, got {impl}")


def _bits(params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
    (keys,), dtype = operands, UNSIGNED[params["bit_width"]]
    return [_for_each(lambda key: random.bits(key, params["shape"], dtype), keys)]


def _split(params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
    return [_for_each(lambda key: random.split(key, params["shape"]), operands[0])]


def _seed(params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
    _threefry("random_seed", params["impl"])
    draw: Callable[..., Any] = random.PRNGKey
    for _ in aval_of(operands[0]).shape:
        draw = vmap(draw)
    return [draw(operands[0])]


def _fold_in(_params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
    return [_for_each(random.fold_in, *operands)]


def _gamma(params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
    """A key for each shape, or one for all of them."""
    draw = random.loggamma if params["log_space"] else random.gamma
    key, a = operands
    return [_for_each(draw, key, a) if len(aval_of(key).shape) > 1 else draw(key, a)]


def _wrap(params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
    _threefry("random_wrap", params["impl"])
    return operands


def _unwrap(_params: Mapping[str, Any], operands: list[Any]) -> list[Any]:
    return operands


ROWS: Mapping[str, Row] = {
    "random_bits": _bits,
    "random_split": _split,
    "random_seed": _seed,
    "random_fold_in": _fold_in,
    "random_gamma": _gamma,
    "random_wrap": _wrap,
    "random_unwrap": _unwrap,
    "random_clone": _unwrap,
}

"""Shapes that are known without an array: of windows and convolutions, and a shape as an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import Array
from ..catalogue.windows import dilated, window_count
from ..dtypes import default_int
from ..shapes import Shape
from .conversion import convert_element_type
from .convolutions import ConvDimensionNumbers, conv_dimension_numbers, undone
from .windows import Padding, padtype_to_pads


def shape_as_value(shape: Sequence[int]) -> Array:
    """The sizes of a shape as an array of integers, of shape ``(rank,)``.

    Raises nothing of its own.
    """
    return convert_element_type(np.asarray(tuple(shape), np.int64), default_int())


def conv_general_permutations(
    dimension_numbers: Sequence[str],
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Where the axes of the image, the kernel and the result are, out of three strings.

    Args:
        dimension_numbers: as for `conv_dimension_numbers`: ``('NHWC', 'HWIO', 'NHWC')``.

    Returns:
        Three tuples of integers.

    Raises:
        ValueError: a string does not name each axis once.
    """
    rank = len(dimension_numbers[0])
    lhs, rhs, out = conv_dimension_numbers((1,) * rank, (1,) * rank, tuple(dimension_numbers))
    return tuple(lhs), tuple(rhs), tuple(out)


def conv_shape_tuple(
    lhs_shape: Sequence[int],
    rhs_shape: Sequence[int],
    strides: Sequence[int],
    pads: Padding,
    batch_group_count: int = 1,
) -> Shape:
    """The shape of a convolution of (batch, feature, ...) by (out, in, ...).

    Raises:
        ValueError: there is not one pair of padding for each spatial axis, or an axis vanishes under it.
    """
    image, kernel = lhs_shape[2:], rhs_shape[2:]
    pads = padtype_to_pads(image, kernel, strides, pads) if isinstance(pads, str) else list(pads)
    if len(pads) != len(image) or any(n + sum(p) < 0 for n, p in zip(image, pads, strict=False)):
        raise ValueError(
            f"`pads` of conv_shape_tuple must be a pair for each of the {len(image)} spatial axes of "
            f"{tuple(lhs_shape)}, and leave no size below 0, got {pads}."
        )
    sizes = [window_count(n, k, s, p, 1, 1) for n, k, s, p in zip(image, kernel, strides, pads, strict=True)]
    return (int(lhs_shape[0]) // batch_group_count, int(rhs_shape[0]), *sizes)


def _arranged(shape: Sequence[int], spec: Sequence[int]) -> Shape:
    return tuple(int(shape[axis]) for axis in spec)


def _placed(shape: Shape, spec: Sequence[int]) -> Shape:
    found = dict(zip(spec, shape, strict=True))
    return tuple(found[axis] for axis in range(len(spec)))


def _numbers(lhs_shape: Sequence[int], rhs_shape: Sequence[int], numbers: Any) -> ConvDimensionNumbers:
    return conv_dimension_numbers(tuple(lhs_shape), tuple(rhs_shape), numbers)


def conv_general_shape_tuple(
    lhs_shape: Sequence[int],
    rhs_shape: Sequence[int],
    window_strides: Sequence[int],
    padding: Padding,
    dimension_numbers: Any,
) -> Shape:
    """The shape of `conv_general_dilated` of arrays of these shapes, without dilations.

    Raises:
        ValueError: the shapes do not fit.
    """
    lhs, rhs, out = _numbers(lhs_shape, rhs_shape, dimension_numbers)
    found = conv_shape_tuple(_arranged(lhs_shape, lhs), _arranged(rhs_shape, rhs), window_strides, padding)
    return _placed(found, out)


def conv_transpose_shape_tuple(
    lhs_shape: Sequence[int],
    rhs_shape: Sequence[int],
    window_strides: Sequence[int],
    padding: Padding,
    dimension_numbers: Any,
) -> Shape:
    """The shape of `conv_transpose` of arrays of these shapes. Pairs of padding are the dilated image's own.

    Raises:
        ValueError: the shapes do not fit.
    """
    lhs, rhs, out = _numbers(lhs_shape, rhs_shape, dimension_numbers)
    left, right = _arranged(lhs_shape, lhs), _arranged(rhs_shape, rhs)
    kernel = right[2:]
    if isinstance(padding, str):
        padding = [undone(k, s, padding) for k, s in zip(kernel, window_strides, strict=True)]
    along = zip(left[2:], kernel, window_strides, padding, strict=True)
    sizes = [dilated(n, s) - k + 1 + sum(p) for n, k, s, p in along]
    return _placed((left[0], right[0], *sizes), out)


def reduce_window_shape_tuple(
    operand_shape: Sequence[int],
    window_dimensions: Sequence[int],
    window_strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    base_dilation: Sequence[int] | None = None,
    window_dilation: Sequence[int] | None = None,
) -> Shape:
    """The shape of `reduce_window` of an array of this shape.

    Raises:
        TypeError: ``padding`` holds something else than pairs of integers.
    """
    ones = (1,) * len(operand_shape)
    base = ones if base_dilation is None else base_dilation
    apart = ones if window_dilation is None else window_dilation
    along = zip(operand_shape, window_dimensions, window_strides, padding, base, apart, strict=True)
    return tuple(window_count(*each) for each in along)

"""Convolutions: sums of products over windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import catalogue as rows
from ..arrays import Array
from ..catalogue.windows import dilated
from ..dispatch import Operand, aval_of
from ..dtypes import canonical
from ..shapes import Shape
from .accuracy import check_precision
from .operands import bind
from .products import dot_general
from .structural import rev, transpose
from .windows import Padding, padtype_to_pads, pairs


class ConvDimensionNumbers(NamedTuple):
    """Where the axes of a convolution are.

    Attributes:
        lhs_spec: the image's axes: batch, feature, spatial ones.
        rhs_spec: the kernel's: output feature, input feature, spatial ones.
        out_spec: the result's: batch, feature, spatial ones.
    """

    lhs_spec: Sequence[int]
    rhs_spec: Sequence[int]
    out_spec: Sequence[int]


def conv_dimension_numbers(
    lhs_shape: Shape, rhs_shape: Shape, dimension_numbers: Any
) -> ConvDimensionNumbers:
    """Dimension numbers out of three strings: ``('NHWC', 'HWIO', 'NHWC')``.

    N and C are the batch and the features, O and I the kernel's output and input features; any other letters name
    spatial axes, in the kernel's order. None means ``('NCHW', 'OIHW', 'NCHW')``.

    Returns:
        A `ConvDimensionNumbers`.

    Raises:
        ValueError: the ranks differ, or a string does not name each axis once.
    """
    if isinstance(dimension_numbers, ConvDimensionNumbers):
        return dimension_numbers
    rank = len(lhs_shape)
    if rank != len(rhs_shape):
        raise ValueError(
            f"`lhs` and `rhs` of a convolution must have equal ranks, got shapes {lhs_shape} and {rhs_shape}."
        )
    if dimension_numbers is None:
        plain = tuple(range(rank))
        return ConvDimensionNumbers(plain, plain, plain)
    specs = tuple(dimension_numbers)
    if len(specs) != 3 or not all(isinstance(s, str) and len({*s}) == len(s) == rank for s in specs):
        raise ValueError(
            f"`dimension_numbers` of a convolution must be three strings of {rank} different letters, got "
            f"{dimension_numbers!r}."
        )
    lhs, rhs, out = specs
    spatial = [letter for letter in rhs if letter not in "OI"]
    if not {*"NC", *spatial} == {*lhs} == {*out} or {*rhs} != {*"OI", *spatial}:
        raise ValueError(
            f"`dimension_numbers` of a convolution must name N, C (O, I in the kernel) and the same spatial axes, "
            f"got {dimension_numbers!r}."
        )
    return ConvDimensionNumbers(
        _order(lhs, "NC", spatial), _order(rhs, "OI", spatial), _order(out, "NC", spatial)
    )


def _order(spec: str, first: str, spatial: Sequence[str]) -> tuple[int, ...]:
    return tuple(spec.index(letter) for letter in (*first, *spatial))


def conv_general_dilated(
    lhs: Operand,
    rhs: Operand,
    window_strides: Sequence[int],
    padding: Padding,
    lhs_dilation: Sequence[int] | None = None,
    rhs_dilation: Sequence[int] | None = None,
    dimension_numbers: Any = None,
    feature_group_count: int = 1,
    batch_group_count: int = 1,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """The sum of products of a kernel with each window of an image, over features, as XLA's Conv.

    Args:
        lhs: the image.
        rhs: the kernel.
        window_strides: how far apart windows begin, along each spatial axis.
        padding: (low, high) zeros along each spatial axis, or 'VALID', 'SAME', 'SAME_LOWER'.
        lhs_dilation: how far apart the image's elements are, zeros between them; 1 by default.
        rhs_dilation: how far apart the kernel's elements are; 1 by default.
        dimension_numbers: where the axes are, see `conv_dimension_numbers`.
        feature_group_count: how many groups the features fall into; each has kernels of its own.
        batch_group_count: how many groups the batch falls into; each has kernels of its own.
        precision: accepted for JAX's sake; nothing is computed at less than the dtype's precision.
        preferred_element_type: the dtype of the result.

    Raises:
        ValueError: shapes, groups or parameters do not fit.
        TypeError: the dtypes differ.
    """
    check_precision(precision)
    left, right = aval_of(lhs).shape, aval_of(rhs).shape
    numbers = conv_dimension_numbers(left, right, dimension_numbers)
    ones = (1,) * (len(left) - 2)
    spread = ones if lhs_dilation is None else tuple(lhs_dilation)
    apart = ones if rhs_dilation is None else tuple(rhs_dilation)
    if isinstance(padding, str):
        if any(n != 1 for n in spread):
            raise ValueError(
                f"`padding` must be pairs where lhs_dilation is not 1, got {padding!r}. "
                f"Use conv_transpose, or say how much."
            )
        kernel = [dilated(right[a], d) for a, d in zip(numbers.rhs_spec[2:], apart, strict=True)]
        image = [left[a] for a in numbers.lhs_spec[2:]]
        padding = padtype_to_pads(image, kernel, window_strides, padding)
    wanted = None if preferred_element_type is None else canonical(preferred_element_type)
    return bind(
        rows.conv_general_dilated_p,
        lhs,
        rhs,
        window_strides=tuple(int(n) for n in window_strides),
        padding=pairs(padding),
        lhs_dilation=spread,
        rhs_dilation=apart,
        dimension_numbers=tuple(tuple(spec) for spec in numbers),
        feature_group_count=int(feature_group_count),
        batch_group_count=int(batch_group_count),
        preferred_element_type=wanted,
    )


def conv(
    lhs: Operand,
    rhs: Operand,
    window_strides: Sequence[int],
    padding: str,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """`conv_general_dilated` of (batch, feature, ...) and (out, in, ...).

    Returns:
        An array of the operands' dtype.

    Raises:
        ValueError: the shapes do not fit.
    """
    return conv_general_dilated(
        lhs, rhs, window_strides, padding, precision=precision, preferred_element_type=preferred_element_type
    )


def conv_with_general_padding(
    lhs: Operand,
    rhs: Operand,
    window_strides: Sequence[int],
    padding: Padding,
    lhs_dilation: Sequence[int] | None,
    rhs_dilation: Sequence[int] | None,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """`conv_general_dilated` of (batch, feature, ...) and (out, in, ...), padded and dilated.

    Returns:
        An array of the operands' dtype.

    Raises:
        ValueError: the shapes do not fit.
    """
    return conv_general_dilated(
        lhs,
        rhs,
        window_strides,
        padding,
        lhs_dilation,
        rhs_dilation,
        precision=precision,
        preferred_element_type=preferred_element_type,
    )


def conv_general_dilated_patches(
    lhs: Operand,
    filter_shape: Sequence[int],
    window_strides: Sequence[int],
    padding: Padding,
    lhs_dilation: Sequence[int] | None = None,
    rhs_dilation: Sequence[int] | None = None,
    dimension_numbers: Any = None,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """The elements of each window of an image, feature by feature, as the features of the result.

    Each is a convolution with a kernel that is 1 at one place: infinities and NaN spread over their windows.

    Args:
        lhs: the image.
        filter_shape: the size of a window along each spatial axis.
        window_strides: as of `conv_general_dilated`.
        padding: likewise.
        lhs_dilation: likewise.
        rhs_dilation: likewise.
        dimension_numbers: likewise.
        precision: accepted for JAX's sake.
        preferred_element_type: the dtype of the result.

    Raises:
        ValueError: the shapes do not fit.
    """
    aval, sizes = aval_of(lhs), tuple(int(n) for n in filter_shape)
    numbers = conv_dimension_numbers(aval.shape, (1, 1, *sizes), dimension_numbers)
    places, features = math.prod(sizes), aval.shape[numbers.lhs_spec[1]]
    each = np.tile(np.eye(places, dtype=aval.dtype), (features, 1)).reshape(features * places, 1, *sizes)
    order = [numbers.rhs_spec.index(i) for i in range(each.ndim)]
    return conv_general_dilated(
        lhs,
        each.transpose(order),
        window_strides,
        padding,
        lhs_dilation,
        rhs_dilation,
        numbers,
        feature_group_count=features,
        precision=precision,
        preferred_element_type=preferred_element_type,
    )


def conv_general_dilated_local(
    lhs: Operand,
    rhs: Operand,
    window_strides: Sequence[int],
    padding: Padding,
    filter_shape: Sequence[int],
    lhs_dilation: Sequence[int] | None = None,
    rhs_dilation: Sequence[int] | None = None,
    dimension_numbers: Any = None,
    precision: Any = None,
) -> Array:
    """A convolution with a kernel of its own for every window: a locally connected layer.

    Args:
        lhs: the image.
        rhs: the kernels: the axes of a kernel, but along spatial axes one entry for each window, and along the
            input features one for each feature and place in the window, the feature slowest.
        window_strides: as of `conv_general_dilated`.
        padding: likewise.
        filter_shape: the size of a window along each spatial axis.
        lhs_dilation: as of `conv_general_dilated`.
        rhs_dilation: likewise.
        dimension_numbers: likewise.
        precision: accepted for JAX's sake.

    Raises:
        ValueError: shapes or parameters do not fit.
    """
    parts = conv_general_dilated_patches(
        lhs, filter_shape, window_strides, padding, lhs_dilation, rhs_dilation, dimension_numbers
    )
    sizes = (1, 1, *(int(n) for n in filter_shape))
    _, kernel, out = conv_dimension_numbers(aval_of(lhs).shape, sizes, dimension_numbers)
    windows = sorted(zip(out[2:], kernel[2:], strict=True))
    batch = tuple(a for a, _ in windows), tuple(b for _, b in windows)
    found = dot_general(parts, rhs, (((out[1],), (kernel[1],)), batch))
    # The windows come first, then the batch and the features.
    order = [0] * found.ndim
    for place, (axis, _) in enumerate(windows):
        order[axis] = place
    order[out[0]], order[out[1]] = found.ndim - 2, found.ndim - 1
    return transpose(found, order)


_CHANNELS_LAST = {
    2: ("NC", "IO", "NC"),
    3: ("NHC", "HIO", "NHC"),
    4: ("NHWC", "HWIO", "NHWC"),
    5: ("NHWDC", "HWDIO", "NHWDC"),
}


def conv_transpose(
    lhs: Operand,
    rhs: Operand,
    strides: Sequence[int],
    padding: Padding,
    rhs_dilation: Sequence[int] | None = None,
    dimension_numbers: Any = None,
    transpose_kernel: bool = False,
    precision: Any = None,
    preferred_element_type: Any = None,
    use_consistent_padding: bool = False,
) -> Array:
    """A convolution of an image whose elements are ``strides`` apart.

    Args:
        lhs: the image; features last by default.
        rhs: the kernel.
        strides: how far apart the image's elements are, along each spatial axis.
        padding: 'SAME' or 'VALID' of the convolution that this one undoes, or pairs of its own.
        rhs_dilation: how far apart the kernel's elements are.
        dimension_numbers: where the axes are, see `conv_dimension_numbers`; ``('NHWC', 'HWIO', 'NHWC')`` and its like
            by default.
        transpose_kernel: whether the kernel is turned, and its features exchanged, as in the derivative of a
            convolution.
        precision: accepted for JAX's sake.
        preferred_element_type: the dtype of the result.
        use_consistent_padding: whether pairs too are those of the convolution that this one undoes.

    Raises:
        ValueError: the padding, the rank or the shapes do not fit.
    """
    left, right = aval_of(lhs).shape, aval_of(rhs).shape
    if dimension_numbers is None:
        if len(left) not in _CHANNELS_LAST:
            raise ValueError(
                f"`dimension_numbers` of conv_transpose must be given for rank {len(left)}, got None."
            )
        dimension_numbers = _CHANNELS_LAST[len(left)]
    numbers = conv_dimension_numbers(left, right, dimension_numbers)
    spatial = tuple(numbers.rhs_spec[2:])
    apart = (1,) * len(spatial) if rhs_dilation is None else tuple(rhs_dilation)
    if use_consistent_padding or isinstance(padding, str):
        each = [padding] * len(spatial) if isinstance(padding, str) else list(padding)
        extent = [dilated(right[a], d) for a, d in zip(spatial, apart, strict=True)]
        padding = [undone(k, s, p) for k, s, p in zip(extent, strides, each, strict=True)]
    if transpose_kernel:
        order = list(range(len(right)))
        out, into = numbers.rhs_spec[:2]
        order[out], order[into] = into, out
        rhs = transpose(rev(rhs, spatial), order)
    ones = (1,) * len(spatial)
    return conv_general_dilated(
        lhs,
        rhs,
        ones,
        padding,
        strides,
        apart,
        numbers,
        precision=precision,
        preferred_element_type=preferred_element_type,
    )


def undone(kernel: int, stride: int, padding: Any) -> tuple[int, int]:
    """The padding with which a transposed convolution has the size that the other one had, along an axis."""
    if padding == "SAME":
        total = kernel + stride - 2
        low = kernel - 1 if stride > kernel - 1 else -(-total // 2)
        return low, total - low
    if padding == "VALID":
        return kernel - 1, stride - 1 + (kernel - stride if kernel > stride else 0)
    if isinstance(padding, str):
        raise ValueError(f"`padding` of conv_transpose must be 'SAME', 'VALID' or pairs, got {padding!r}.")
    low, high = padding
    return kernel - 1 - low, kernel - 1 - high

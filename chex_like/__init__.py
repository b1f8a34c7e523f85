"""Assertions for array programs, under Chex's names, and those that Chex has not."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .accuracy import assert_accurate as assert_accurate
    from .accuracy import assert_gradients as assert_gradients
    from .array_annotations import Array as Array
    from .array_annotations import ArrayBatched as ArrayBatched
    from .array_annotations import ArrayDevice as ArrayDevice
    from .array_annotations import ArrayDeviceTree as ArrayDeviceTree
    from .array_annotations import ArrayDType as ArrayDType
    from .array_annotations import ArrayNumpy as ArrayNumpy
    from .array_annotations import ArrayNumpyTree as ArrayNumpyTree
    from .array_annotations import ArraySharded as ArraySharded
    from .array_annotations import ArrayTree as ArrayTree
    from .array_annotations import Device as Device
    from .array_annotations import Numeric as Numeric
    from .array_annotations import PRNGKey as PRNGKey
    from .array_annotations import PyTreeDef as PyTreeDef
    from .array_annotations import Scalar as Scalar
    from .array_annotations import Shape as Shape
    from .assertion import disable_asserts as disable_asserts
    from .assertion import enable_asserts as enable_asserts
    from .assertion import if_args_not_none as if_args_not_none
    from .axes import assert_axis_dimension as assert_axis_dimension
    from .axes import assert_axis_dimension_comparator as assert_axis_dimension_comparator
    from .axes import assert_axis_dimension_gt as assert_axis_dimension_gt
    from .axes import assert_axis_dimension_gteq as assert_axis_dimension_gteq
    from .axes import assert_axis_dimension_lt as assert_axis_dimension_lt
    from .axes import assert_axis_dimension_lteq as assert_axis_dimension_lteq
    from .backends import restrict_backends as restrict_backends
    from .claims.jitted import assert_jit_is_eager as assert_jit_is_eager
    from .claims.linear import assert_linear as assert_linear
    from .claims.mapped import assert_pmap_is_loop as assert_pmap_is_loop
    from .claims.mapped import assert_vmap_is_loop as assert_vmap_is_loop
    from .claims.reach import assert_nonzero_gradient as assert_nonzero_gradient
    from .claims.repeated import assert_deterministic as assert_deterministic
    from .claims.repeated import assert_same_bits as assert_same_bits
    from .claims.traps import assert_no_nan_gradient_trap as assert_no_nan_gradient_trap
    from .claims.within_ulps import assert_trees_ulp as assert_trees_ulp
    from .claims.within_ulps import assert_ulp as assert_ulp
    from .close_ulps import assert_trees_all_close_ulp as assert_trees_all_close_ulp
    from .closeness import assert_tree_all_finite as assert_tree_all_finite
    from .closeness import assert_trees_all_close as assert_trees_all_close
    from .closeness import assert_trees_all_equal as assert_trees_all_equal
    from .deprecations import create_deprecated_function_alias as create_deprecated_function_alias
    from .deprecations import warn_deprecated_function as warn_deprecated_function
    from .deprecations import warn_keyword_args_only_in_future as warn_keyword_args_only_in_future
    from .deprecations import warn_only_n_pos_args_in_future as warn_only_n_pos_args_in_future
    from .dimensions import Dimensions as Dimensions
    from .element_types import assert_type as assert_type
    from .fakes import fake_jit as fake_jit
    from .fakes import fake_pmap as fake_pmap
    from .fakes import fake_pmap_and_jit as fake_pmap_and_jit
    from .fakes import set_n_cpu_devices as set_n_cpu_devices
    from .gradients import assert_numerical_grads as assert_numerical_grads
    from .jitted_checks import ChexifyChecks as ChexifyChecks
    from .jitted_checks import (
        block_until_chexify_assertions_complete as block_until_chexify_assertions_complete,
    )
    from .jitted_checks import chexify as chexify
    from .jitted_checks import with_jittable_assertions as with_jittable_assertions
    from .judging.equations import check_equations as check_equations
    from .judging.judgement import judge as judge
    from .number_formats import format_errors as format_errors
    from .placement import assert_devices_available as assert_devices_available
    from .placement import assert_gpu_available as assert_gpu_available
    from .placement import assert_tpu_available as assert_tpu_available
    from .placement import assert_tree_is_on_device as assert_tree_is_on_device
    from .placement import assert_tree_is_on_host as assert_tree_is_on_host
    from .placement import assert_tree_is_sharded as assert_tree_is_sharded
    from .scalars import assert_equal as assert_equal
    from .scalars import assert_exactly_one_is_none as assert_exactly_one_is_none
    from .scalars import assert_is_divisible as assert_is_divisible
    from .scalars import assert_not_both_none as assert_not_both_none
    from .scalars import assert_scalar as assert_scalar
    from .scalars import assert_scalar_in as assert_scalar_in
    from .scalars import assert_scalar_negative as assert_scalar_negative
    from .scalars import assert_scalar_non_negative as assert_scalar_non_negative
    from .scalars import assert_scalar_positive as assert_scalar_positive
    from .shapes import assert_equal_shape as assert_equal_shape
    from .shapes import assert_equal_shape_prefix as assert_equal_shape_prefix
    from .shapes import assert_equal_shape_suffix as assert_equal_shape_suffix
    from .shapes import assert_is_broadcastable as assert_is_broadcastable
    from .shapes import assert_shape as assert_shape
    from .sizes import assert_equal_rank as assert_equal_rank
    from .sizes import assert_equal_size as assert_equal_size
    from .sizes import assert_rank as assert_rank
    from .sizes import assert_size as assert_size
    from .structures import assert_tree_has_only_ndarrays as assert_tree_has_only_ndarrays
    from .structures import assert_tree_no_nones as assert_tree_no_nones
    from .structures import assert_trees_all_equal_comparator as assert_trees_all_equal_comparator
    from .structures import assert_trees_all_equal_dtypes as assert_trees_all_equal_dtypes
    from .structures import assert_trees_all_equal_shapes as assert_trees_all_equal_shapes
    from .structures import (
        assert_trees_all_equal_shapes_and_dtypes as assert_trees_all_equal_shapes_and_dtypes,
    )
    from .structures import assert_trees_all_equal_sizes as assert_trees_all_equal_sizes
    from .structures import assert_trees_all_equal_structs as assert_trees_all_equal_structs
    from .sum_orders import assert_order_insensitive as assert_order_insensitive
    from .taylor import assert_taylor as assert_taylor
    from .taylor import taylor_test as taylor_test
    from .traces import assert_max_traces as assert_max_traces
    from .traces import clear_trace_counter as clear_trace_counter
    from .tree_nodes import dataclass as dataclass
    from .tree_nodes import mappable_dataclass as mappable_dataclass
    from .tree_nodes import (
        register_dataclass_type_with_jax_tree_util as register_dataclass_type_with_jax_tree_util,
    )
    from .tree_shapes import assert_tree_shape as assert_tree_shape
    from .tree_shapes import assert_tree_shape_prefix as assert_tree_shape_prefix
    from .tree_shapes import assert_tree_shape_suffix as assert_tree_shape_suffix
    from .variant_cases import ChexVariantType as ChexVariantType
    from .variant_cases import TestCase as TestCase
    from .variant_cases import all_variants as all_variants
    from .variant_cases import params_product as params_product
    from .variant_cases import variants as variants

# Loaded when first used, so that asserting a shape does not cost mpmath.
_ROWS = {
    ".accuracy": "assert_accurate assert_gradients",
    ".array_annotations": (
        "Array ArrayBatched ArrayDType ArrayDevice ArrayDeviceTree ArrayNumpy ArrayNumpyTree ArraySharded "
        "ArrayTree Device Numeric PRNGKey PyTreeDef Scalar Shape"
    ),
    ".assertion": "disable_asserts enable_asserts if_args_not_none",
    ".axes": (
        "assert_axis_dimension assert_axis_dimension_comparator assert_axis_dimension_gt "
        "assert_axis_dimension_gteq assert_axis_dimension_lt assert_axis_dimension_lteq"
    ),
    ".backends": "restrict_backends",
    ".claims.jitted": "assert_jit_is_eager",
    ".claims.linear": "assert_linear",
    ".claims.mapped": "assert_pmap_is_loop assert_vmap_is_loop",
    ".claims.reach": "assert_nonzero_gradient",
    ".claims.repeated": "assert_deterministic assert_same_bits",
    ".claims.traps": "assert_no_nan_gradient_trap",
    ".claims.within_ulps": "assert_trees_ulp assert_ulp",
    ".close_ulps": "assert_trees_all_close_ulp",
    ".closeness": "assert_tree_all_finite assert_trees_all_close assert_trees_all_equal",
    ".deprecations": (
        "create_deprecated_function_alias warn_deprecated_function warn_keyword_args_only_in_future "
        "warn_only_n_pos_args_in_future"
    ),
    ".dimensions": "Dimensions",
    ".element_types": "assert_type",
    ".fakes": "fake_jit fake_pmap fake_pmap_and_jit set_n_cpu_devices",
    ".gradients": "assert_numerical_grads",
    ".jitted_checks": (
        "ChexifyChecks block_until_chexify_assertions_complete chexify with_jittable_assertions"
    ),
    ".judging.equations": "check_equations",
    ".judging.judgement": "judge",
    ".number_formats": "format_errors",
    ".placement": (
        "assert_devices_available assert_gpu_available assert_tpu_available assert_tree_is_on_device "
        "assert_tree_is_on_host assert_tree_is_sharded"
    ),
    ".scalars": (
        "assert_equal assert_exactly_one_is_none assert_is_divisible assert_not_both_none assert_scalar "
        "assert_scalar_in assert_scalar_negative assert_scalar_non_negative assert_scalar_positive"
    ),
    ".shapes": (
        "assert_equal_shape assert_equal_shape_prefix assert_equal_shape_suffix assert_is_broadcastable "
        "assert_shape"
    ),
    ".sizes": "assert_equal_rank assert_equal_size assert_rank assert_size",
    ".structures": (
        "assert_tree_has_only_ndarrays assert_tree_no_nones assert_trees_all_equal_comparator "
        "assert_trees_all_equal_dtypes assert_trees_all_equal_shapes "
        "assert_trees_all_equal_shapes_and_dtypes assert_trees_all_equal_sizes "
        "assert_trees_all_equal_structs"
    ),
    ".sum_orders": "assert_order_insensitive",
    ".taylor": "assert_taylor taylor_test",
    ".traces": "assert_max_traces clear_trace_counter",
    ".tree_nodes": "dataclass mappable_dataclass register_dataclass_type_with_jax_tree_util",
    ".tree_shapes": "assert_tree_shape assert_tree_shape_prefix assert_tree_shape_suffix",
    ".variant_cases": "ChexVariantType TestCase all_variants params_product variants",
}
_HOMES = {name: home for home, names in _ROWS.items() for name in names.split()}
__all__ = [  # noqa: PLE0604 - the table above is the list
    *sorted(_HOMES)
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)

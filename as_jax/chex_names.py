"""Chex's modules, and what their names are in Verax: the public ones, and the private ones that programs touch."""

from __future__ import annotations

from .private import Row

# A module of `chex._src` -> the public names that it has; all are names of `chex`, and of `verax.chex_like`.
PLACES = {
    "asserts": (
        "assert_axis_dimension assert_axis_dimension_comparator assert_axis_dimension_gt "
        "assert_axis_dimension_gteq assert_axis_dimension_lt assert_axis_dimension_lteq "
        "assert_devices_available assert_equal assert_equal_rank assert_equal_shape "
        "assert_equal_shape_prefix assert_equal_shape_suffix assert_equal_size "
        "assert_exactly_one_is_none assert_gpu_available assert_is_broadcastable assert_is_divisible "
        "assert_max_traces assert_not_both_none assert_numerical_grads assert_rank assert_scalar "
        "assert_scalar_in assert_scalar_negative assert_scalar_non_negative assert_scalar_positive "
        "assert_shape assert_size assert_tpu_available assert_tree_all_finite "
        "assert_tree_has_only_ndarrays assert_tree_is_on_device assert_tree_is_on_host "
        "assert_tree_is_sharded assert_tree_no_nones assert_tree_shape assert_tree_shape_prefix "
        "assert_tree_shape_suffix assert_trees_all_close assert_trees_all_close_ulp "
        "assert_trees_all_equal assert_trees_all_equal_comparator assert_trees_all_equal_dtypes "
        "assert_trees_all_equal_shapes assert_trees_all_equal_shapes_and_dtypes "
        "assert_trees_all_equal_sizes assert_trees_all_equal_structs assert_type clear_trace_counter "
        "disable_asserts enable_asserts if_args_not_none"
    ),
    "asserts_chexify": (
        "ChexifyChecks block_until_chexify_assertions_complete chexify with_jittable_assertions"
    ),
    "dataclass": "dataclass mappable_dataclass register_dataclass_type_with_jax_tree_util",
    "dimensions": "Dimensions",
    "fake": "fake_jit fake_pmap fake_pmap_and_jit set_n_cpu_devices",
    "pytypes": (
        "Array ArrayBatched ArrayDType ArrayDevice ArrayDeviceTree ArrayNumpy ArrayNumpyTree "
        "ArraySharded ArrayTree Device Numeric PRNGKey PyTreeDef Scalar Shape"
    ),
    "restrict_backends": "restrict_backends",
    "variants": "ChexVariantType TestCase all_variants params_product variants",
    "warnings": (
        "create_deprecated_function_alias warn_deprecated_function warn_keyword_args_only_in_future "
        "warn_only_n_pos_args_in_future"
    ),
}

_OWN_TESTS = "chex's own tests"
_ROOM = "verax.chex_like"
ROWS = [
    Row("chex.__version__", "verax.as_jax.version", "CHEX_VERSION", _OWN_TESTS),
    Row("chex._src.asserts._ai", "chex._src", "asserts_internal", _OWN_TESTS),
    Row("chex._src.asserts._static_assertion", f"{_ROOM}.assertion", "assertion", _OWN_TESTS),
    Row("chex._src.asserts._value_assertion", f"{_ROOM}.assertion", "assertion", _OWN_TESTS),
    Row(
        "chex._src.asserts._assert_tree_all_finite_jittable",
        f"{_ROOM}.jitted_values",
        "all_finite",
        _OWN_TESTS,
    ),
    Row(
        "chex._src.asserts._assert_trees_all_equal_jittable",
        f"{_ROOM}.jitted_values",
        "all_equal",
        _OWN_TESTS,
    ),
    Row(
        "chex._src.asserts._assert_trees_all_close_jittable",
        f"{_ROOM}.jitted_values",
        "all_close",
        _OWN_TESTS,
    ),
    Row(
        "chex._src.asserts._assert_trees_all_close_ulp_jittable", f"{_ROOM}.close_ulps", "no_jit", _OWN_TESTS
    ),
    Row("chex._src.asserts_chexify.atexit", "verax.chex_like.exits", "", _OWN_TESTS),
    Row("chex._src.asserts_chexify.checkify", "verax.language.checkify", "", _OWN_TESTS),
    Row("chex._src.asserts_internal.ERR_PREFIX", f"{_ROOM}.assertion", "PREFIX", _OWN_TESTS),
    Row("chex._src.asserts_internal.TChexAssertion", f"{_ROOM}.assertion", "Assertion", _OWN_TESTS),
    Row("chex._src.asserts_internal.chex_assertion", f"{_ROOM}.assertion", "assertion", _OWN_TESTS),
    Row(
        "chex._src.asserts_internal.get_chexify_err_message",
        f"{_ROOM}.jitted_checks",
        "message_of",
        _OWN_TESTS,
    ),
    Row("chex._src.asserts_internal.get_err_regex", "verax.as_jax.chex", "message_pattern", _OWN_TESTS),
    Row("chex._src.asserts_internal.is_traceable", f"{_ROOM}.owners", "is_transformed", _OWN_TESTS),
    Row(
        "chex._src.asserts_internal.num_devices_available",
        f"{_ROOM}.placement",
        "num_devices_available",
        _OWN_TESTS,
    ),
    Row("chex._src.dataclass.FrozenInstanceError", "dataclasses", "FrozenInstanceError", _OWN_TESTS),
    Row(
        "chex._src.fake.OnCallOfTransformedFunction",
        f"{_ROOM}.fakes",
        "OnCallOfTransformedFunction",
        _OWN_TESTS,
    ),
    Row(
        "chex._src.restrict_backends.RestrictedBackendError",
        f"{_ROOM}.backends",
        "RestrictedBackendError",
        _OWN_TESTS,
    ),
    Row("chex._src.variants._variant_decorators", f"{_ROOM}.variant_cases", "variant_decorators", _OWN_TESTS),
]
ROWS += [
    Row(f"chex.{name}", _ROOM, name, "every program") for names in PLACES.values() for name in names.split()
]
ROWS += [
    Row(f"chex._src.{module}.{name}", _ROOM, name, _OWN_TESTS)
    for module, names in PLACES.items()
    for name in names.split()
]
NAMES = {row.name: row for row in ROWS}
MODULES = frozenset({"chex", "chex._src", "chex._src.asserts_internal", *(f"chex._src.{m}" for m in PLACES)})

"""Every row by module, what other tests hold, and the modules themselves."""

from __future__ import annotations

import importlib
from typing import Any

from tests.language.peer_names.creation import CREATION
from tests.language.peer_names.drawing import Rows
from tests.language.peer_names.dtypes import DTYPES_ROWS, KNOWN
from tests.language.peer_names.elementwise import ELEMENTWISE
from tests.language.peer_names.folds import FOLDS
from tests.language.peer_names.lax import LAX
from tests.language.peer_names.linalg import FOURIER, NUMPY_LINALG, SCIPY_LINALG
from tests.language.peer_names.networks import INITIALIZERS, NN, OPS, SPECIAL
from tests.language.peer_names.places import PLACES
from tests.language.peer_names.polynomials import POLYNOMIALS
from tests.language.peer_names.products import PRODUCTS
from tests.language.peer_names.randoms import RANDOM
from tests.language.peer_names.shaping import SHAPING
from tests.language.peer_names.transforms import TRANSFORMS

ROOMS: dict[str, Rows] = {
    "lax": LAX,
    "numpy": {**ELEMENTWISE, **CREATION, **SHAPING, **FOLDS, **PLACES, **PRODUCTS, **POLYNOMIALS, **KNOWN},
    "numpy.linalg": NUMPY_LINALG,
    "numpy.fft": FOURIER,
    "nn": NN,
    "nn.initializers": INITIALIZERS,
    "random": RANDOM,
    "scipy.special": SPECIAL,
    "scipy.linalg": SCIPY_LINALG,
    "ops": OPS,
    "dtypes": DTYPES_ROWS,
    "transforms": TRANSFORMS,
}

# Names that take and make no arrays, and names that other tests hold, by what is held there.
ELSEWHERE: dict[str, dict[str, str]] = {
    "numpy": {
        "numbers and modules": "e euler_gamma inf nan pi newaxis linalg fft __array_api_version__",
        "classes that are never called": "ndarray generic number integer signedinteger unsignedinteger inexact "
        "floating complexfloating flexible character object_ dtype",
        "text and files (test_numpy_values_and_files.py)": "array_repr array_str get_printoptions set_printoptions "
        "printoptions save savez load fromfile fromiter",
        "keys of indexing": "s_ index_exp",
        "a plan, not an array (test_numpy_names.py)": "einsum_path",
        "arrays of other libraries (test_array_api.py)": "from_dlpack __array_namespace_info__",
    },
    "nn.initializers": {"a class of annotations": "Initializer"},
    "random": {
        "the class of typed keys, and what it is told by (test_random.py)": "KeyArray key_dtype key_impl"
    },
    "dtypes": {"classes and constants": "TypePromotionError bfloat16 extended float0 prng_key"},
    "lax": {
        "enumerations and records": "AccuracyMode ConvDimensionNumbers DotAlgorithm DotAlgorithmPreset "
        "DotDimensionNumbers FftType GatherDimensionNumbers GatherScatterMode Precision RaggedDotDimensionNumbers "
        "RoundingMethod ScatterDimensionNumbers Tolerance RandomAlgorithm dtype linalg",
        "shapes, not arrays (test_lax_shape_tuples.py)": "conv_dimension_numbers conv_general_permutations "
        "conv_general_shape_tuple conv_shape_tuple conv_transpose_shape_tuple padtype_to_pads "
        "reduce_window_shape_tuple",
        "tokens and staging (test_lax_staging.py)": "after_all create_token dce_sink composite platform_dependent",
        "lanes (tests/fake_devices)": "axis_size pbroadcast pswapaxes pcast psend precv ragged_all_to_all "
        "with_sharding_constraint",
        "windows and formats of their own (test_lax_selections.py, test_lax_messages.py)": "select_and_scatter_add "
        "select_and_gather_add scaled_dot",
        "not JAX's": "zeros_like",
    },
}


def elsewhere(room: str) -> set[str]:
    """The names of a module that need no row."""
    return {name for names in ELSEWHERE.get(room, {}).values() for name in names.split()}


def modules(room: str) -> tuple[Any, Any]:
    """Ours and JAX's module of this name; transforms take the whole of both."""
    if room == "transforms":
        return importlib.import_module("verax"), importlib.import_module("jax")
    return importlib.import_module(f"verax.{room}"), importlib.import_module(f"jax.{room}")

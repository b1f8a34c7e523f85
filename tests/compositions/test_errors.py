"""What is told to who misuses a transform: the argument's name, what was got, the mend, and the line where it was.

One row each; the exceptions have JAX's names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
from verax import errors, lax
from verax import numpy as vnp
from verax.language.errors import CollectiveError, ScanTypeError

X = np.asarray([1.0, 2.0], np.float32)
KEPT: list[Any] = []
HERE = r"At \S*test_errors\.py:\d+ \("


def keeps(x: Any) -> Any:
    KEPT[:] = [x]
    return x * 2


def leaked(transform: Any) -> Any:
    transform(keeps)(X)
    return KEPT[0] + 1


# What is done, the error, what it names (argument or value, and what was got), and what it says to do.
WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str, str]] = {
    "leak from jit": (
        lambda: leaked(verax.jit),
        errors.UnexpectedTracerError,
        r"A tracer \(f32\[2\]\) was used outside the transform",
        rf"Return it from the transformed function.*{HERE}leaked\)",
    ),
    "leak of what was computed under jit": (
        lambda: leaked(lambda f: verax.jit(lambda x: f(x * 3))),
        errors.UnexpectedTracerError,
        r"It was made at \S*test_errors\.py:\d+ \(<lambda>\)",
        "Return it from the transformed function",
    ),
    "leak from vmap": (
        lambda: leaked(verax.vmap),
        errors.UnexpectedTracerError,
        r"A tracer \(f32\[\]\) was used outside the transform",
        "Return it from the transformed function",
    ),
    "leak from grad": (
        lambda: leaked(lambda f: verax.grad(lambda x: f(x).sum())),
        errors.UnexpectedTracerError,
        r"A tracer \(f32\[2\]\) was used outside the transform",
        "Return it from the transformed function",
    ),
    "branch under jit": (
        lambda: verax.jit(lambda x: x if x[0] > 0 else -x)(X),
        errors.TracerBoolConversionError,
        r"A traced value \(bool\[\]\) cannot be used as a truth value",
        rf"verax.lax.cond.*{HERE}",
    ),
    "branch under vmap": (
        lambda: verax.vmap(lambda x: x if x > 0 else -x)(X),
        errors.TracerBoolConversionError,
        r"A mapped value \(bool\[\]\) cannot be used as a truth value",
        rf"verax.numpy.where.*{HERE}",
    ),
    "range of a traced value": (
        lambda: verax.jit(lambda n: list(range(n)))(3),
        errors.TracerIntegerConversionError,
        r"A traced value \(i32\*\[\]\) cannot be used as a Python index",
        rf"Mark the argument static.*{HERE}",
    ),
    "float of a traced value": (
        lambda: verax.jit(lambda x: float(x) + 1)(1.0),
        errors.ConcretizationTypeError,
        r"cannot be converted to float",
        rf"\.astype\(float\).*{HERE}",
    ),
    "NumPy of a traced value": (
        lambda: verax.jit(lambda x: np.sin(x) + 1)(X),
        errors.TracerArrayConversionError,
        r"cannot be handed to NumPy",
        rf"Use verax.numpy instead.*{HERE}",
    ),
    "NumPy of a differentiated value": (
        lambda: verax.grad(lambda x: np.asarray(x).sum())(X),
        errors.TracerArrayConversionError,
        r"being differentiated \(f32\[2\]\)",
        rf"Use verax.numpy, or verax.lax.stop_gradient.*{HERE}",
    ),
    "mask of unknown size under jit": (
        lambda: verax.jit(lambda x: x[x > 0])(X),
        errors.NonConcreteBooleanIndexError,
        r"bool\[2\]",
        r"verax\.numpy\.where",
    ),
    "shapes that do not broadcast": (
        lambda: vnp.ones(3) + vnp.ones(2),
        errors.ShapeError,
        r"Incompatible shapes for broadcasting: got \(3,\), \(2,\)",
        "equal or 1",
    ),
    "sizes that differ under vmap": (
        lambda: verax.vmap(lambda x, y: x + y)(vnp.ones(3), vnp.ones(2)),
        ValueError,
        r"inconsistent sizes for array axes to be mapped by '<lambda>': 3 \(argument 0\), 2 \(argument 1\)",
        "",
    ),
    "in_axes out of range": (
        lambda: verax.vmap(lambda x: x, in_axes=2)(X),
        ValueError,
        r"in_axes",
        "",
    ),
    "in_axes that do not fit the arguments": (
        lambda: verax.vmap(lambda x, y: x, in_axes=(0,))(X, X),
        ValueError,
        r"`in_axes`",
        "",
    ),
    "static argument that cannot be hashed": (
        lambda: verax.jit(lambda x, n: x, static_argnums=1)(X, [1]),
        ValueError,
        r"`static_argnums` must point at hashable arguments, got .*\[1\]",
        "Pass a tuple, or trace the argument",
    ),
    "static argument at a place that is not there": (
        lambda: verax.jit(lambda x, n: x, static_argnums=5),
        ValueError,
        r"`static_argnums` must lie in \[-2, 2\), the positional arguments of '<lambda>', got \[5\]",
        "Count the arguments from 0",
    ),
    "static name of no argument": (
        lambda: verax.jit(lambda x: x, static_argnames="n"),
        ValueError,
        r"`static_argnames` must be among \['x'\] of '<lambda>', got \['n'\]",
        "",
    ),
    "text as an argument of jit": (
        lambda: verax.jit(lambda x: x)("text"),
        TypeError,
        r"Leaf 0 of the arguments of '<lambda>' must be an array or a number, got str: 'text'",
        "Mark it static",
    ),
    "gradient by integers": (
        lambda: verax.grad(lambda x: x * 1.0)(3),
        TypeError,
        r"Argument 0 of grad must be floating, got i32\*\[\]",
        r"allow_int=True",
    ),
    "gradient of an array": (
        lambda: verax.grad(lambda x: x * 2)(X),
        TypeError,
        r"scalar.*got f32\[2\]",
        "jacrev|sum",
    ),
    "gradient of an integer result": (
        lambda: verax.grad(lambda x: lax.convert_element_type(x, "int32"))(1.0),
        TypeError,
        r"i32",
        "",
    ),
    "gradient by an argument that is not there": (
        lambda: verax.grad(lambda x: x, argnums=1)(1.0),
        TypeError,
        r"`argnums` must point at positional arguments of '<lambda>' \(1 were passed\), got 1",
        "Pass the argument by position",
    ),
    "tangent of another shape": (
        lambda: verax.jvp(lambda x: x, (X,), (X[:1],)),
        errors.ShapeError,
        r"Tangent leaf 0 must be f32\[2\] like its primal, got f32\[1\]",
        "Convert or reshape it",
    ),
    "cotangent of another shape": (
        lambda: verax.vjp(lambda x: x, X)[1](X[:1]),
        errors.ShapeError,
        r"Cotangent leaf 0 must be f32\[2\] like its result, got f32\[1\]",
        "Convert or reshape it",
    ),
    "a traced value read by item()": (
        lambda: verax.jit(lambda x: x[0].item())(X),
        errors.ConcretizationTypeError,
        r"cannot be read by item\(\)",
        HERE,
    ),
    "a slice whose end is traced": (
        lambda: verax.jit(lambda x, n: x[:n])(X, 1),
        IndexError,
        r"The ends of a slice must be integers known when the program is traced",
        "dynamic_slice",
    ),
    "scan whose carry changes its dtype": (
        lambda: lax.scan(lambda c, x: (c * 1.5, x), np.int32(1), X),
        ScanTypeError,
        r"The carry of scan must keep its shapes and dtypes: `carry` was i32\[\] and became f32\*\[\]",
        "Convert the initial value, or what the body returns",
    ),
    "scan whose carry changes its structure": (
        lambda: lax.scan(lambda c, x: ((c, c), x), 1.0, X),
        ScanTypeError,
        r"The carry of scan must keep its structure, which was \*, and became \(\*, \*\)",
        "Return from the body the carry that it takes",
    ),
    "scan that returns no pair": (
        lambda: lax.scan(lambda c, x: c, 1.0, X),
        TypeError,
        r"`f` of scan must return a pair \(carry, y\), got",
        r"Return \(carry, None\)",
    ),
    "branches of other types": (
        lambda: lax.cond(True, lambda x: x, lambda x: x[:1], X),
        TypeError,
        r"The branches of cond must return equal shapes and dtypes",
        "Convert one of them",
    ),
    "while_loop backwards": (
        lambda: verax.grad(lambda x: lax.while_loop(lambda c: c < 9, lambda c: c * 2, x))(1.0),
        ValueError,
        r"cannot go through while_loop",
        "Use scan, or fori_loop with Python integers",
    ),
    "custom_vjp forwards": (
        lambda: verax.jvp(_ruled(), (1.0,), (1.0,)),
        TypeError,
        r"cannot go through '<lambda>', which has a custom_vjp rule",
        "Use grad, vjp or jacrev",
    ),
    "collective without its axis": (
        lambda: lax.psum(1.0, "i"),
        errors.UnboundAxisError,
        r"`axis_name` must be an axis in scope \(none\), got 'i'",
        r"vmap or pmap with axis_name='i'",
    ),
    "side effect: a callback's derivative": (
        lambda: verax.grad(lambda x: verax.pure_callback(np.sin, verax.ShapeDtypeStruct((), "float32"), x))(
            1.0
        ),
        ValueError,
        r"The callback 'sin' has no derivative",
        "custom_jvp or custom_vjp rule",
    ),
    "side effect: an array written to": (
        lambda: vnp.ones(3).__setitem__(0, 1.0),
        TypeError,
        r"",
        r"\.at\[",
    ),
}


def _ruled() -> Any:
    f = verax.custom_vjp(lambda x: x)
    f.defvjp(lambda x: (x, None), lambda saved, ct: (ct,))
    return f


def test_errors_are_of_the_classes_that_jax_and_numpy_raise() -> None:
    """Libraries catch them: NameError tells one that no axis is in scope."""
    for ours, theirs in (
        (errors.UnboundAxisError, (CollectiveError, NameError)),
        (errors.ShapeError, (TypeError, ValueError)),
    ):
        assert all(issubclass(ours, error) for error in theirs)


@pytest.mark.parametrize("name", WRONG)
def test_misuse_is_told_by_name_value_and_mend(name: str) -> None:
    call, error, names, mend = WRONG[name]
    with pytest.raises(error) as raised:
        call()

    told = str(raised.value)
    assert re.search(names, told, re.DOTALL), told
    assert re.search(mend, told, re.DOTALL), told


def test_a_message_without_the_mend_is_found_out() -> None:
    """The planted fault: what a bare exception of Python's would say."""
    call, _, names, mend = WRONG["text as an argument of jit"]
    with pytest.raises(TypeError) as raised:
        call()
    bare = str(raised.value).partition(". ")[0]

    assert re.search(names, bare)
    assert not re.search(mend, bare)

"""Each law finds the fault that is planted for it, and says nothing of the function without the fault."""

# mypy: disable-error-code="no-any-return"
# Subjects are written as users write them: verax.numpy has no static shapes to check a return against.

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import pytest
from annotated_types import Interval
from jaxtyping import Float32, Int32

import verax.numpy as vnp
from verax import Array, custom_jvp, custom_vjp, lax, subject
from verax.property_tests.checking import check_subject
from verax.property_tests.outcomes import SubjectReport
from verax.property_tests.subjects import subject_of
from verax.reference.findings import Blame, Status

Vector = Float32[Array, "n"]
Matrix = Float32[Array, "n k"]
Modest = Annotated[Float32[Array, "n"], Interval(ge=-10, le=10)]

counter = itertools.count()
stored: list[Any] = []


def report(function: Callable[..., Any], *laws: str, examples: int = 12) -> SubjectReport:
    """What the laws say; all of them by default."""
    return check_subject(subject_of(function), laws or None, examples=examples, seed=3)


def codes(function: Callable[..., Any], *laws: str) -> set[str]:
    return {f.code for f in report(function, *laws).findings if f.fails}


# -- a function without a fault --------------------------------------------------------------------------
def weighted(x: Matrix, w: Float32[Array, "k"]) -> Vector:
    return vnp.sum(vnp.tanh(x) * w, axis=-1)


def test_a_sound_function_obeys_every_law() -> None:
    found = report(weighted)

    assert found.findings == ()
    assert found.status is Status.HOLD
    assert {law.law for law in found.laws} == {
        "returns", "contract", "purity", "determinism", "jit", "vmap", "value", "gradient", "second derivative"
    }  # fmt: skip
    assert all(law.inputs == 12 for law in found.laws)
    assert found.value is not None
    assert found.value.error <= found.value.bound
    assert found.gradient is not None
    assert found.samples
    assert found.edges >= 3
    assert found.complete


# -- jit, vmap ----------------------------------------------------------------------------------------------
def reads_the_clock(x: Vector) -> Vector:
    return x + float(next(counter))


def branches_on_a_value(x: Annotated[Float32[Array, "n"], Interval(ge=1, le=2)]) -> Vector:
    return x * 2 if x[0] > 1.5 else x


def test_jit_that_changes_a_result_is_found() -> None:
    assert codes(reads_the_clock, "jit") == {"VX301"}


def test_a_branch_that_jit_cannot_take_is_found_at_its_line() -> None:
    (finding,) = report(branches_on_a_value, "jit").findings

    assert finding.code == "VX301"
    assert "raises under jit, and not without" in finding.message
    assert finding.location.startswith("tests/property_tests/test_laws.py:")


def test_vmap_that_is_not_the_loop_is_found() -> None:
    def own_axis(x: Matrix) -> Vector:
        # Reads the rank of whatever it is given: eager and mapped calls differ.
        shape = np.shape(x.machine_value()) if not hasattr(x, "level") else (1,)
        return vnp.sum(x, axis=-1) * len(shape)

    assert codes(own_axis, "vmap") == {"VX302"}
    assert codes(weighted, "vmap") == set()


# -- contract -------------------------------------------------------------------------------------------------
def wrong_axis(x: Matrix) -> Vector:
    return vnp.sum(x, axis=0)


def wrong_dtype(x: Vector) -> Float32[Array, "n"]:
    return vnp.astype(x, np.float16)


def wrong_structure(x: Vector) -> tuple[Vector, Vector]:
    return (x,)  # type: ignore[return-value]  # the planted fault


def right_tree(x: Matrix) -> dict[str, tuple[Float32[Array, "k n"], Float32[Array, ""]]]:
    return {"a": (x.T, vnp.sum(x)), "b": (x.T, vnp.sum(x))}


@pytest.mark.parametrize("function", [wrong_axis, wrong_dtype, wrong_structure])
def test_a_broken_annotation_is_found(function: Callable[..., Any]) -> None:
    (finding,) = report(function, "contract").findings

    assert finding.code == "VX401"
    assert finding.blame is Blame.CONTRACT
    assert "The function promises" in finding.message


@pytest.mark.parametrize("function", [weighted, right_tree])
def test_a_kept_annotation_is_not(function: Callable[..., Any]) -> None:
    assert report(function, "contract").findings == ()


# -- purity, determinism ------------------------------------------------------------------------------------------
def mutates_its_dict(x: dict[str, Vector]) -> Vector:
    x["a"] = x["a"] + 1
    return x["a"]


def mutates_its_array(x: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "n"]:
    x += 1
    return x


def stores_a_tracer(x: Vector) -> Vector:
    stored.append(x)
    return x * 2


def random_noise(x: Vector) -> Vector:
    return x + np.float32(np.random.default_rng().normal())


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (mutates_its_dict, "another object stands there"),
        (mutates_its_array, "the elements of leaf 0"),
        (stores_a_tracer, "leaves a traced value .* in the global 'stored'"),
    ],
)
def test_an_impure_function_is_found(function: Callable[..., Any], said: str) -> None:
    stored.clear()
    findings = [f for f in report(function, "purity").findings if f.code == "VX601"]

    with pytest.raises(AssertionError, match=said):
        raise AssertionError("\n".join(f.message for f in findings))


def test_a_function_that_reads_state_is_found() -> None:
    assert codes(random_noise, "determinism") == {"VX602"}
    assert codes(reads_the_clock, "determinism") == {"VX602"}
    assert codes(weighted, "determinism", "purity") == set()


# -- value, gradient ------------------------------------------------------------------------------------------------
def naive_softplus(x: Annotated[Vector, Interval(ge=-100, le=100)]) -> Vector:
    return vnp.log(1 + vnp.exp(x))


def stable_softplus(x: Annotated[Vector, Interval(ge=-100, le=100)]) -> Vector:
    return vnp.maximum(x, 0) + vnp.log1p(vnp.exp(-vnp.abs(x)))


@custom_jvp
def wrong_square(x: Modest) -> Vector:
    return x * x


@wrong_square.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return wrong_square(*primals), primals[0] * tangents[0]


@custom_jvp
def right_square(x: Modest) -> Vector:
    return x * x


@right_square.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return right_square(*primals), 2 * primals[0] * tangents[0]


@custom_vjp
def straight_through(x: Modest) -> Vector:
    return vnp.round(x)


straight_through.defvjp(lambda x: (vnp.round(x), None), lambda _, ct: (ct,))


def test_a_formula_that_overflows_is_found_with_its_equation() -> None:
    findings = [f for f in report(naive_softplus, "value", examples=20).findings if f.code == "VX701"]

    assert findings
    assert findings[0].blame is Blame.FORMULA
    assert "exp" in findings[0].equation or "log" in findings[0].equation
    assert codes(stable_softplus, "value", "gradient") == set()


def test_a_wrong_rule_is_found_and_its_right_twin_is_not() -> None:
    found = [f for f in report(wrong_square, "gradient").findings if f.code == "VX201"]

    assert found
    assert found[0].blame is Blame.RULE
    assert codes(right_square) == set()


def test_a_declared_gradient_is_taken_at_its_word() -> None:
    def declared(x: Modest) -> Vector:
        return straight_through(x)

    assert "VX201" in codes(declared, "gradient")
    assert codes(subject(gradient="declared")(declared), "gradient") == set()
    assert "second derivative" in report(declared).skipped


# -- what cannot be tried ----------------------------------------------------------------------------------------------
def raises_for_short(x: Vector) -> Float32[Array, ""]:
    return x[np.arange(5)[-1 if x.shape[0] > 2 else 7]]


def test_a_function_that_raises_is_found_at_its_line() -> None:
    (finding,) = report(raises_for_short, "returns").findings

    assert finding.code == "VX902"
    assert finding.blame is Blame.SUBJECT
    assert "IndexError" in finding.message
    assert finding.location.startswith("tests/property_tests/test_laws.py:")


def test_a_signature_that_cannot_be_drawn_is_unverified() -> None:
    def untyped(x): ...  # type: ignore[no-untyped-def]

    found = report(untyped)

    assert [f.code for f in found.findings] == ["VX901"]
    assert found.status is Status.UNVERIFIED
    assert found.tally.unverified == 1


def test_given_inputs_stand_in_for_a_signature() -> None:
    x = np.array([1.0, 2.0], np.float32)

    @subject(inputs=[(x, {"mode": "sum"})])
    def untyped(x, options):  # type: ignore[no-untyped-def]
        return getattr(vnp, options["mode"])(x)

    found = report(untyped)

    assert found.findings == ()
    assert found.inputs == 1


def test_another_librarys_function_is_called_but_its_value_is_unverified() -> None:
    def numpys(x: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "n"]:
        return np.sin(x)

    found = report(numpys)

    assert [f.code for f in found.findings] == ["VX908"]
    assert {law.law for law in found.laws} == {"value", "returns", "contract", "purity", "determinism"}
    assert set(found.skipped) == {"jit", "vmap", "value", "gradient", "second derivative"}


def test_a_deadline_is_told() -> None:
    found = check_subject(subject_of(weighted), examples=12, deadline=0.0)

    assert {f.code for f in found.findings} == {"VX907"}
    assert not found.complete
    assert found.status is Status.UNVERIFIED


def test_integers_have_no_gradient() -> None:
    def counts(x: Int32[Array, "n"]) -> Int32[Array, ""]:
        return vnp.sum(x)

    found = report(counts)

    assert found.findings == ()
    assert {"gradient", "second derivative"} <= set(found.skipped)


def highest(x: Vector) -> Int32[Array, ""]:
    return vnp.argmax(x)


def test_what_returns_integers_has_no_gradient_either() -> None:
    found = report(highest)

    assert found.findings == ()
    assert {law.law: law.elements for law in found.laws}["gradient"] == 0


def test_the_same_seed_gives_the_same_report() -> None:
    first, second = (report(naive_softplus, "value") for _ in range(2))

    assert first.findings == second.findings
    assert first.value == second.value


def test_special_values_are_tried_where_no_domain_forbids_them() -> None:
    found = report(lambda_free_abs, "value", examples=30)

    assert found.findings == ()


def lambda_free_abs(x: Vector) -> Vector:
    return lax.abs(x)

"""Hamiltonian Monte Carlo: one chain is written, and `vmap` runs as many as are asked for.

A point rolls over the potential -log(density) with a random push; the leapfrog integrator follows it, and the error in
its energy decides whether the new place is kept (Neal, "MCMC using Hamiltonian dynamics", 2011). That this samples the
density rests on two facts about the integrator: it can be turned round, and it keeps volumes. In the reference both are
so exactly, to as many digits as one likes; on a machine up to a bound that the gate derives.
"""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, lax, random

Place = Annotated[Float32[Array, "2"], Interval(ge=-2, le=2)]
Push = Annotated[Float32[Array, "2"], Interval(ge=-2, le=2)]

SIZE, STEPS = 0.25, 5


def potential(q: Place) -> Float32[Array, ""]:
    """-log of a density in the shape of a banana, but for a constant: q0 and q1 - q0^2 / 2 are drawn from N(0, 1)."""
    return (q[0] ** 2 + (q[1] - q[0] ** 2 / 2) ** 2) / 2


def energy(q: Place, p: Push) -> Float32[Array, ""]:
    """The potential's and the motion's."""
    return potential(q) + vnp.sum(p * p) / 2


def leapfrog(q: Place, p: Push) -> tuple[Float32[Array, "2"], Float32[Array, "2"]]:
    """Where the point is, and how it moves, after a few steps."""

    def step(state: Any, _: Any) -> Any:
        q, p = state
        p = p - SIZE / 2 * verax.grad(potential)(q)
        q = q + SIZE * p
        return (q, p - SIZE / 2 * verax.grad(potential)(q)), None

    return lax.scan(step, (q, p), None, length=STEPS)[0]


def there_and_back(q: Place, p: Push) -> tuple[Float32[Array, "2"], Float32[Array, "2"]]:
    """Follow the point, turn it round, and follow it again: this is where it came from."""
    q, p = leapfrog(q, p)
    q, p = leapfrog(q, -p)
    return q, -p


def volume(q: Any, p: Any) -> Any:
    """By how much the integrator stretches volumes: the determinant of its derivative."""
    moved = verax.jacfwd(lambda both: vnp.concatenate(leapfrog(both[:2], both[2:])))
    return vnp.linalg.det(moved(vnp.concatenate([q, p])))


def transition(q: Any, key: Any) -> tuple[Any, Any]:
    """The chain's next place, and once more, for `scan` to keep."""
    push, luck = random.split(key)
    p = random.normal(push, q.shape)
    new_q, new_p = leapfrog(q, p)
    kept = vnp.log(random.uniform(luck)) < energy(q, p) - energy(new_q, new_p)
    q = vnp.where(kept, new_q, q)
    return q, q


def chain(key: Any, length: int) -> Any:
    """The places of one chain: float32[length, 2]."""
    return lax.scan(transition, vnp.zeros(2), random.split(key, length))[1]


def chains(key: Any, count: int, length: int) -> Any:
    """Those of many: float32[count, length, 2]."""
    return verax.vmap(lambda key: chain(key, length))(random.split(key, count))


def main() -> None:
    """Two short chains in both implementations, the moments of many long ones, and the verdict on the way back."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            print(implementation, *chains(random.key(0), 2, 2)[:, -1])
    q = chains(random.key(1), 1000, 100)[:, 20:].reshape(-1, 2)
    print(f"means {vnp.mean(q, axis=0)} for 0, 1/2; variances {vnp.var(q, axis=0)} for 1, 3/2")
    print(verax.judge(there_and_back, vnp.array([0.5, -0.25]), vnp.array([1.0, 0.75])))


if __name__ == "__main__":
    main()

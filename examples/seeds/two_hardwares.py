"""One model over two kinds of fake device: what the number formats of hardware that you do not have make of it.

The lanes of one mesh multiply as TPUs do by default, in bfloat16, and flush subnormal numbers; those of the other as
they are. The model's program is the same, and so are its weights. On plain devices its scores are as near the truth as
they can be. On the others they are off by thousands of times what is allowed, and the verdict blames the products.

`product_in_parts` is the mend: a float32 (but for the tiniest) is the sum of three bfloat16, whose products are exact
in float32, and of the nine the largest six are enough (Henry, Tang and Heinecke, "Leveraging the bfloat16 artificial
intelligence datatype for higher-precision computations", ARITH 2019). With it, the model keeps its digits on both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array
from verax.fake_devices import bf16_products, fake_devices, flush_subnormals
from verax.sharding import PartitionSpec as P

Rows = Annotated[Float32[Array, "4 6"], Interval(ge=-2, le=2)]
Weights = Annotated[Float32[Array, "6 3"], Interval(ge=-2, le=2)]
Product = Callable[[Any, Any], Any]

KINDS: dict[str, Any] = {"plain": [], "as TPUs do": [bf16_products, flush_subnormals]}


def parts(x: Any) -> list[Any]:
    """Three bfloat16 whose sum is a float32, as float32."""
    found = []
    for _ in range(3):
        part = vnp.asarray(vnp.asarray(x, vnp.bfloat16), vnp.float32)
        found.append(part)
        x = x - part
    return found


def product_in_parts(a: Any, b: Any) -> Any:
    """a @ b where operands of products are bfloat16; the least of its terms are added up first."""
    first, second = parts(a), parts(b)
    return sum(first[i] @ second[k - i] for k in (2, 1, 0) for i in range(k + 1))


def scores(x: Rows, w: Weights, product: Product = vnp.matmul) -> Float32[Array, "4 3"]:
    """One layer, its rows spread over the devices that there are."""

    def lane(x: Any, w: Any) -> Any:
        return vnp.tanh(product(x, w) / 4)

    mesh = verax.make_mesh((verax.device_count(),), ("rows",))
    return verax.shard_map(lane, mesh=mesh, in_specs=(P("rows"), P()), out_specs=P("rows"))(x, w)


def data() -> tuple[Any, Any]:
    """Rows and weights."""
    rng = np.random.default_rng(0)
    x, w = (vnp.asarray(rng.standard_normal(shape).astype(np.float32)) for shape in ((4, 6), (6, 3)))
    return x, w


def verdict(kind: str, product: Product) -> Any:
    """What is to be said of the model, with one of the two products, on two devices of a kind."""
    with fake_devices(2, formats=KINDS[kind]):
        return verax.judge(lambda x, w: scores(x, w, product), *data(), name=f"scores by {product.__name__}")


def main() -> None:
    """A row of scores in both implementations, errors on both kinds, and the verdict on plain devices."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation), fake_devices(2):
            print(implementation, scores(*data())[0])
    for kind in KINDS:
        for product in (vnp.matmul, product_in_parts):
            print(f"{kind}, {product.__name__}: off by {verdict(kind, product).error:.2g} ULP")
    print(verdict("plain", vnp.matmul))


if __name__ == "__main__":
    main()

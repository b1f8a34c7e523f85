"""The rule tables are complete: every primitive of the catalogue has its row in each."""

import pytest

from verax.fast import collectives
from verax.fast.differentiation.linear import backward_call_p
from verax.fast.execution import CONTROL
from verax.fast.kernels import KERNELS
from verax.fast.rules.batching import BATCHING
from verax.fast.rules.jvp import JVP, REBOUND
from verax.fast.rules.transpose import TRANSPOSE
from verax.language.catalogue import PRIMITIVES

# Calls with custom rules never reach a table: dispatch hands every level the rule itself.
# The call of a custom backward rule is a primitive of fast's own.
ROWS = set(PRIMITIVES) - REBOUND | {backward_call_p.name}
TABLES = {
    "kernels": {*KERNELS, *CONTROL, *collectives.KERNELS},
    "jvp": set(JVP),
    "transpose": set(TRANSPOSE),
    "batching": set(BATCHING),
}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_a_row_for_every_primitive_and_no_other(table: str) -> None:
    assert TABLES[table] == ROWS


def test_only_calls_with_custom_rules_are_rebound() -> None:
    assert set(REBOUND) == {"custom_jvp_call", "custom_vjp_call"}

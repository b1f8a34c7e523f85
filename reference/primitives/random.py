"""Threefry-2x32 with 20 rounds.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11).
"""

from __future__ import annotations

from .call import Call, Lists, Rule

_ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
_PARITY = 0x1BD11BDA
_MASK = 0xFFFFFFFF


def block(k0: int, k1: int, x0: int, x1: int) -> tuple[int, int]:
    """The two words of one key and one counter."""
    key = (k0, k1, k0 ^ k1 ^ _PARITY)
    x0, x1 = (x0 + k0) & _MASK, (x1 + k1) & _MASK
    for step in range(20):
        turn = _ROTATIONS[step % 8]
        x0 = (x0 + x1) & _MASK
        x1 = ((x1 << turn) | (x1 >> (32 - turn))) & _MASK
        x1 ^= x0
        if step % 4 == 3:
            injection = step // 4 + 1
            x0 = (x0 + key[injection % 3]) & _MASK
            x1 = (x1 + key[(injection + 1) % 3] + injection) & _MASK
    return x0, x1


def threefry2x32(c: Call) -> Lists:
    """One block for each element."""
    lists = [[int(c.system.outcome(s)) for s in x.scalars] for x in c.operands]
    blocks = [block(*words) for words in zip(*lists, strict=True)]
    return [[first for first, _ in blocks], [second for _, second in blocks]]


RULES: dict[str, Rule] = {"threefry2x32": threefry2x32}

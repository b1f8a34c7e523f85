"""Whether the assertions beyond Chex's stay silent on correct code: random programs, each asserted all that is so.

`python -m verax.property_tests.silence --programs 200 --seed 0` says how often each was asserted, and every failure.
"""

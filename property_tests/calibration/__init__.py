"""Whether the derived bounds and typical errors are right: random programs in plain NumPy, held against `Bounded`.

`python -m verax.property_tests.calibration --programs 1000 --seed 0` says how often NumPy's answers lie beyond the
bound made with NumPy's own declared budgets, how slack that bound is, and whether the typical error is typical.
"""

"""Every transcendental primitive of the reference against Arb's function of the same name, at thousands of points."""

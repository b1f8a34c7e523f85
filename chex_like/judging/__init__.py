"""How a verdict comes about: a program on the machine, in the reference, and who is at fault where they differ."""

"""Differentiation: forward levels, linear programs, and their transposes."""

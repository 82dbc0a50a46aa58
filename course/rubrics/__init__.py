"""The hidden checks, one module per lab, written with `helpers.checks` like the visible ones.

Inputs are drawn fresh for every run from the generator `rng`, whose seed stands in the report; what is
expected of the answers is worked out here and never travels to the student's code.
"""

"""Vectors of `isotonic/reward`."""


def files():
    return []

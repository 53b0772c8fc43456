"""Vectors of `isotonic/shape`."""


def files():
    return []

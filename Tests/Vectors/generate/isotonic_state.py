"""Vectors of `isotonic/state`."""


def files():
    return []

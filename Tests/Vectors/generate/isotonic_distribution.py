"""Vectors of `isotonic/distribution`."""


def files():
    return []

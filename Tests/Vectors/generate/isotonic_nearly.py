"""Vectors of `isotonic/nearly`."""


def files():
    return []

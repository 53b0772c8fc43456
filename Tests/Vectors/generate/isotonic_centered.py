"""Vectors of `isotonic/centered`."""


def files():
    return []

"""Vectors of `isotonic/prediction`."""


def files():
    return []

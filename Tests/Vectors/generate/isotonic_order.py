"""Vectors of `isotonic/order`."""


def files():
    return []

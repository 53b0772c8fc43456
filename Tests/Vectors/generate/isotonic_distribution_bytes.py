"""Isotonic distributions as bytes: the format as it is described, packed by itself."""

import struct

from distributions import INF
from files import VectorFile
from isotonic_distribution import SQUARE


def files():
    return [serialize(), deserialize()]


def stored(knots, jumps, direction=0, version=2, kind=b"QCISODIS", checksum=None, tail=b"", dimensions=1):
    """The format: `knots` are coordinates row by row, `jumps` pairs of a threshold and its runs,
    (start, end, value)."""
    runs = [run for _, of_threshold in jumps for run in of_threshold]
    contents = kind + struct.pack("<6Q", version, direction, dimensions, len(knots) // max(dimensions, 1),
                                  len(jumps), len(runs))
    contents += struct.pack(f"<{len(knots)}d", *knots)
    contents += struct.pack(f"<{len(jumps)}d", *(threshold for threshold, _ in jumps))
    contents += struct.pack(f"<{len(jumps)}I", *(len(of_threshold) for _, of_threshold in jumps))
    contents += b"".join(struct.pack("<IId", *run) for run in runs) + tail
    return [*contents, *struct.pack("<Q", fnv(contents) if checksum is None else checksum)]


def fnv(contents):
    """FNV-1a of 64 bits."""
    value = 0xCBF29CE484222325
    for byte in contents:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


# Of four corners and of all outcomes.
CORNERS = ([0, 0, 0, 1, 1, 0, 1, 1],
           [(1, [(0, 2, 0.5), (4, 5, 0.25)]), (2, [(0, 2, 1), (4, 5, 0.5)]),
            (3, [(2, 3, 1), (4, 5, 0.75)]), (4, [(3, 4, 1), (4, 5, 1)])])
HALVES = ([1, 2, 4], [(5, [(0, 1, 1), (1, 2, 0.5)]), (6, [(1, 3, 1)])])


def serialize():
    file = VectorFile("isotonic/distribution_serialize.json", "qc_isotonic_distribution_serialize", [""],
                      "the format as it is described, packed by itself (generate/isotonic_distribution_bytes.py)")
    file.expect("one observation", {"bytes": stored([1.5], [(2, [(0, 1, 1)])])}, x=[1.5], y=[2])
    file.expect("one covariate", {"bytes": stored([1], [(0, [(0, 1, 0.25)]), (3, [(0, 1, 1)])])},
                x=[1] * 4, y=[3, 0, 3, 3])
    file.expect("two, decreasing: covariates are negated",
                {"bytes": stored([-2, -1], [(4, [(0, 2, 1)])], direction=1)}, x=[1, 2], y=[4, 4],
                direction="decreasing")
    file.expect("a square", {"bytes": stored(*CORNERS, dimensions=2)}, **SQUARE)
    return file


def deserialize():
    file = VectorFile("isotonic/distribution_deserialize.json", "qc_isotonic_distribution_deserialize", [""],
                      "the format as it is described, packed by itself (generate/isotonic_distribution_bytes.py)",
                      outputs={"probabilities": "f64", "thresholds": "f64"})
    file.expect("three covariates, two thresholds",
                {"thresholds": [5, 6], "probabilities": [[1, 1], [0.5, 1], [0.25, 1], [0, 1]]},
                bytes=stored(*HALVES), queries=[1, 2, 3, 4])
    file.expect("decreasing", {"thresholds": [5, 6], "probabilities": [[1, 1], [0.5, 1], [0, 1]]},
                bytes=stored([-4, -2, -1], HALVES[1], direction=1), queries=[4, 2, 1])
    file.expect("two dimensions",
                {"thresholds": [1, 2, 3, 4],
                 "probabilities": [[0.5, 1, 1, 1], [0.25, 0.5, 0.5, 1], [0.25, 0.5, 0.75, 1]]},
                bytes=stored(*CORNERS, dimensions=2), queries=[[0, 1], [0.5, 0.5], [-1, 2]])
    good = stored(*HALVES)
    knots, jumps = HALVES
    corners = CORNERS[1]
    bad = {
        "nothing": [],
        "too few": good[:23],
        "the end is missing": good[:-1],
        "one too many": [*good, 0],
        "another kind": stored(*HALVES, kind=b"QCISODIX"),
        "the version before": stored(*HALVES, version=1),
        "a later version": stored(*HALVES, version=3),
        "a wrong checksum": stored(*HALVES, checksum=0),
        "a bit has flipped": [*good[:60], good[60] ^ 4, *good[61:]],
        "an unknown direction": stored(*HALVES, direction=2),
        "a direction that is no int32": stored(*HALVES, direction=2**63),
        "more contents than counted": stored(*HALVES, tail=bytes(8)),
        "no covariates": stored([], [(5, [])]),
        "no thresholds": stored([1], []),
        "covariates out of order": stored([2, 1, 4], jumps),
        "equal covariates": stored([1, 1, 4], jumps),
        "a covariate is NaN": stored([1, 2, float("nan")], jumps),
        "a covariate is infinite": stored([1, 2, INF], jumps),
        "thresholds out of order": stored(knots, jumps[::-1]),
        "a threshold is NaN": stored(knots, [(float("nan"), jumps[0][1])]),
        "an empty run": stored(knots, [(5, [(1, 1, 0.5)])]),
        "a run that ends before it starts": stored(knots, [(5, [(2, 1, 0.5)])]),
        "a run beyond the covariates": stored(knots, [(5, [(0, 4, 0.5)])]),
        "runs that overlap": stored(knots, [(5, [(0, 2, 0.5), (1, 3, 0.25)])]),
        "a value above 1": stored(knots, [(5, [(0, 1, 1.5)])]),
        "a value below 0": stored(knots, [(5, [(0, 1, -0.5)])]),
        "a value is NaN": stored(knots, [(5, [(0, 1, float("nan"))])]),
        "values that rise with x": stored(knots, [(5, [(0, 1, 0.25), (1, 2, 0.5)])]),
        "a value above its old left neighbour": stored(knots, [(5, [(1, 2, 0.5)])]),
        "no dimensions": stored(*HALVES, dimensions=0),
        "more dimensions than there is room for": stored(*HALVES, dimensions=2**61),
        "covariates out of lexicographic order": stored([0, 1, 0, 0, 1, 0, 1, 1], corners, dimensions=2),
        "equal rows": stored([0, 0, 0, 1, 0, 1, 1, 1], corners, dimensions=2),
        "values that rise along the order": stored(CORNERS[0], [(1, [(3, 4, 0.5)])], dimensions=2),
        "values that rise across others": stored(
            CORNERS[0], [(1, [(0, 1, 0.5)]), (2, [(0, 1, 1), (1, 2, 0.5), (3, 4, 0.25)])], dimensions=2),
        "a value in the plane that falls": stored(CORNERS[0], [(1, [(0, 1, 0.5)]), (2, [(0, 1, 0.25)])],
                                                  dimensions=2),
        "all outcomes fall": stored(CORNERS[0], [(1, [(4, 5, 0.5)]), (2, [(4, 5, 0.25)])], dimensions=2),
        "a run beyond all outcomes": stored(CORNERS[0], [(1, [(4, 6, 0.5)])], dimensions=2),
        "a value that falls": stored(knots, [(5, [(0, 3, 0.5)]), (6, [(2, 3, 0.25)])]),
    }
    for name, content in bad.items():
        file.refuse(name, "QC_ERR_FORMAT", "bytes", bytes=content, queries=[])
    counts = bytearray(good)
    counts[32:40] = struct.pack("<Q", 2**61)
    contents = bytes(counts[:-8])
    file.refuse("a count that would overflow", "QC_ERR_FORMAT", "bytes",
                bytes=[*contents, *struct.pack("<Q", fnv(contents))], queries=[])
    return file

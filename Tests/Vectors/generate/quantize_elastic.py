"""Family `quantize`: midrise codes at fewer bits."""

import math
from fractions import Fraction

from exact import F32
from files import VectorFile
from quantize_grid_rounding import FLOAT_MAX, OPTIONS, encode_number
from quantize_integer import groups
from quantize_storage import pack, unpack


def files():
    return [options_init(), elastic_file(), direct_file()]


def options_init():
    file = VectorFile("quantize/elastic_options_init.json", "qc_quantize_elastic_options_init", [""],
                      "the comments of include/quantcal/quantize/elastic.h")
    file.expect("the defaults", {"granularity": "group", "group_size": 128, "refit": 0})
    return file


def solve(format, codes, scales, rows, columns, bits, fewer_bits, refit=0, **given):
    options = OPTIONS | given
    unpacked = unpack(codes, rows, columns, bits, False)
    fewer = [[code // 2 ** (bits - fewer_bits) for code in row] for row in unpacked]
    made = []
    for group, scale in zip(groups(rows, columns, options["granularity"], options["group_size"]), scales):
        level = {(i, j): unpacked[i][j] + Fraction(1, 2) - 2 ** (bits - 1) for i, j in group}
        coarse = {(i, j): fewer[i][j] + Fraction(1, 2) - Fraction(2) ** (fewer_bits - 1) for i, j in group}
        factor = (sum(level[c] * coarse[c] for c in group) / sum(coarse[c] ** 2 for c in group) if refit
                  else 2 ** (bits - fewer_bits))
        made.append(F32.round(min(Fraction(scale) * factor, Fraction(FLOAT_MAX))))
    return {"fewer_codes": pack(fewer, fewer_bits), "fewer_scales": made}


def elastic_vectors(name, source, solve=None):
    return VectorFile(f"quantize/{name}.json", "qc_quantize_elastic", [""], source, solve,
                      inputs={"scales": "f32"}, outputs={"fewer_scales": "f32"})


def some(rows, columns, bits):
    return pack([[(29 * (i * columns + j) ** 2 + 3 * i) % 2**bits for j in range(columns)] for i in range(rows)], bits)


def elastic_file():
    file = elastic_vectors("elastic", "leading bits, and sums in rationals (generate/quantize_elastic.py)", solve)
    for bits in range(1, 9):
        for fewer in range(1, bits + 1):
            file.add(f"{bits} to {fewer}", codes=some(2, 11, bits), scales=[0.75, 3], rows=2, columns=11, bits=bits,
                     fewer_bits=fewer)
    for granularity, count in [("group", 6), ("row", 2), ("tensor", 1)]:
        for refit in [0, 1]:
            file.add(f"per {granularity}, {refit}", codes=some(2, 11, 6), scales=[0.1 * (k + 1) for k in range(count)],
                     rows=2, columns=11, bits=6, fewer_bits=3, granularity=granularity, group_size=4, refit=refit)
    file.add("a row longer than what is done at a time", codes=some(1, 2100, 5), scales=[1], rows=1, columns=2100,
             bits=5, fewer_bits=2, group_size=2100, refit=1)
    file.add("the largest scale", codes=[255], scales=[FLOAT_MAX], rows=1, columns=1, bits=8, fewer_bits=1)
    file.expect("no rows", {"fewer_codes": [], "fewer_scales": []}, codes=[], scales=[], rows=0, columns=5, bits=8,
                fewer_bits=4)
    one = {"codes": [0], "scales": [1], "rows": 1, "columns": 1}
    for bits in [0, 9]:
        file.refuse(f"{bits} bits", "QC_ERR_DOMAIN", f"bits is {bits}", bits=bits, fewer_bits=1, **one)
    for fewer in [0, 5]:
        file.refuse(f"4 to {fewer} bits", "QC_ERR_DOMAIN", f"fewer_bits is {fewer}", bits=4, fewer_bits=fewer, **one)
    for scale, status in [(0, "QC_ERR_DOMAIN"), (-1, "QC_ERR_DOMAIN"), (math.nan, "QC_ERR_NOT_FINITE")]:
        file.refuse(f"a scale is {scale}", status, "scales[0]", **one | {"scales": [scale]}, bits=4, fewer_bits=2)
    file.refuse("groups of no elements", "QC_ERR_OPTIONS", "group_size", bits=4, fewer_bits=2, group_size=0, **one)
    return file


def direct_file():
    """Codes of numbers, and codes of the same numbers at fewer bits."""
    file = elastic_vectors("elastic_direct", "the same numbers on the grid of fewer bits, by the grid's definition in "
                           "rationals (generate/quantize_elastic.py)")
    numbers = [((29 * k * k + 7 * k) % 611 - 305) / 64 + 1 / 1024 for k in range(60)]

    def codes(bits, scale):
        return pack([[encode_number({"kind": "midrise", "bits": bits}, x, scale, 0) for x in numbers]], bits)

    for bits in [8, 6, 5, 3]:
        for fewer in range(1, bits):
            scale = 2.0 ** (2 - bits)
            file.expect(f"{bits} to {fewer}", {"fewer_codes": codes(fewer, scale * 2 ** (bits - fewer)),
                                               "fewer_scales": [scale * 2 ** (bits - fewer)]},
                        codes=codes(bits, scale), scales=[scale], rows=1, columns=60, bits=bits, fewer_bits=fewer)
    return file

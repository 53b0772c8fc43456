"""Family `quantize`: trellis-coded quantization: all paths compared with each other, in rationals."""

import struct
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

from exact import F32
from files import Matrix0, VectorFile
from isotonic_distribution import philox

FIELDS = ["values", "importance", "scales", "table"]
DEFAULTS = {"code": "1mad", "state_bits": 16, "step_bits": 2, "step_values": 1, "table_bits": 9, "tail_biting": 1,
            "granularity": "row", "group_size": 128, "length": 256, "seed": 0, "ratio": 0.9}
TINY = 2.0 ** -149
LARGEST = float(2 ** 128 - 2 ** 104)


def files():
    return [options_init(), values_file(), layout_file(), scales_file(), encode_file(), decode_file()]


def vector_file(name, function, solve, outputs, tolerance=None, types=("f32",)):
    return VectorFile(f"quantize/{name}.json", function, list(types),
                      "the definitions of include/quantcal/quantize/trellis.h in integers and rationals, every path "
                      "compared with every other (generate/quantize_trellis.py)", solve,
                      inputs=dict.fromkeys(FIELDS, "f32") | {"ratio": "f64"}, outputs=outputs, tolerance=tolerance)


def options_init():
    file = VectorFile("quantize/trellis_options_init.json", "qc_quantize_trellis_options_init", [""],
                      "the comments of include/quantcal/quantize/trellis.h", outputs={"ratio": "f64"})
    file.expect("the defaults", DEFAULTS)
    return file


# -- The definitions ---------------------------------------------------------------


def one_mad(state):
    word = (34038481 * state + 76625530) % 2 ** 32
    total = sum(word >> shift & 255 for shift in (0, 8, 16, 24))
    return F32.round(Fraction(total - 510) / Fraction("147.800537109375"))


def half(bits):
    return struct.unpack("<e", struct.pack("<H", bits))[0]


def three_inst(state):
    word = (89226354 * state + 64248484) % 2 ** 32 & 0x8FFF8FFF ^ 0x3B603B60
    return struct.unpack("<e", struct.pack("<e", half(word >> 16) + half(word & 0xFFFF)))[0]


def gaussian(seed, index):
    words = philox(seed, index // 2, 16)
    bits = (words[1] << 32 | words[0]) if index % 2 == 0 else (words[3] << 32 | words[2])
    return NormalDist().inv_cdf(((bits >> 12) + 0.5) * 2.0 ** -52)


def numbers(table=None, code="1mad", state_bits=16, step_values=1, table_bits=9, seed=0, **_):
    """A row for each state."""
    def row(state):
        if code == "1mad":
            return [one_mad(state)]
        if code == "3inst":
            return [three_inst(state)]
        if code == "gaussian":
            return [gaussian(seed, state * step_values + place) for place in range(step_values)]
        if code == "table":
            return table[state]
        hashed = state * (state + 1)
        own = list(table[(hashed >> 15 - table_bits) % 2 ** table_bits])
        return [-own[0]] + own[1:] if hashed >> 15 & 1 else own

    return [row(state) for state in range(2 ** state_bits)]


def shape(elements, state_bits=16, step_bits=2, step_values=1, tail_biting=1, **_):
    """Steps and bits of a sequence."""
    steps = -(-elements // step_values)
    if not tail_biting:
        return steps, state_bits + (steps - 1) * step_bits
    steps = max(steps, -(-state_bits // step_bits))
    return steps, steps * step_bits


def sequences(count, length=256, **_):
    return [range(first, min(first + length, count)) for first in range(0, count, length)]


def groups_of(rows, columns, granularity="row", group_size=128, **_):
    """The group of each element, and how many there are."""
    if rows * columns == 0:
        return [], 0
    if granularity == "tensor":
        return [0] * (rows * columns), 1
    width = min(group_size, columns) if granularity == "group" else columns
    each = -(-columns // width)
    return [row * each + column // width for row in range(rows) for column in range(columns)], rows * each


def best_path(costs, state_bits, step_bits, joint=None):
    """Of all paths the one of least cost; among equals that of the lowest last state, then the one before it."""
    mask, best = 2 ** state_bits - 1, None
    low = 2 ** (state_bits - step_bits) - 1

    def walk(path, cost):
        nonlocal best
        if len(path) == len(costs):
            if joint is None or path[-1] & low == joint:
                key = (cost, path[::-1])
                best = key if best is None or key < best else best
            return
        for new in range(2 ** step_bits):
            state = (path[-1] << step_bits | new) & mask
            walk(path + [state], cost + costs[len(path)][state])

    for state in range(2 ** state_bits):
        if joint is None or state >> step_bits == joint:
            walk([state], costs[0][state])
    return best[1][::-1]


def path_of(costs, state_bits=16, step_bits=2, tail_biting=1, **_):
    if not tail_biting:
        return best_path(costs, state_bits, step_bits)
    turn = len(costs) - len(costs) // 2
    free = best_path(costs[turn:] + costs[:turn], state_bits, step_bits)
    return best_path(costs, state_bits, step_bits, free[len(costs) // 2] >> step_bits)


def packed(path, bits, state_bits=16, step_bits=2, **_):
    text = format(path[0], f"0{state_bits}b") + "".join(
        format(state % 2 ** step_bits, f"0{step_bits}b") for state in path[1:])
    assert len(text) == bits or text[bits:] == text[:len(text) - bits]  # the ring closes
    text = text[:bits] + "0" * (-bits % 8)
    return [int(text[first:first + 8], 2) for first in range(0, len(text), 8)]


def solve_encode(format, values, scales, importance=None, **options):
    rows, columns = len(values), len(values[0])
    flat = [x for row in values for x in row]
    weights = [h for row in importance for h in row] if importance else [1] * len(flat)
    group, _ = groups_of(rows, columns, **options)
    scale = [scales[g] for g in group]
    table, width = numbers(**options), options.get("step_values", 1)
    codes, error = [], Fraction(0)
    for own in sequences(len(flat), **options):
        steps, bits = shape(len(own), **options)
        costs = []
        for step in range(steps):
            part = own[step * width:(step + 1) * width]
            costs.append([sum(Fraction(weights[e]) * (Fraction(flat[e]) - Fraction(row[place]) * Fraction(scale[e])) ** 2
                              for place, e in enumerate(part)) for row in table])
        path = path_of(costs, **options)
        codes += packed(path, bits, **options)
        for place, e in enumerate(own):
            value = F32.round(Fraction(table[path[place // width]][place % width]) * Fraction(scale[e]))
            error += Fraction(weights[e]) * (Fraction(flat[e]) - Fraction(value)) ** 2
    return {"codes": codes, "error": error}


def solve_decode(format, codes, scales, rows, columns, **options):
    group, _ = groups_of(rows, columns, **options)
    table, width = numbers(**options), options.get("step_values", 1)
    state_bits, step_bits = options.get("state_bits", 16), options.get("step_bits", 2)
    values, first = [], 0
    for own in sequences(rows * columns, **options):
        steps, bits = shape(len(own), **options)
        size = -(-bits // 8)
        text = "".join(format_bits(byte) for byte in codes[first:first + size])[:bits]
        first += size
        text += text  # a ring
        for place, e in enumerate(own):
            start = place // width * step_bits
            row = table[int(text[start:start + state_bits], 2)]
            values.append(Fraction(row[place % width]) * Fraction(scales[group[e]]))
    return {"values": [values[row * columns:(row + 1) * columns] for row in range(rows)]}


def format_bits(byte):
    return format(byte, "08b")


# -- The cases ---------------------------------------------------------------------


def values_file():
    file = vector_file("trellis_values", "qc_quantize_trellis_values",
                       lambda format, **options: {"values": numbers(**options)}, {"values": "f32"})
    file.add("1MAD", code="1mad", state_bits=9, step_bits=1)
    file.add("3INST", code="3inst", state_bits=9, step_bits=1)
    file.expect("1MAD of one bit", {"values": [[-1.251687], [-0.838969]]}, code="1mad", state_bits=1, step_bits=1,
                tolerance={"relative": 1e-6}, source="QTIP's published code")
    file.expect("3INST of one bit", {"values": [[0.768066], [-0.919434]]}, code="3inst", state_bits=1, step_bits=1,
                tolerance={"relative": 1e-6}, source="QTIP's published code")
    for seed in [0, 7, 2 ** 40]:
        file.add(f"normal numbers of seed {seed}", code="gaussian", state_bits=5, step_bits=1, step_values=3, seed=seed,
                 tolerance={"relative": 1e-6})
    file.add("a table", code="table", state_bits=2, step_values=2, table=[[0.5, -1], [2.0 ** 20, 3], [-2.0 ** 20, 0], [TINY, 1]])
    small = [[k + 1, -k] for k in range(8)]
    file.add("hashes of states", code="hybrid", state_bits=9, step_values=2, table_bits=3, table=small)
    file.add("hashes into the largest table", code="hybrid", state_bits=4, table_bits=9, table=[[k] for k in range(512)])
    option_refusals(file, {})
    table_refusals(file, {})
    return file


def option_refusals(file, good):
    for name, wrong in [("state_bits", [0, -1, 21]), ("step_bits", [0, -1, 17]), ("step_values", [0, 2, -2147483648]),
                        ("length", [0, 2 ** 24 + 1])]:
        for value in wrong:
            file.refuse(f"{name} of {value}", "QC_ERR_OPTIONS", name, **good, **{name: value})
    file.refuse("more new bits than bits", "QC_ERR_OPTIONS", "step_bits is 3", **good, state_bits=2, step_bits=3)
    file.refuse("two numbers of 3INST", "QC_ERR_OPTIONS", "step_values is 2", **good, code="3inst", step_values=2)
    file.refuse("17 numbers", "QC_ERR_OPTIONS", "step_values is 17", **good, code="gaussian", step_values=17)
    file.refuse("a sequence that would need too much memory", "QC_ERR_OPTIONS", "length is 65536", **good,
                state_bits=20, length=65536)


def table_refusals(file, good):
    own = good | {"code": "table", "state_bits": 1, "step_bits": 1}
    file.refuse("a table with NaN", "QC_ERR_NOT_FINITE", "table[1] is nan", **own, table=[[1], ["nan"]])
    file.refuse("a table with large numbers", "QC_ERR_DOMAIN", "table[0] is -1048577", **own, table=[[-1048577], [1]])
    for bits in [0, 16]:
        file.refuse(f"table_bits of {bits}", "QC_ERR_OPTIONS", "table_bits", **good, code="hybrid", table_bits=bits,
                    table=[[1]])


def solve_layout(format, rows, columns, **options):
    total = sum(-(-shape(len(own), **options)[1] // 8) for own in sequences(rows * columns, **options))
    return {"code_bytes": total, "group_count": groups_of(rows, columns, **options)[1]}


def layout_file():
    file = vector_file("trellis_layout", "qc_quantize_trellis_layout", solve_layout, {}, types=[""])
    for rows, columns in [(1, 1), (4, 256), (3, 100), (1, 513), (513, 1), (0, 5), (5, 0), (0, 0)]:
        for tail_biting in [0, 1]:
            file.add(f"{rows} x {columns}, {'ring' if tail_biting else 'open'}", rows=rows, columns=columns,
                     tail_biting=tail_biting)
    file.add("halves of bits", rows=2, columns=100, code="gaussian", step_bits=3, step_values=2, length=64)
    file.add("an odd length", rows=3, columns=35, code="gaussian", step_bits=5, step_values=3, length=32, tail_biting=0)
    file.add("groups", rows=3, columns=35, granularity="group", group_size=16)
    file.add("one scale", rows=3, columns=35, granularity="tensor")
    file.add("all of a state is new", rows=2, columns=9, state_bits=4, step_bits=4, length=5)
    file.add("sequences of one", rows=2, columns=3, length=1)
    option_refusals(file, {"rows": 2, "columns": 3})
    file.refuse("a group size of 0", "QC_ERR_OPTIONS", "group_size", rows=1, columns=1, granularity="group", group_size=0)
    file.refuse("too large", "QC_ERR_SIZE", "rows", rows=2 ** 62, columns=2)
    file.refuse("codes too long", "QC_ERR_SIZE", "rows", rows=2 ** 62, columns=1, length=1)
    return file


def solve_scales(format, values, ratio=0.9, **options):
    group, count = groups_of(len(values), len(values[0]), **options)
    flat = [Fraction(x) for row in values for x in row]
    table = [Fraction(x) for row in numbers(**options) for x in row]
    square = sum(x * x for x in table) / len(table)
    scales = []
    for g in range(count):
        own = [x for x, place in zip(flat, group) if place == g]
        ratio_square = sum(x * x for x in own) / len(own) / square / Fraction(ratio) ** 2
        root = (Decimal(ratio_square.numerator) / Decimal(ratio_square.denominator)).sqrt()
        scales.append(max(Fraction(root), Fraction(2) ** -126) if any(own) else 1)
    return {"scales": scales}


def scales_file():
    file = vector_file("trellis_scales", "qc_quantize_trellis_scales", solve_scales, {"scales": "f32"},
                       {"relative": 1.2e-7})
    wave = [[((7 * i * i + 3 * j * j + j) % 23 - 11) / 8 for j in range(21)] for i in range(4)]
    short = {"state_bits": 8}
    file.add("rows", values=wave, **short)
    file.add("groups", values=wave, granularity="group", group_size=5, **short)
    file.add("all", values=wave, granularity="tensor", code="3inst", **short)
    file.add("another ratio", values=wave, ratio=1.25, **short)
    table = [[1, -2], [0.5, 4], [0, 0], [3, 1]]
    file.add("a table", values=wave, code="table", state_bits=2, step_values=2, table=table)
    file.add("hashes", values=wave, code="hybrid", state_bits=9, step_values=2, table_bits=2, table=table)
    file.add("zeros", values=[[0, -0.0], [0, 3]], **short)
    file.add("tiny", values=[[TINY, 0], [2.0 ** -126, 0]], **short)
    file.add("large", values=[[1e30, -1e30], [1e-30, 3e-30]], **short)
    file.expect("a table beyond which nothing fits", {"scales": [F32.round(Fraction(LARGEST) / 4)]}, values=[[LARGEST]],
                code="table", state_bits=1, step_bits=1, table=[[4], [2.0 ** -60]], ratio=2.0 ** -10)
    file.expect("no rows", {"scales": []}, values=Matrix0(0, 3))
    file.expect("no columns", {"scales": []}, values=Matrix0(3, 0))
    good = {"values": [[1, 2], [3, 4]]}
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "values[3] is nan", values=[[1, 2], [3, "nan"]])
    file.refuse("infinity", "QC_ERR_NOT_FINITE", "values[0] is -inf", values=[["-inf", 2], [3, 4]])
    file.refuse("a table of zeros", "QC_ERR_DOMAIN", "0", code="table", state_bits=1, step_bits=1, table=[[0], [0]], **good)
    for ratio in [0, -1, "nan", "inf", 1025]:
        file.refuse(f"a ratio of {ratio}", "QC_ERR_OPTIONS", "ratio is", ratio=ratio, **good)
    option_refusals(file, good)
    table_refusals(file, good)
    return file


def quarters(count, seed, span=9):
    """Multiples of 1/4: their squares and the sums of those are exact in single precision."""
    return [(((seed + 3) * i * i + 5 * i + seed) % (2 * span + 1) - span) / 4 for i in range(count)]


def small_table(state_bits, width, seed=0):
    flat = quarters(2 ** state_bits * width, seed, 7)
    return [flat[k * width:(k + 1) * width] for k in range(2 ** state_bits)]


def encode_file():
    file = vector_file("trellis_encode", "qc_quantize_trellis_encode", solve_encode, {"error": "f64"},
                       {"relative": 1e-14})

    def matrix(rows, columns, seed=1):
        flat = quarters(rows * columns, seed)
        return [flat[row * columns:(row + 1) * columns] for row in range(rows)]

    for state_bits, step_bits, width, length in [(1, 1, 1, 8), (2, 1, 1, 9), (3, 1, 1, 9), (4, 1, 1, 8), (5, 1, 1, 7),
                                                 (2, 2, 1, 4), (4, 2, 1, 5), (4, 2, 2, 10), (5, 2, 1, 5), (5, 3, 2, 6),
                                                 (4, 3, 3, 9), (6, 4, 1, 3), (7, 1, 1, 7), (3, 1, 4, 24)]:
        for tail_biting in [0, 1]:
            file.add(f"{state_bits} bits, {step_bits} new, {width} numbers, {'ring' if tail_biting else 'open'}",
                     values=matrix(2, length + 2, state_bits), scales=[1, 0.5], code="table", state_bits=state_bits,
                     step_bits=step_bits, step_values=width, length=length, tail_biting=tail_biting,
                     table=small_table(state_bits, width, step_bits))
    base = {"code": "table", "state_bits": 4, "step_bits": 1, "table": small_table(4, 1), "length": 8}
    for tail_biting in [0, 1]:
        word = "ring" if tail_biting else "open"
        own = base | {"tail_biting": tail_biting}
        file.add(f"1MAD, {word}", values=matrix(2, 7), scales=[1, 0.75], code="1mad", state_bits=5, step_bits=1, length=7,
                 tail_biting=tail_biting)
        file.add(f"3INST, {word}", values=matrix(2, 7), scales=[1, 0.75], code="3inst", state_bits=5, step_bits=1,
                 length=7, tail_biting=tail_biting)
        file.add(f"hashes, {word}", values=matrix(1, 12), scales=[1], code="hybrid", state_bits=4, step_bits=2,
                 step_values=2, table_bits=3, table=small_table(3, 2), length=12, tail_biting=tail_biting)
        file.add(f"importance, {word}", values=matrix(1, 8), scales=[1],
                 importance=[[1, 2, 0, 0.5, 4, 1, 0, 2]], **own)
        file.add(f"no importance at all, {word}", values=matrix(1, 8), scales=[1], importance=[[0] * 8], **own)
        file.add(f"groups in a sequence, {word}", values=matrix(2, 6), scales=[1, 2, 0.5, 4], granularity="group",
                 group_size=4, **own)
        file.add(f"one scale, {word}", values=matrix(3, 4), scales=[2], granularity="tensor", **own)
        file.add(f"one column, {word}", values=matrix(11, 1), scales=[1] * 11, **own)
        file.add(f"one element, {word}", values=[[0.75]], scales=[1], **own)
        file.add(f"sequences of one, {word}", values=matrix(1, 3), scales=[1], **own | {"length": 1})
        file.add(f"a sequence longer than the matrix, {word}", values=matrix(1, 5), scales=[1], **own)
        file.add(f"all zeros, {word}", values=[[0] * 8], scales=[1], **own)
        file.add(f"equal numbers of all states, {word}", values=matrix(1, 8), scales=[1], **own | {"table": [[1]] * 16})
    wide = {"code": "table", "state_bits": 2, "step_bits": 2, "table": [[-1], [0], [0.5], [1.5]]}
    file.add("1e30 in its own scale", values=[[1e30, -1e30, 0.5e30, 0]], scales=[1e30], **wide)
    file.add("1e30 far beyond its scale", values=[[1e30, -1e30, 1e30]], scales=[1], **wide)
    file.add("the largest floats", values=[[LARGEST, -LARGEST]], scales=[TINY], **wide)
    file.add("the smallest floats", values=[[TINY, -TINY, 2 * TINY, 0]], scales=[2 * TINY], **wide)
    file.add("12 new bits", values=matrix(1, 3), scales=[1], code="table", state_bits=12, step_bits=12,
             table=[[k / 1024 - 2] for k in range(4096)], length=1)
    file.expect("no rows", {"codes": [], "error": 0}, values=Matrix0(0, 3), scales=[])
    file.expect("no columns", {"codes": [], "error": 0}, values=Matrix0(3, 0), scales=[])
    good = {"values": [[1, 2], [3, 4]], "scales": [1, 1], "state_bits": 4}
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "values[1] is nan", **good | {"values": [[1, "nan"], [3, 4]]})
    file.refuse("infinity", "QC_ERR_NOT_FINITE", "values[2] is inf", **good | {"values": [[1, 2], ["inf", 4]]})
    file.refuse("a scale of 0", "QC_ERR_DOMAIN", "scales[1] is 0", **good | {"scales": [1, 0]})
    file.refuse("a negative scale", "QC_ERR_DOMAIN", "scales[0] is -1", **good | {"scales": [-1, 1]})
    file.refuse("an infinite scale", "QC_ERR_NOT_FINITE", "scales[0]", **good | {"scales": ["inf", 1]})
    file.refuse("negative importance", "QC_ERR_DOMAIN", "importance[3] is -1", importance=[[1, 1], [1, -1]], **good)
    file.refuse("importance of NaN", "QC_ERR_NOT_FINITE", "importance[0]", importance=[["nan", 1], [1, 1]], **good)
    plain = {"values": [[1, 2], [3, 4]], "scales": [1, 1]}
    option_refusals(file, plain)
    table_refusals(file, plain)
    return file


def decode_file():
    file = vector_file("trellis_decode", "qc_quantize_trellis_decode", solve_decode, {"values": "f32"})

    def add(name, rows, columns, **options):
        size = solve_layout(None, rows, columns, **options)
        codes = [(101 * k * k + 59 * k + 37) % 256 for k in range(size["code_bytes"])]
        file.add(name, codes=codes, scales=[0.1 * k + 0.3 for k in range(size["group_count"])], rows=rows, columns=columns,
                 **options)

    for tail_biting in [0, 1]:
        word = "ring" if tail_biting else "open"
        for code in ["1mad", "3inst"]:
            add(f"{code}, {word}", 2, 37, code=code, length=32, tail_biting=tail_biting)
        add(f"17 bits, {word}", 1, 50, state_bits=17, step_bits=3, tail_biting=tail_biting)
        add(f"a table, {word}", 3, 11, code="table", state_bits=5, step_bits=3, step_values=2, length=9,
            table=small_table(5, 2), tail_biting=tail_biting)
        add(f"hashes, {word}", 2, 13, code="hybrid", state_bits=12, step_bits=5, step_values=3, length=15, table_bits=4,
            table=small_table(4, 3), tail_biting=tail_biting, granularity="group", group_size=4)
        add(f"sequences of one, {word}", 1, 4, state_bits=9, length=1, tail_biting=tail_biting, granularity="tensor")
        add(f"16 new bits, {word}", 1, 3, step_bits=16, tail_biting=tail_biting)
        add(f"one column, {word}", 9, 1, state_bits=6, step_bits=1, length=4, tail_biting=tail_biting)
    own = {"rows": 1, "columns": 2, "code": "table", "state_bits": 2, "table": [[-1], [0], [0.5], [1.5]]}
    file.add("bits that are not looked at", codes=[0x7F], scales=[1], **own)
    file.add("scales of any sign", codes=[0xB0], scales=[-2], **own)
    file.expect("no rows", {"values": Matrix0(0, 3)}, codes=[], scales=[], rows=0, columns=3)
    file.refuse("a scale of NaN", "QC_ERR_NOT_FINITE", "scales[0]", codes=[0], scales=["nan"], **own)
    option_refusals(file, {"codes": [0, 0], "scales": [1], "rows": 1, "columns": 2})
    table_refusals(file, {"codes": [0], "scales": [1], "rows": 1, "columns": 2})
    return file

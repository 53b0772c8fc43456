"""Family `quantize`: integer matrices in the layouts of other runtimes, each lane of codes as one integer."""

from files import VectorFile
from quantize_integer import DEFAULTS
from quantize_storage import pack, unpack

AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]
GROUP_MAJOR = ["gptq", "gptq_v2", "awq"]
SOURCE = "the layouts of the header, each lane of codes as one integer cut into words (generate/quantize_checkpoint.py)"


def files():
    return [layout_file(), write_file(), read_file()]


# Layouts


def words_of(codes, bits, word_bytes=4):
    """The words of a lane, each as bytes, lowest first."""
    whole = sum(code << (index * bits) for index, code in enumerate(codes))
    count = -(-len(codes) * bits // (8 * word_bytes))
    data = whole.to_bytes(count * word_bytes, "little")
    return [list(data[k:k + word_bytes]) for k in range(0, len(data), word_bytes)]


def flat(words):
    return [byte for word in words for byte in word]


def lanes_in_order(lanes, bits, word_bytes=4):
    """All words of a lane, then those of the next."""
    return flat(word for lane in lanes for word in words_of(lane, bits, word_bytes))


def lanes_side_by_side(lanes, bits):
    """The first word of each lane, then the second."""
    return flat(word for row in zip(*(words_of(lane, bits) for lane in lanes)) for word in row)


def turned(rows):
    return [list(column) for column in zip(*rows)]


def interleaved(lane):
    return [lane[k + place] for k in range(0, len(lane), 8) for place in AWQ_ORDER]


def lay_out(unsigned, zeros, bits, format, group_size):
    """Weights and zero points of rows of unsigned codes and of rows of zero points."""
    if format == "compressed_tensors":
        return lanes_in_order(unsigned, bits), lanes_side_by_side(turned(zeros), bits)
    if format == "matmul_nbits":
        whole = -(-len(unsigned[0]) // group_size) * group_size
        rows = [row + [0] * (whole - len(row)) for row in unsigned]
        return lanes_in_order(rows, bits, 1), lanes_in_order(zeros, bits, 1)
    if format == "awq":
        return (lanes_in_order(map(interleaved, turned(unsigned)), bits),
                lanes_in_order(map(interleaved, turned(zeros)), bits))
    less = 1 if format == "gptq" else 0
    stored = [[zero - less for zero in row] for row in zeros]
    return lanes_side_by_side(unsigned, bits), lanes_in_order(turned(stored), bits)


def groups_in_row(columns, options):
    return -(-columns // options["group_size"]) if options["granularity"] == "group" else 1


def solve_write(_, codes, scales, rows, columns, format, zeros=None, **given):
    options = DEFAULTS | given
    bits, groups = options["bits"], groups_in_row(columns, options)
    middle = 2 ** (bits - 1)
    is_symmetric = options["scheme"] == "symmetric"
    unsigned = [[code + (middle if is_symmetric else 0) for code in row]
                for row in unpack(codes, rows, columns, bits, is_symmetric)]
    by_rows = [(zeros or [middle] * len(scales))[i * groups:(i + 1) * groups] for i in range(rows)]
    weights, weight_zeros = lay_out(unsigned, by_rows, bits, format, options["group_size"])
    if is_symmetric and format not in GROUP_MAJOR:
        weight_zeros = []
    if format in GROUP_MAJOR:
        scales = sum(turned([scales[i * groups:(i + 1) * groups] for i in range(rows)]), [])
    return {"weights": weights, "weight_scales": scales, "weight_zeros": weight_zeros}


# Matrices


def matrix(rows, columns, format, number=0, **given):
    """A quantized matrix in which codes and parameters repeat late."""
    options = DEFAULTS | given
    bits, groups = options["bits"], groups_in_row(columns, options)
    is_symmetric = options["scheme"] == "symmetric"
    low = -(2 ** (bits - 1)) if is_symmetric else 0
    codes = [[low + (7 * i * i + 5 * j + 3 * (j // 5) + number) % 2**bits for j in range(columns)]
             for i in range(rows)]
    count = rows * groups
    inputs = {"codes": pack(codes, bits), "scales": [((13 * k + number) % 61 + 1) / 16 for k in range(count)]}
    if not is_symmetric:
        # The first version of GPTQ has no zero point of 0.
        least = 1 if format == "gptq" else 0
        inputs["zeros"] = [least + (11 * k + 3 + number) % (2**bits - least) for k in range(count)]
    return inputs | {"rows": rows, "columns": columns, "format": format} | given


def matrices():
    """A name and a matrix for each layout, number of bits and scheme."""
    shapes = {"compressed_tensors": (5, 24, 8), "gptq": (32, 32, 16), "gptq_v2": (32, 32, 32), "awq": (8, 12, 4),
              "matmul_nbits": (3, 37, 16)}
    widths = {"compressed_tensors": [2, 4, 8], "gptq": [2, 3, 4, 8], "gptq_v2": [4], "awq": [4],
              "matmul_nbits": [2, 4, 8]}
    for format, (rows, columns, size) in shapes.items():
        for bits in widths[format]:
            for scheme in ["symmetric", "affine"]:
                yield (f"{format}, {bits} bits, {scheme}",
                       matrix(rows, columns, format, bits=bits, scheme=scheme, group_size=size))
        if format != "matmul_nbits":
            for scheme in ["symmetric", "affine"]:
                yield (f"{format}, a scale per row, {scheme}",
                       matrix(rows, columns, format, 1, scheme=scheme, granularity="row"))
    for columns in [1, 7, 8, 9, 10, 33]:
        yield (f"compressed_tensors, {columns} columns",
               matrix(2, columns, "compressed_tensors", scheme="affine", granularity="row"))
    for rows in [8, 9, 17]:
        yield (f"compressed_tensors, zero points of {rows} rows",
               matrix(rows, 8, "compressed_tensors", scheme="affine", group_size=4))
    yield "awq, two words of outputs", matrix(16, 3, "awq", scheme="affine", granularity="row")
    for columns in [1, 16, 17, 48]:
        yield f"matmul_nbits, {columns} columns", matrix(2, columns, "matmul_nbits", scheme="affine", group_size=16)
    yield "matmul_nbits, a block larger than the row", matrix(1, 5, "matmul_nbits", group_size=256)


def refusals(file, inputs_of):
    """What a format does not have."""
    def refuse(name, status, message, rows=32, columns=32, **given):
        file.refuse(name, status, message, **inputs_of(rows, columns), **given)

    for format, bits in [("compressed_tensors", 3), ("compressed_tensors", 5), ("gptq", 5), ("gptq_v2", 7),
                         ("awq", 3), ("awq", 8), ("matmul_nbits", 3)]:
        refuse(f"{format}, {bits} bits", "QC_ERR_OPTIONS", f"bits is {bits}", format=format, bits=bits,
               group_size=16)
    for format in ["compressed_tensors", "gptq", "awq", "matmul_nbits"]:
        refuse(f"{format}, one scale", "QC_ERR_OPTIONS", "granularity", format=format, granularity="tensor",
               group_size=16)
    refuse("matmul_nbits, a scale per row", "QC_ERR_OPTIONS", "granularity", format="matmul_nbits",
           granularity="row", group_size=16)
    for size in [8, 24, 512]:
        refuse(f"matmul_nbits, groups of {size}", "QC_ERR_OPTIONS", "group_size", format="matmul_nbits",
               group_size=size)
    for rows, columns, message in [(31, 32, "rows is 31"), (32, 33, "columns is 33")]:
        for format in ["gptq", "gptq_v2"]:
            refuse(f"{format}, {rows} x {columns}", "QC_ERR_SIZE", message, rows, columns, format=format,
                   group_size=32)
    refuse("awq, 12 rows", "QC_ERR_SIZE", "rows is 12", 12, 32, format="awq", group_size=32)
    for format in ["compressed_tensors", "awq"]:
        refuse(f"{format}, a group that is not whole", "QC_ERR_SIZE", "multiple of 24", 32, 32, format=format,
               group_size=24)


# Files


def layout_file():
    def solve(_, rows, columns, format, **given):
        inputs = matrix(rows, columns, format, **given)
        out = solve_write(None, **inputs)
        return {"weight_bytes": len(out["weights"]), "zero_bytes": len(out["weight_zeros"])}

    file = VectorFile("quantize/checkpoint_layout.json", "qc_quantize_checkpoint_layout", [""],
                      "the length of what the layouts of the header give (generate/quantize_checkpoint.py)", solve)
    names = ["rows", "columns", "format", "bits", "scheme", "granularity", "group_size"]
    for name, inputs in matrices():
        file.add(name, **{key: inputs[key] for key in names if key in inputs})
    for format in ["compressed_tensors", "gptq", "awq", "matmul_nbits"]:
        for rows, columns in [(0, 32), (32, 0)]:
            file.expect(f"{format}, {rows} x {columns}", {"weight_bytes": 0, "zero_bytes": 0}, rows=rows,
                        columns=columns, format=format, group_size=32)
    file.refuse("a product that does not fit", "QC_ERR_SIZE", None, rows=2**62, columns=2**62,
                format="compressed_tensors")
    refusals(file, lambda rows, columns: {"rows": rows, "columns": columns})
    return file


def write_file():
    file = VectorFile("quantize/checkpoint_write.json", "qc_quantize_checkpoint_write", [""], SOURCE, solve_write,
                      inputs={"scales": "f32"}, outputs={"weight_scales": "f32"})
    for name, inputs in matrices():
        file.add(name, **inputs)
    published(file)
    for value in ["nan", "inf"]:
        file.refuse(f"a scale is {value}", "QC_ERR_NOT_FINITE", "scales[1]", codes=[0] * 8, scales=[1, value],
                    rows=2, columns=8, format="compressed_tensors", group_size=8)
    inputs = matrix(32, 32, "gptq_v2", scheme="affine", group_size=32)

    def with_zero(zero):
        return inputs | {"zeros": [*inputs["zeros"][:5], zero, *inputs["zeros"][6:]]}

    positive = with_zero(0)
    positive["zeros"] = [zero or 1 if index != 5 else 0 for index, zero in enumerate(positive["zeros"])]
    file.refuse("a zero point of 0 in GPTQ's first version", "QC_ERR_DOMAIN", "zeros[5] is 0",
                **positive | {"format": "gptq"})
    file.add("a zero point of 0 in its second version", **positive)
    file.refuse("a zero point above the range", "QC_ERR_DOMAIN", "zeros[5] is 16", **with_zero(16))
    return file


def published(file):
    """Words that the packages' own packers give."""
    def words(*values):
        return [byte for value in values for byte in value.to_bytes(4, "little")]

    sixteen = pack([list(range(-8, 8))], 4)
    file.expect("-8 to 7", {"weights": words(0x76543210, 0xFEDCBA98), "weight_scales": [1]},
                source="compressed-tensors 0.20.0, pack_to_int32", codes=sixteen, scales=[1], rows=1, columns=16,
                format="compressed_tensors", group_size=16)
    file.expect("-4 to -1 in 8 bits", {"weights": words(0x7F7E7D7C), "weight_scales": [1]},
                source="compressed-tensors 0.20.0, pack_to_int32", codes=[252, 253, 254, 255], scales=[1], rows=1,
                columns=4, bits=8, format="compressed_tensors", granularity="row")
    file.expect("zero points of three rows and two groups", {"weight_zeros": words(0xFA0, 0x7B9)},
                source="compressed-tensors 0.20.0, pack_to_int32 along the rows", codes=[0] * 3, scales=[1] * 6,
                zeros=[0, 9, 10, 11, 15, 7], rows=3, columns=2, scheme="affine", format="compressed_tensors",
                group_size=1)
    file.expect("the codes 0 to 7", {"weights": words(0x75316420)},
                source="the packing order of AutoAWQ's gemm kernel", codes=list(range(8)), scales=[1] * 8,
                zeros=[8] * 8, rows=8, columns=1, scheme="affine", format="awq", granularity="row")
    for format, word in [("gptq", 0x77777777), ("gptq_v2", 0x88888888)]:
        file.expect(f"zero points of a symmetric matrix, {format}", {"weight_zeros": words(word) * 4},
                    source="GPTQModel 7.7.0: zero points of symmetric checkpoints of both versions",
                    codes=[0] * 512, scales=[1] * 32, rows=32, columns=32, format=format, granularity="row")


def read_file():
    file = VectorFile("quantize/checkpoint_read.json", "qc_quantize_checkpoint_read", [""],
                      "the codes from which the same layouts were made (generate/quantize_checkpoint.py)",
                      inputs={"weight_scales": "f32"}, outputs={"scales": "f32"})
    for name, inputs in matrices():
        stored = solve_write(None, **inputs)
        if not stored["weight_zeros"]:
            del stored["weight_zeros"]
        out = {key: inputs.pop(key) for key in ["codes", "scales", "zeros"] if key in inputs}
        file.expect(name, out, **stored, **inputs)
    refused_when_read(file)
    return file


def refused_when_read(file):
    inputs = matrix(32, 32, "gptq_v2", scheme="affine", group_size=32)
    stored = solve_write(None, **inputs)
    given = {"rows": 32, "columns": 32, "group_size": 32, **stored}
    highest = given | {"weight_zeros": [0xFF] * len(stored["weight_zeros"])}
    file.refuse("a zero point of 16 in GPTQ's first version", "QC_ERR_DOMAIN", "row 0, group 0 is 16",
                **highest, format="gptq", scheme="affine")
    eights = given | {"weight_zeros": [0x88] * len(stored["weight_zeros"])}
    file.refuse("GPTQ's second version read as its first", "QC_ERR_DOMAIN", "is 9; it must be 8", **eights,
                format="gptq")
    file.refuse("an affine matrix read as symmetric", "QC_ERR_DOMAIN", "it must be 8", **given, format="gptq_v2")
    file.refuse("a scale is NaN", "QC_ERR_NOT_FINITE", "weight_scales[0]", weights=[0] * 4, weight_scales=["nan"],
                rows=1, columns=8, format="compressed_tensors", group_size=8)

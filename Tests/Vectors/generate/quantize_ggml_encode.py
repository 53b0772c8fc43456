"""Family `quantize`: encoding to the blocks of ggml, as its reference encoders do it."""

import hashlib

from files import Matrix0, VectorFile
from ggml_blocks import TYPES
from ggml_encoders import encode, f

SOURCE = ("ggml's reference encoders described in words and followed in single precision (generate/ggml_encoders.py), "
          "after SHA-256 sums of what ggml at d99724f2 gives, built without fused operations, had agreed")

# The first 256 numbers of `congruence(7)` as one row: the first eight bytes of the SHA-256 of ggml's blocks, plain
# and with the importance of `importance_of(congruence(11))`.
SUMS = {
    "q2_k": ("94b8de608d101c98", "0415049b078a5afe"), "q3_k": ("ba8f3d0f01fc08cc", "6f3a0d9dfaad663e"),
    "q4_k": ("d467135a63c6f347", "dd28081b40c21221"), "q5_k": ("d20ea0f6e378a177", "9cccab7845a9b69d"),
    "q6_k": ("73c05afa9856faae", "a344846da1ebd1e2"), "iq4_nl": ("3e530f5e47b79bc5", "84a38dca3bd1d60c"),
    "iq4_xs": ("6fa6e4727e2cf944", "b747914c8841fa2b"), "q4_0": ("94c0ea00f15a558e", "ea5f12df4d394171"),
    "q4_1": ("724a432f0a038301", "869329b778b25fcd"), "q5_0": ("91b915479d3e69e1", "cedf1c0f3c908224"),
    "q5_1": ("51871a0de44defbe", "c8866b1ebfe8c71c"), "q8_0": ("642970a972817723", "642970a972817723"),
    "mxfp4": ("84858bccc73ad5ab", "84858bccc73ad5ab"), "nvfp4": ("d040f342f21b141d", "d040f342f21b141d"),
    "tq1_0": ("d21497c25751d8fd", "d21497c25751d8fd"), "tq2_0": ("f1b88d0087395043", "f1b88d0087395043"),
}
KINDS = ["f32", "f16", "bf16"]
SMALL = ["f16", "bf16", "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "mxfp4", "nvfp4", "iq4_nl"]
LARGE = ["tq1_0", "tq2_0", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_xs"]


def congruence(seed, count):
    """Numbers from -1 to 1, exact in single precision."""
    numbers = []
    for _ in range(count):
        seed = (1664525 * seed + 1013904223) % 2**32
        numbers.append(((seed >> 8) - 2**23) / 2**23)
    return numbers


def importance_of(numbers):
    return [f(abs(v) + f(0.01)) for v in numbers]


def files():
    check_sums()
    return [reference_file(), importance_file(), small_file(), ugly_file("ggml_encode_ugly", SMALL[2:]),
            ugly_file("ggml_encode_ugly_256", LARGE), extremes_file(), refused_file(), options_file()]


def check_sums():
    row, importance = congruence(7, 256), importance_of(congruence(11, 256))
    for type, sums in SUMS.items():
        for weights, expected in zip((None, importance), sums):
            digest = hashlib.sha256(bytes(encode(type, row, weights))).hexdigest()
            assert digest.startswith(expected), f"{type} is not what ggml gives"


def solve(format, values, type, importance=None):
    return {"blocks": sum((encode(type, row, importance) for row in values), [])}


class ReferenceVectors(VectorFile):
    """Cases in mode reference."""

    def put(self, name, types, tolerance, source, inputs, outputs_in):
        super().put(name, types, tolerance, source, inputs | {"mode": "reference"}, outputs_in)


def encode_vectors(name, source=SOURCE):
    return ReferenceVectors(f"quantize/{name}.json", "qc_quantize_ggml_encode", KINDS, source, solve,
                      inputs={"values": "T", "importance": "f32"})


def reference_file():
    """The row whose sums are known."""
    file = encode_vectors("ggml_encode_reference")
    for type in SUMS:
        file.add(f"{type}, a row of 256", ["f32"], values=[congruence(7, 256)], type=type)
    return file


def importance_file():
    file = encode_vectors("ggml_encode_importance")
    for type, (plain, weighted) in SUMS.items():
        if plain != weighted:
            file.add(f"{type}, a row of 256 with importance", ["f32"], values=[congruence(7, 256)], type=type,
                     importance=importance_of(congruence(11, 256)))
    return file


def eighths(rows, columns, seed):
    """Few different numbers, exact in every type, with many ties."""
    return [[((k * k + seed * k + 5 * i) % 23 - 11) / 8 for k in range(columns)] for i in range(rows)]


def small_file():
    file = encode_vectors("ggml_encode")
    for number, type in enumerate(SMALL):
        columns = max(TYPES[type][1], 5)
        file.add(f"{type}, numbers of each kind", type=type, values=[congruence(number + 1, columns)])
        file.add(f"{type}, two rows with ties", ["f32"], type=type, values=eighths(2, 2 * columns, number))
        file.expect(f"{type}, no rows", {"blocks": []}, values=Matrix0(0, columns), type=type)
        file.expect(f"{type}, no columns", {"blocks": []}, values=Matrix0(3, 0), type=type)
    for type in ["q4_0", "q4_1", "q5_0", "q5_1"]:
        file.add(f"{type}, importance goes by the mean square of the row", ["f32"], type=type,
                 values=[[8 * v for v in congruence(3, 32)] + congruence(4, 32)] + [congruence(5, 64)],
                 importance=importance_of(congruence(6, 64)))
    for type in ["q8_0", "mxfp4", "nvfp4", "f16"]:
        file.add(f"{type} does not use importance", ["f32"], type=type, values=eighths(1, 64, 2),
                 importance=[k / 4 for k in range(64)])
    for type in LARGE:
        file.add(f"{type}, ties", KINDS if type.startswith("t") else ["f32", "f16"], type=type,
                 values=eighths(1, 256, 7))
    return file


def ugly_file(name, types):
    file = encode_vectors(name)
    for type in types:
        n = TYPES[type][1]
        file.add(f"{type}, zeros", type=type, values=[[0] * n])
        file.add(f"{type}, all equal", ["f32"], type=type, values=[[1.5] * n])
        file.add(f"{type}, all equal and negative", ["f32"], type=type, values=[[-0.75] * n])
        file.add(f"{type}, one number among zeros", ["f32"], type=type, values=[[0] * 5 + [-3.0] + [0] * (n - 6)])
        file.add(f"{type}, tiny numbers", ["f32"], type=type, values=[[v * 2.0**-24 for v in congruence(21, n)]])
    return file


def extremes_file():
    file = encode_vectors("ggml_encode_extremes")
    for type in ["q4_0", "q5_0", "q8_0", "tq2_0", "q4_1", "q5_1"]:
        n = TYPES[type][1]
        file.add(f"{type}, subnormal numbers: the inverse of the scale does not exist", ["f32"], type=type,
                 values=[[2.0**-140 * ((7 * k) % 16 - 8) for k in range(n)]])
        file.add(f"{type}, a scale that half precision rounds to 0", ["f32"], type=type,
                 values=[[2.0**-30 * ((7 * k) % 16 - 8) for k in range(n)]])
    for type in ["q4_0", "q5_0", "q8_0", "tq1_0", "tq2_0"]:
        n = TYPES[type][1]
        file.add(f"{type}, a scale beyond half precision", ["f32"], type=type,
                 values=[[1e9 * ((7 * k) % 16 - 8) for k in range(n)]])
    for peak in [2.0**20, f(2.0**20 * (1 - 2.0**-24)), f(2.0**20 * (1 - 2.0**-20)), 2.0**127, 2.0**-125, 2.0**-126,
                 1e-38, 1e-44]:
        file.add(f"mxfp4, a peak of {peak!r}", ["f32"], type="mxfp4", values=[[peak, -peak / 2] + [peak / 5] * 30])
    for peak in [6 * 247.9, 6 * 248, 6 * 1000, 6 / 512, 6 * 7.5 / 512, 6 * 0.4 / 512, 6 * 1.0625, 6 * 15.5]:
        file.add(f"nvfp4, a peak of {peak!r}", ["f32"], type="nvfp4", values=[[peak, -peak / 2] + [peak / 5] * 62])
    for type in ["q4_0", "q4_1", "q3_k", "q4_k", "q6_k", "iq4_nl", "iq4_xs"]:
        n = TYPES[type][1]
        file.add(f"{type}, columns that do not count", ["f32"], type=type, values=[congruence(31, n)],
                 importance=[0 if k // 32 % 2 == 0 else 1 for k in range(n)])
    return file


def refused_file():
    file = encode_vectors("ggml_encode_refused")
    for value in ["nan", "inf", "-inf"]:
        for type in ["q4_0", "mxfp4"]:
            file.refuse(f"{type}, a value is {value}", "QC_ERR_NOT_FINITE", "values[40]", type=type,
                        values=[[1] * 32, [2] * 8 + [value] + [3] * 23])
    file.refuse("importance below 0", "QC_ERR_DOMAIN", "importance[2]", type="q4_0", values=[[1] * 32],
                importance=[1, 1, -1] + [1] * 29)
    file.refuse("importance that is NaN", "QC_ERR_NOT_FINITE", "importance[1]", type="q4_k", values=[[1] * 256],
                importance=[1, "nan"] + [1] * 254)
    file.refuse("rows that blocks do not divide", "QC_ERR_SIZE", "Q5_0", type="q4_k", values=[[1] * 32])
    for type in ["iq2_xxs", "q1_0", "iq1_m", "f32"]:
        file.refuse(f"{type} cannot be encoded", "QC_ERR_OPTIONS", "type", type=type, values=[[1] * 256])
    return file


def options_file():
    file = VectorFile("quantize/ggml_options_init.json", "qc_quantize_ggml_options_init", [""],
                      "the comments of include/quantcal/quantize/ggml.h")
    file.expect("the defaults", {"mode": "best"})
    return file



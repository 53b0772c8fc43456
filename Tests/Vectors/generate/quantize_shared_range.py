"""Family `quantize`: ranges that are shared by channels and by time steps, in rationals and by exhaustive search."""

import math
from fractions import Fraction
from itertools import product

from exact import F32
from files import VectorFile


def files():
    return [
        options_init("reparameterize", {"common": "mean", "real_zero": 0}),
        options_init("range_groups", {"method": "k_means", "restarts": 10, "seed": 0}),
        reparameterize_file(), groups_file(), places_file()]


def options_init(name, defaults):
    file = VectorFile(f"quantize/{name}_options_init.json", f"qc_quantize_{name}_options_init", [""],
                      "the comments of include/quantcal/quantize/shared_range.h")
    file.expect("the defaults", defaults)
    return file


def middle(values, common):
    return sorted(values)[(len(values) - 1) // 2] if common == "median" else sum(values) / len(values)


def reparameterize(format, scales, gamma, weights, zeros=None, beta=None, bias=None, common="mean", real_zero=0):
    exact = [Fraction(x) for x in scales]
    live = [c for c, s in enumerate(exact) if s > 0]
    points = [Fraction(x) for x in zeros] if zeros is not None else [Fraction(0)] * len(exact)
    scale, zero = Fraction(1), Fraction(0)
    if live:
        scale = max(Fraction(F32.round(middle([exact[c] for c in live], common))), Fraction(2) ** -126)
        zero = middle([points[c] for c in live], common)
        zero = zero if real_zero else Fraction(round(zero))
    r = [exact[c] / scale if c in live else Fraction(1) for c in range(len(exact))]
    h = [(zero - points[c]) * scale if c in live else Fraction(0) for c in range(len(exact))]
    folded = [[Fraction(w) * r[c] for c, w in enumerate(row)] for row in weights]
    out = {"scale": scale, "zero": zero, "gamma": [Fraction(g) / r[c] for c, g in enumerate(gamma)], "weights": folded}
    if beta is not None:
        out["beta"] = [Fraction(b) / r[c] - h[c] for c, b in enumerate(beta)]
    if bias is not None:
        out["bias"] = [Fraction(b) + sum(w * h[c] for c, w in enumerate(row)) for b, row in zip(bias, folded)]
    return out


FLOATS = ["scales", "zeros", "gamma", "beta", "weights", "bias", "scale", "zero"]


def reparameterize_file():
    file = VectorFile("quantize/reparameterize.json", "qc_quantize_reparameterize", ["f32"],
                      "the formulas of Li et al. (2023), RepQ-ViT, the zero point rounded first, in rationals "
                      "(generate/quantize_shared_range.py)", reparameterize, inputs=dict.fromkeys(FLOATS, "f32"),
                      outputs=dict.fromkeys(FLOATS, "f32"), tolerance={"relative": 1e-6})
    scales, zeros = [0.5, 2, 0.125, 1], [3, 9, 8, 2]
    layer = {"gamma": [1, -2, 0.5, 3], "beta": [0.25, 1, -4, 0], "bias": [1, -1, 0.5],
             "weights": [[1, 2, -3, 4], [0.5, -0.25, 8, 1], [0, 1, 1, -1]]}
    for common in ["mean", "median"]:
        for real in [0, 1]:
            file.add(f"{common}, real zero {real}", scales=scales, zeros=zeros, common=common, real_zero=real, **layer)
        file.add(f"{common}, no zero points", scales=scales, common=common, **layer)
        file.add(f"{common}, a dead channel", scales=[0.5, 0, 0.125, 1], zeros=zeros, common=common, **layer)
    file.add("a tie of the zero point", scales=[1, 1], zeros=[2, 3], gamma=[1, 1], beta=[0, 0], weights=[[1, 1]], bias=[0])
    file.add("neither beta nor bias", scales=scales, gamma=layer["gamma"], weights=layer["weights"])
    file.add("all channels dead", scales=[0, 0, 0, 0], zeros=zeros, **layer)
    file.add("one channel", scales=[0.75], zeros=[7], gamma=[2], beta=[1], weights=[[3], [4]], bias=[1, 2])
    file.add("equal channels", scales=[0.75] * 4, zeros=[5] * 4, **layer)
    file.add("the smallest scales", scales=[2.0**-149, 2.0**-126], gamma=[1, 1], weights=[[1, 1]])
    one = {"gamma": [1], "beta": [0], "weights": [[1]], "bias": [0]}
    file.refuse("a scale is negative", "QC_ERR_DOMAIN", "scales[0]", scales=[-1], zeros=[0], **one)
    file.refuse("a result is too large", "QC_ERR_DOMAIN", "would not be finite", scales=[1e-30, 1e30], gamma=[1, 1],
                weights=[[1, 1e38]])
    for name in ["scales", "zeros", "gamma", "beta", "bias"]:
        file.refuse(f"{name} is NaN", "QC_ERR_NOT_FINITE", f"{name}[0]",
                    **({"scales": [1], "zeros": [0]} | one | {name: [math.nan]}))
    file.refuse("a weight is infinite", "QC_ERR_NOT_FINITE", "weights[0]",
                **({"scales": [1], "zeros": [0]} | one | {"weights": [[math.inf]]}))
    return file


def numbered(groups):
    order = list(dict.fromkeys(groups))
    return [order.index(g) for g in groups]


def ends(low, high, groups, count):
    held = [[i for i, g in enumerate(groups) if g == k] for k in range(max(groups, default=-1) + 1)]
    return {"group_of": groups, "group_minimum": [min(low[i] for i in own) for own in held] + [0] * (count - len(held)),
            "group_maximum": [max(high[i] for i in own) for own in held] + [0] * (count - len(held)),
            "group_count": len(held)}


def grouped(format, minimum, maximum, groups, method="k_means", restarts=10, seed=0):
    n = len(minimum)
    most = min(n, groups)
    if method == "runs":
        sizes = [n // most + (k < n % most) for k in range(most)]
        return ends(minimum, maximum, [k for k, size in enumerate(sizes) for _ in range(size)], groups)
    points = [(Fraction(a), Fraction(b)) for a, b in zip(minimum, maximum)]

    def cost(labels):
        total = Fraction(0)
        for k in set(labels):
            own = [p for p, label in zip(points, labels) if label == k]
            for axis in (0, 1):
                mean = sum(p[axis] for p in own) / len(own)
                total += sum((p[axis] - mean) ** 2 for p in own)
        return total

    found = sorted({tuple(numbered(labels)) for labels in product(range(most), repeat=n)}, key=cost)
    best = [labels for labels in found if cost(labels) == cost(found[0])]
    fewest = min(best, key=lambda labels: max(labels))
    assert len(best) == 1 or cost(found[0]) == 0, "there are two best groupings"
    return ends(minimum, maximum, list(fewest), groups)


def groups_file():
    file = VectorFile("quantize/range_groups.json", "qc_quantize_range_groups", [""],
                      "all partitions tried, in rationals; runs by their definition (generate/quantize_shared_range.py)",
                      grouped, inputs={"minimum": "f64", "maximum": "f64"},
                      outputs={"group_minimum": "f64", "group_maximum": "f64"})
    low, high = [-1, -8, -1.25, -7.5, -0.5, 0], [1, 8, 0.75, 9, 1.5, 30]
    for groups in [1, 2, 3, 6, 8]:
        file.add(f"k-means, {groups} groups", minimum=low, maximum=high, groups=groups)
        file.add(f"runs, {groups} groups", minimum=low, maximum=high, groups=groups, method="runs")
    for seed in [1, 2**32]:
        file.add(f"k-means, seed {seed}", minimum=low, maximum=high, groups=3, seed=seed, restarts=50)
    file.add("runs of ten by four", minimum=[-k for k in range(10)], maximum=[k * k for k in range(10)], groups=4,
             method="runs")
    file.add("equal ranges", minimum=[-1] * 5, maximum=[2] * 5, groups=3)
    file.add("two that are different", minimum=[-1, -2, -1, -2], maximum=[2, 2, 2, 2], groups=3)
    file.add("one range", minimum=[5], maximum=[6], groups=2)
    file.add("huge ranges", minimum=[-1e308, -1, -1.5e308], maximum=[1e308, 1, 1e308], groups=2)
    file.add("tiny ranges", minimum=[-1e-308, 0, -1.5e-308], maximum=[1e-308, 1e-320, 1e-308], groups=2)
    file.expect("no ranges", ends([], [], [], 0), minimum=[], maximum=[], groups=0)
    file.refuse("no groups", "QC_ERR_SIZE", "groups is 0", minimum=[0], maximum=[1], groups=0)
    file.refuse("a range from above", "QC_ERR_DOMAIN", "minimum[1]", minimum=[0, 2], maximum=[1, 1], groups=1)
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "minimum[0]", minimum=[math.nan], maximum=[1], groups=1)
    file.refuse("infinity", "QC_ERR_NOT_FINITE", "maximum[0]", minimum=[0], maximum=[math.inf], groups=1)
    for restarts in [0, 1001]:
        file.refuse(f"{restarts} restarts", "QC_ERR_OPTIONS", "restarts is", minimum=[0], maximum=[1], groups=1,
                    restarts=restarts)
    return file


def places(format, calibrated, steps):
    return {"places": [min(range(len(calibrated)), key=lambda k: (abs(Fraction(calibrated[k]) - Fraction(t)), k))
                       for t in steps]}


def places_file():
    file = VectorFile("quantize/step_places.json", "qc_quantize_step_places", [""],
                      "the definition, in rationals (generate/quantize_shared_range.py)", places,
                      inputs={"calibrated": "f64", "steps": "f64"})
    file.add("every fifth step", calibrated=[0, 5, 10, 15], steps=list(range(-2, 20)))
    file.add("fractions", calibrated=[0, 0.25, 1], steps=[0.125, 0.126, 0.124, 0.625, 0.6250001, 1])
    file.add("one step", calibrated=[3], steps=[-1e308, 3, 1e308])
    file.add("far apart", calibrated=[-1.7e308, 0, 1.7e308], steps=[-1e308, -8e307, 8e307, 1.6e308])
    file.add("no steps", calibrated=[1], steps=[])
    file.refuse("nothing is calibrated", "QC_ERR_SIZE", "calibrated_count is 0", calibrated=[], steps=[1])
    file.refuse("not ascending", "QC_ERR_DOMAIN", "calibrated[1]", calibrated=[2, 2], steps=[1])
    file.refuse("NaN", "QC_ERR_NOT_FINITE", "steps[0]", calibrated=[2], steps=[math.nan])
    file.refuse("infinity", "QC_ERR_NOT_FINITE", "calibrated[0]", calibrated=[-math.inf], steps=[1])
    return file

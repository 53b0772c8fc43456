"""Recomputes what `quantcal demo --json FILE` wrote, from the files that it names, with NumPy only.

    python3 check.py FILE.json

Nothing of the library is used: the readers are NumPy's and twenty lines here, the temperature comes
from a bisection in double precision, the conformal rank from exact fractions.
"""

import json
import math
import struct
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
from counting import check, finish

SAFETENSORS_TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}


def read_network(path):
    """[(weight, bias), ...] in single precision."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(
            content[8 + length + begin : 8 + length + end], SAFETENSORS_TYPES[entry["dtype"]]
        )
        tensors[name] = values.reshape(entry["shape"]).astype(np.float32)
    return [(tensors[f"fc{i}.weight"], tensors[f"fc{i}.bias"]) for i in range(1, len(tensors) // 2 + 1)]


def read_rows(directory):
    images = np.load(Path(directory) / "images.npy")
    return images.reshape(len(images), -1).astype(np.float32), np.load(Path(directory) / "labels.npy").astype(
        int
    )


def quantized(weight, bits, group):
    """The decoded weight, and its bytes: codes row by row, and a scale for each group."""
    top = 2 ** (bits - 1) - 1
    decoded = np.empty_like(weight)
    groups = 0
    for start in range(0, weight.shape[1], group):
        part = weight[:, start : start + group]
        scale = (np.abs(part).max(axis=1, keepdims=True).astype(np.float64) / top).astype(np.float32)
        scale[scale == 0] = 1
        decoded[:, start : start + group] = np.rint(part / scale) * scale
        groups += len(weight)
    return decoded, len(weight) * ((weight.shape[1] * bits + 7) // 8) + 4 * groups


def logits(network, images):
    for index, (weight, bias) in enumerate(network):
        images = images @ weight.T + bias
        if index < len(network) - 1:
            images = np.maximum(images, 0)
    return images.astype(np.float64)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def of_label(values, labels):
    return values[np.arange(len(labels)), labels]


def fitted_temperature(z, labels):
    """The root of the derivative of the negative log-likelihood in 1/T, which grows with 1/T."""
    if (of_label(z, labels) == z.max(axis=1)).all():
        return "separated", 1.0
    if np.mean(z.mean(axis=1) - of_label(z, labels)) >= 0:
        return "inverted", 1.0

    def slope(inverse):
        return np.mean((np.exp(log_softmax(z * inverse)) * z).sum(axis=1) - of_label(z, labels))

    low, high = 1e-6, 1e3
    for _ in range(200):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return "ok", 1 / low


def calibration_error(probabilities, labels, bins):
    """Top label, bins (a, b] of equal width."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = [abs(confidence[index == b].sum() - right[index == b].sum()) for b in range(bins)]
    return sum(gaps) / len(labels)


def isotonic_fit(x, y):
    """The knots of the isotonic regression of 0s and 1s: blocks of exact fractions."""
    blocks = []  # first x, last x, ones, rows
    for key in np.unique(x):
        here = y[x == key]
        blocks.append((key, key, int(here.sum()), len(here)))
        while len(blocks) > 1 and blocks[-2][2] * blocks[-1][3] >= blocks[-1][2] * blocks[-2][3]:
            (first, _, ones, rows), (_, last, more, others) = blocks[-2:]
            blocks[-2:] = [(first, last, ones + more, rows + others)]
    return [(key, ones / rows) for first, last, ones, rows in blocks for key in dict.fromkeys((first, last))]


def isotonic_calibrated(probabilities, labels, others):
    """One class against the rest; what `others` become."""
    columns = []
    for k in range(probabilities.shape[1]):
        x, y = zip(*isotonic_fit(probabilities[:, k], labels == k))
        columns.append(np.interp(others[:, k], x, y))
    sums = sum(columns)
    return np.array([np.where(sums > 0, c / np.where(sums > 0, sums, 1), 1 / len(columns)) for c in columns]).T


def brier(probabilities, labels):
    return np.mean(((probabilities - np.eye(probabilities.shape[1])[labels]) ** 2).sum(axis=1))


def threshold_of(scores, alpha):
    rank = -(-(len(scores) + 1) * (1 - Fraction(str(alpha))) // 1)
    return np.inf if rank > len(scores) else np.sort(scores)[int(rank) - 1]


def class_scores(rule, probabilities):
    if rule in ("LAC", "risk"):
        return 1 - probabilities
    order = np.argsort(-probabilities, axis=1, kind="stable")
    sums = np.cumsum(np.take_along_axis(probabilities, order, axis=1), axis=1)
    ranks = np.arange(1, probabilities.shape[1] + 1)
    sums = sums + (0.1 * np.maximum(0, ranks - 1) if rule == "RAPS" else 0)
    scores = np.empty_like(sums)
    np.put_along_axis(scores, order, sums, axis=1)
    return scores


def misses_are_rare(misses, n, alpha, delta):
    """Whether Hoeffding's or Bentkus's bound shows a risk of at most alpha."""
    r = min(misses / n, alpha)
    hoeffding = math.exp(-n * (xlogy(r, r / alpha) + xlogy(1 - r, (1 - r) / (1 - alpha))))
    a = Fraction(str(alpha))
    below = sum(math.comb(n, k) * a**k * (1 - a) ** (n - k) for k in range(misses + 1))
    return min(hoeffding, math.e * float(below)) <= delta


def xlogy(x, y):
    return x * math.log(y) if x else 0.0


def risk_threshold(scores, alpha, delta):
    threshold = np.inf
    for step in range(101):
        one = (100 - step) / 100
        if not misses_are_rare(int((scores > one).sum()), len(scores), alpha, delta):
            break
        threshold = one
    return threshold


def check_sets(name, found, calibration, labels, test, test_labels, table):
    """Counts lie between those of thresholds that are lower and higher by what rounding may do."""
    check(f"{name} rules", [one["rule"] for one in found] == ["LAC", "APS", "RAPS", "risk"])
    for one in found:
        rule, told = one["rule"], float(one["threshold"])
        scores = of_label(class_scores(rule, calibration), labels)
        wanted = (
            risk_threshold(scores, table["alpha"], table["delta"])
            if rule == "risk"
            else threshold_of(scores, table["alpha"])
        )
        check(f"{name} {rule} threshold", agrees(told, float(wanted), 1e-5), f"{told}, expected {wanted}")
        every = class_scores(rule, test)
        sets = [every <= wanted + slack for slack in (-2e-6, 2e-6)]
        for key, counts in {
            "coverage": [np.mean(of_label(kept, test_labels)) for kept in sets],
            "mean_size": [np.mean(kept.sum(axis=1)) for kept in sets],
            "empty": [int((kept.sum(axis=1) == 0).sum()) for kept in reversed(sets)],
        }.items():
            fits = counts[0] - 1e-12 <= one[key] <= counts[1] + 1e-12
            check(f"{name} {rule} {key}", fits, f"{one[key]}, expected {counts}")


def expected(network, bits, table, rows):
    """What the table must say about the network in so many bits, and what its sets are made from."""
    sizes = [4 * weight.size for weight, _ in network]
    stored = network
    if bits < 32:
        pairs = [quantized(weight, bits, table["group_size"]) for weight, _ in network]
        sizes = [size for _, size in pairs]
        stored = [(weight, bias) for (weight, _), (_, bias) in zip(pairs, network)]
    moved = sum(((a.astype(float) - b.astype(float)) ** 2).sum() for (a, _), (b, _) in zip(network, stored))
    whole = sum((weight.astype(float) ** 2).sum() for weight, _ in network)

    (images, labels), (test_images, test_labels) = rows
    outcome, temperature = fitted_temperature(logits(stored, images[::2]), labels[::2])
    probabilities = np.exp(log_softmax(logits(stored, images[1::2]) / temperature))
    z = logits(stored, test_images)
    before, after = log_softmax(z), log_softmax(z / temperature)
    uncalibrated = np.exp(log_softmax(logits(stored, images[::2])))
    isotonic = isotonic_calibrated(uncalibrated, labels[::2], np.exp(before))
    with np.errstate(divide="ignore"):
        nll_isotonic = -np.mean(np.log(of_label(isotonic, test_labels)))
    return {
        "bytes": sum(sizes) + 4 * sum(bias.size for _, bias in network),
        "weight_error": np.sqrt(moved / whole),
        "accuracy": np.mean(z.argmax(axis=1) == test_labels),
        "outcome": outcome,
        "temperature": temperature,
        "ece_before": calibration_error(np.exp(before), test_labels, table["bins"]),
        "ece_after": calibration_error(np.exp(after), test_labels, table["bins"]),
        "ece_isotonic": calibration_error(isotonic, test_labels, table["bins"]),
        "nll_isotonic": nll_isotonic,
        "brier_before": brier(np.exp(before), test_labels),
        "brier_after": brier(np.exp(after), test_labels),
        "brier_isotonic": brier(isotonic, test_labels),
        "nll_before": -np.mean(of_label(before, test_labels)),
        "nll_after": -np.mean(of_label(after, test_labels)),
    }, (probabilities, labels[1::2], np.exp(after), test_labels)


# The tool computes in single precision: so far may it be off. What is not named must agree.
TOLERANCES = {
    "weight_error": 1e-9,
    "temperature": 2e-5,
    "ece_before": 1e-5,
    "ece_after": 1e-5,
    "nll_before": 1e-5,
    "nll_after": 1e-5,
    "ece_isotonic": 1e-5,
    "nll_isotonic": 1e-5,
    "brier_before": 1e-5,
    "brier_after": 1e-5,
    "brier_isotonic": 1e-5,
    "accuracy": 1e-12,
}


def agrees(found, wanted, tolerance):
    if isinstance(wanted, (str, int)):
        return found == wanted
    found = float(found)
    return found == wanted or abs(found - wanted) <= tolerance


def main():
    table = json.loads(Path(sys.argv[1]).read_text())
    network = read_network(table["model"])
    rows = [read_rows(table["calibration"]), read_rows(table["test"])]
    counts = {
        "temperature": len(rows[0][1][::2]),
        "threshold": len(rows[0][1][1::2]),
        "test": len(rows[1][1]),
    }
    check("rows", table["rows"] == counts, f"{table['rows']}, expected {counts}")
    check("formats", [f["bits"] for f in table["formats"]] == [32, 8, 4, 3, 2])
    for found in table["formats"]:
        numbers, sets = expected(network, found["bits"], table, rows)
        for key, wanted in numbers.items():
            check(
                f"{found['name']} {key}",
                agrees(found[key], wanted, TOLERANCES.get(key, 0)),
                f"{found[key]}, expected {wanted}",
            )
        check_sets(found["name"], found["sets"], *sets, table)
    finish()


if __name__ == "__main__":
    main()

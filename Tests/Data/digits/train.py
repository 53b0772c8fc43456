"""Makes the files beside it: the three splits of the digits, and a classifier trained on one of them.

    python3 train.py

Needs NumPy, and scikit-learn for the scans. The same versions on the same processor give the same
bytes; another BLAS may change the weights' last digits, never the splits.
"""

import json
import struct
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
SPLITS = {"train": 600, "calibration": 600, "test": 597}
WIDTHS = [64, 256, 128, 10]
SPLIT_SEED, TRAINING_SEED = 1, 0
EPOCHS, BATCH, LEARNING_RATE = 200, 32, 1e-3


def split(labels):
    """Row numbers of each split. Stratified: each digit is shuffled and spread evenly over 0 to 1, all
    are put in order and cut, and each part is shuffled again."""
    rng = np.random.default_rng(SPLIT_SEED)
    place = np.empty(len(labels))
    for digit in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == digit))
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    cuts = np.cumsum(list(SPLITS.values()))[:-1]
    parts = np.split(np.argsort(place, kind="stable"), cuts)
    return {name: rng.permutation(part) for name, part in zip(SPLITS, parts)}


def gradients(parameters, images, labels):
    """Of the mean cross-entropy, by backpropagation; parameters are weight, bias, weight, bias, ..."""
    layers = len(parameters) // 2
    activations = [images]
    for layer in range(layers):
        z = activations[-1] @ parameters[2 * layer].T + parameters[2 * layer + 1]
        activations.append(np.maximum(z, 0) if layer < layers - 1 else z)
    slope = np.exp(activations[-1] - activations[-1].max(axis=1, keepdims=True))
    slope /= slope.sum(axis=1, keepdims=True)
    slope[np.arange(len(labels)), labels] -= 1
    slope /= len(labels)
    result = [None] * len(parameters)
    for layer in reversed(range(layers)):
        result[2 * layer] = slope.T @ activations[layer]
        result[2 * layer + 1] = slope.sum(axis=0)
        if layer:
            slope = (slope @ parameters[2 * layer]) * (activations[layer] > 0)
    return result


def train(images, labels):
    """Adam (Kingma and Ba, 2015) without any regularisation, long past perfect training accuracy:
    so the network ends up over-confident, as large ones do."""
    rng = np.random.default_rng(TRAINING_SEED)
    parameters = []
    for fan_in, fan_out in zip(WIDTHS, WIDTHS[1:]):
        parameters += [rng.normal(0, np.sqrt(2 / fan_in), (fan_out, fan_in)), np.zeros(fan_out)]
    mean = [np.zeros_like(p) for p in parameters]
    square = [np.zeros_like(p) for p in parameters]
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(labels))
        for start in range(0, len(labels), BATCH):
            batch = order[start : start + BATCH]
            step += 1
            for i, gradient in enumerate(gradients(parameters, images[batch], labels[batch])):
                mean[i] = 0.9 * mean[i] + 0.1 * gradient
                square[i] = 0.999 * square[i] + 0.001 * gradient**2
                rate = LEARNING_RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                parameters[i] -= rate * mean[i] / (np.sqrt(square[i]) + 1e-8)
    return parameters


def write_safetensors(path, tensors):
    """Single-precision tensors by name, in the layout of the reference writer."""
    header, data = {}, b""
    for name in sorted(tensors):
        content = np.ascontiguousarray(tensors[name], dtype="<f4").tobytes()
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": offsets}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    digits = load_digits()
    images = (digits.data / 16).astype(np.float32)
    labels = digits.target.astype(np.int64)
    rows = split(labels)
    for name, chosen in rows.items():
        (HERE / name).mkdir(exist_ok=True)
        np.save(HERE / name / "images.npy", images[chosen])
        np.save(HERE / name / "labels.npy", labels[chosen])
    parameters = train(images[rows["train"]].astype(np.float64), labels[rows["train"]])
    tensors = {}
    for layer in range(len(WIDTHS) - 1):
        tensors[f"fc{layer + 1}.weight"] = parameters[2 * layer]
        tensors[f"fc{layer + 1}.bias"] = parameters[2 * layer + 1]
    write_safetensors(HERE / "model.safetensors", tensors)


if __name__ == "__main__":
    main()

"""Code books of vectors: training by k-means, and encoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

from families.shared import generator
from harness.row import WrongAnswer

CENTRES = 256
ITERATIONS = 10


@dataclass(frozen=True)
class Vectors:
    """Vectors, and code books of their parts: as many centres of each, from vectors."""

    values: NDArray[np.float32]
    parts: int
    books: NDArray[np.float32]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values, self.books]

    def error(self, codes: NDArray[Any], books: NDArray[np.float32] | None = None) -> float:
        """The squared error of codes."""
        books = self.books if books is None else books
        codes = np.asarray(codes).reshape(len(self.values), self.parts, 1)
        decoded = quantcal.quantize_vector_decode(codes, books)
        return float(((decoded.astype(np.float64) - self.values) ** 2).sum())


def vectors(count: int, dimension: int, parts: int) -> Vectors:
    values = generator().standard_normal((count, dimension), np.float32)
    first = values[: min(CENTRES, count)].reshape(-1, parts, dimension // parts)
    books = np.ascontiguousarray(first.transpose(1, 0, 2)[:, None])
    return Vectors(values, parts, books)


def train(data: Vectors) -> quantcal.CodeBooks:
    return quantcal.quantize_vector_train(
        data.values,
        data.books.shape[2],
        parts=data.parts,
        start="given",
        first=data.books,
        iterations=ITERATIONS,
        tolerance=0,
    )


def encode(data: Vectors) -> NDArray[np.uint16]:
    return quantcal.quantize_vector_encode(data.values, data.books)


def _faiss_quantizer(data: Vectors) -> Any:
    import faiss

    dimension, bits = data.values.shape[1], int(data.books.shape[2]).bit_length() - 1
    quantizer = faiss.ProductQuantizer(dimension, data.parts, bits)
    faiss.copy_array_to_vector(data.books.ravel(), quantizer.centroids)
    return quantizer


def faiss_train(data: Vectors) -> NDArray[np.float32]:
    """The centres. It begins with the same ones if there is one part, else with those of its own."""
    import faiss

    if data.parts > 1:
        quantizer = _faiss_quantizer(data)
        quantizer.cp.niter = ITERATIONS
        quantizer.cp.max_points_per_centroid = len(data.values)
        quantizer.train(data.values)
        return faiss.vector_to_array(quantizer.centroids).reshape(data.books.shape)
    means = faiss.Kmeans(
        data.values.shape[1],
        data.books.shape[2],
        niter=ITERATIONS,
        max_points_per_centroid=len(data.values),
    )
    means.train(data.values, init_centroids=data.books[0, 0])
    return np.asarray(means.centroids).reshape(data.books.shape)


def faiss_encode(data: Vectors) -> NDArray[Any]:
    import faiss

    if data.parts > 1:
        return _faiss_quantizer(data).compute_codes(data.values)
    index = faiss.IndexFlatL2(data.values.shape[1])
    index.add(data.books[0, 0])
    return index.search(data.values, 1)[1]


def is_trained(data: Vectors, ours: quantcal.CodeBooks) -> None:
    """The objective is that of its codes, and well below that of the first centres."""
    error = data.error(ours.codes, ours.centres)
    if not np.isclose(error, ours.objective, rtol=1e-6):
        raise WrongAnswer(f"the objective is {ours.objective:.8g}, and its codes' error {error:.8g}")
    if not error < 0.99 * data.error(encode(data)):
        raise WrongAnswer("training has gained nothing")


def is_nearest(data: Vectors, codes: NDArray[np.uint16]) -> None:
    """Of some vectors, no other centre is nearer."""
    some = slice(0, 200)
    split = data.values[some].reshape(200, data.parts, 1, -1).astype(np.float64)
    distances = ((split - data.books[:, 0]) ** 2).sum(axis=3)
    if not np.array_equal(distances.argmin(axis=2), codes[some, :, 0]):
        raise WrongAnswer("a nearer centre was left")


def as_small_an_objective(
    data: Vectors, ours: quantcal.CodeBooks, theirs: NDArray[np.float32]
) -> str:
    """With as many iterations."""
    other = data.error(quantcal.quantize_vector_encode(data.values, theirs), theirs)
    if not ours.objective <= 1.002 * other:
        raise WrongAnswer(f"its objective is {other:.6g}, ours {ours.objective:.6g}")
    return f"its objective is {100 * (other / ours.objective - 1):+.2f} % of ours"


def as_near(data: Vectors, ours: NDArray[np.uint16], theirs: NDArray[Any]) -> str:
    """No less near in all: single precision chooses otherwise where two are almost as near."""
    codes = np.asarray(theirs).reshape(len(data.values), data.parts)
    error, other = data.error(ours), data.error(codes)
    if not error <= other <= error * (1 + 1e-5):
        raise WrongAnswer(f"its squared error is {other:.8g}, ours {error:.8g}")
    return f"{np.count_nonzero(ours[..., 0] != codes)} other codes, as near but for rounding"

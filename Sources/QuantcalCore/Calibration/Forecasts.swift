import CQuantcalKernels

/// Rows of class probabilities with their labels and weights, and what is binned of a row.
struct Forecasts<T: RankedScalar> {
    enum Pick {
        /// The highest probability, the lowest class among ties, against whether it is the label.
        case top
        /// The probability of one class against whether it is the label.
        case column(Int)
        /// A single probability, of class 1, against the label.
        case binary
    }

    let probabilities: UnsafeBufferPointer<T>
    let labels: UnsafeBufferPointer<Int64>
    let weights: UnsafeBufferPointer<T>?
    let classes: Int

    init(
        _ probabilities: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>,
        _ weights: UnsafeBufferPointer<T>?, _ classes: Int
    ) {
        (self.probabilities, self.labels, self.weights, self.classes) = (
            probabilities, labels, weights, classes
        )
    }

    var rows: Int { labels.count }
    var topPick: Pick { classes == 1 ? .binary : .top }

    func check() throws(QuantcalError) {
        guard rows > 0 else { throw QuantcalError(.size, "rows is 0; rows must be at least 1") }
        try Require.probabilities(probabilities, "probabilities")
        try Require.labels(labels, classes: max(classes, 2))
        if let weights { try Require.weights(weights) }
    }

    @inline(__always) func weight(_ row: Int) -> Double { weights.map { Double($0[row]) } ?? 1 }

    @inline(__always) func confidence(_ row: Int, _ pick: Pick) -> (value: T, isHit: Bool) {
        switch pick {
        case .binary: return (probabilities[row], labels[row] == 1)
        case .column(let column):
            // With one column it is that of class 1.
            let label = classes == 1 ? 1 : column
            return (probabilities[row * classes + column], labels[row] == Int64(label))
        case .top:
            let first = row * classes
            var best = probabilities[first]
            var place = 0
            for j in 1..<classes {
                let p = probabilities[first + j]
                place = p > best ? j : place
                best = p > best ? p : best
            }
            return (best, labels[row] == Int64(place))
        }
    }

    /// Calls `body` with each row of a range, its confidence, and whether the outcome agrees.
    @inline(__always) func forEach(_ rows: Range<Int>, _ pick: Pick, _ body: (Int, T, Bool) -> Void) {
        guard case .top = pick, let kernel = T.topKernel else {
            for row in rows {
                let (p, isHit) = confidence(row, pick)
                body(row, p, isHit)
            }
            return
        }
        let chunk = 256
        withUnsafeTemporaryAllocation(of: T.self, capacity: chunk) { best in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: chunk) { places in
                for first in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
                    let count = min(chunk, rows.upperBound - first)
                    let values = probabilities.baseAddress! + first * classes
                    kernel(values, count, classes, best.baseAddress!, places.baseAddress!)
                    for index in 0..<count {
                        body(first + index, best[index], labels[first + index] == Int64(places[index]))
                    }
                }
            }
        }
    }
}

/// A scalar that may have a kernel for the highest value of each row and its place.
protocol RankedScalar: Scalar {
    typealias TopKernel = (
        UnsafePointer<Self>?, Int, Int, UnsafeMutablePointer<Self>?, UnsafeMutablePointer<Int32>?
    ) -> Void
    static var topKernel: TopKernel? { get }
}

extension Float: RankedScalar {
    static var topKernel: TopKernel? { Kernels.topF32 }
}

extension Double: RankedScalar {
    static var topKernel: TopKernel? { Kernels.topF64 }
}

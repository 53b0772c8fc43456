/// The error of a linear layer y = x w^T that computes y' = x' w'^T, in its two parts:
///
///     y' - y = (x' - x) w^T + x' (w' - w)^T.
///
/// Each matrix that is multiplied is scaled by a power of two, so that its largest magnitude is 1 to 2: no
/// product overflows, and none that counts vanishes.
public struct ErrorPropagation: Equatable, Sendable {
    /// ||x' - x|| / ||x||
    public let inputError: Double
    /// ||w' - w|| / ||w||
    public let weightError: Double
    /// ||(x' - x) w^T|| / ||y||
    public let carriedError: Double
    /// ||x' (w' - w)^T|| / ||y||
    public let ownError: Double
    /// Twice the inner product of the two parts, relative to ||y||^2.
    public let crossTerm: Double
    /// ||y' - y|| / ||y||
    public let totalError: Double
    /// carriedError / inputError
    public let amplification: Double

    /// How many tokens, inputs and outputs a layer has.
    public struct Sizes {
        let rows: Int, inner: Int, outputs: Int

        public init(rows: Int, inner: Int, outputs: Int) throws(QuantcalError) {
            for (size, name) in [(rows, "rows"), (inner, "inner"), (outputs, "outputs")] {
                guard (1...Int(Int32.max)).contains(size) else {
                    throw QuantcalError(
                        .size, "\(name) is \(UInt(bitPattern: size)); \(name) must be 1 to \(Int32.max)")
                }
            }
            (self.rows, self.inner, self.outputs) = (rows, inner, outputs)
        }
    }

    /// The four matrices of a layer: inputs are rows x inner, weights outputs x inner.
    public struct Layer {
        let input: UnsafeBufferPointer<Float>, approximateInput: UnsafeBufferPointer<Float>
        let weights: UnsafeBufferPointer<Float>, approximateWeights: UnsafeBufferPointer<Float>
        let sizes: Sizes

        public init(
            _ sizes: Sizes, input: UnsafeBufferPointer<Float>, approximateInput: UnsafeBufferPointer<Float>,
            weights: UnsafeBufferPointer<Float>, approximateWeights: UnsafeBufferPointer<Float>
        ) {
            self.sizes = sizes
            (self.input, self.approximateInput) = (input, approximateInput)
            (self.weights, self.approximateWeights) = (weights, approximateWeights)
        }
    }

    public init(_ layer: Layer) throws(QuantcalError) {
        try Require.finite(layer.input, "input")
        try Require.finite(layer.approximateInput, "approximate_input")
        try Require.finite(layer.weights, "weights")
        try Require.finite(layer.approximateWeights, "approximate_weights")
        let input = try ApproximationError(layer.input, layer.approximateInput)
        let weights = try ApproximationError(layer.weights, layer.approximateWeights)
        let parts = try layer.parts(inputError: input.maxAbsError, weightError: weights.maxAbsError)
        let output = parts.output.value
        func relative(_ squares: Double) -> Double { output == 0 ? .nan : (squares / output).squareRoot() }
        (inputError, weightError) = (input.relativeError, weights.relativeError)
        (carriedError, ownError) = (relative(parts.carried.value), relative(parts.own.value))
        totalError = relative(parts.total.value)
        crossTerm = output == 0 ? .nan : 2 * parts.product.value / output
        amplification = inputError == 0 ? .nan : carriedError / inputError
    }
}

/// Sums of squares over the outputs.
private struct PartSums: BlockSums {
    var output = DoubleDouble()
    var carried = DoubleDouble()
    var own = DoubleDouble()
    var product = DoubleDouble()
    var total = DoubleDouble()

    static func += (a: inout PartSums, b: PartSums) {
        a.output += b.output
        a.carried += b.carried
        a.own += b.own
        a.product += b.product
        a.total += b.total
    }
}

/// A matrix, or the difference of two, times a power of two.
private struct ScaledMatrix: ~Copyable {
    let scale: Double
    let elements: Scratch<Float>

    init(room: Int, largest: Double) throws(QuantcalError) {
        scale = PowerOfTwo.bringing(largest, above: 0, below: 0)
        elements = try Scratch<Float>(room)
    }

    /// The first elements, as a buffer of that many.
    func first(_ count: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: elements.buffer[..<count])
    }

    func fill(
        _ values: Slice<UnsafeBufferPointer<Float>>, less others: Slice<UnsafeBufferPointer<Float>>? = nil
    ) {
        let values = UnsafeBufferPointer(rebasing: values)
        let others = others.map { UnsafeBufferPointer(rebasing: $0) }
        let target = elements.buffer
        Parallel.forEachRange(of: values.count, grain: 1 << 17) { range in
            for index in range {
                let difference = Double(values[index]) - (others.map { Double($0[index]) } ?? 0)
                target[index] = Float(difference * scale)
            }
        }
    }
}

extension ErrorPropagation.Layer {
    /// As many rows of inputs are multiplied at a time.
    private static let rowsAtATime = 256

    /// The sums over the outputs; the largest errors of inputs and weights are known.
    fileprivate func parts(inputError: Double, weightError: Double) throws(QuantcalError) -> PartSums {
        let (rows, inner, outputs) = (sizes.rows, sizes.inner, sizes.outputs)
        let block = min(rows, Self.rowsAtATime)
        let (x, y) = (block * inner, block * outputs)
        let weight = try ScaledMatrix(room: outputs * inner, largest: Self.largest(weights))
        let weightChange = try ScaledMatrix(room: outputs * inner, largest: weightError)
        weight.fill(weights[...])
        weightChange.fill(approximateWeights[...], less: weights[...])
        let original = try ScaledMatrix(room: x, largest: Self.largest(input))
        let approximation = try ScaledMatrix(room: x, largest: Self.largest(approximateInput))
        let change = try ScaledMatrix(room: x, largest: inputError)
        let products = try Scratch<Float>(3 * y)
        var sums = PartSums()
        for first in stride(from: 0, to: rows, by: block) {
            let count = min(block, rows - first)
            let own = first * inner..<(first + count) * inner
            original.fill(input[own])
            approximation.fill(approximateInput[own])
            change.fill(approximateInput[own], less: input[own])
            let size = count * outputs
            let result = (0..<3).map {
                UnsafeMutableBufferPointer(rebasing: products.buffer[$0 * y..<$0 * y + size])
            }
            try multiply(original.first(count * inner), weight.first(outputs * inner), count, result[0])
            try multiply(change.first(count * inner), weight.first(outputs * inner), count, result[1])
            try multiply(
                approximation.first(count * inner), weightChange.first(outputs * inner), count, result[2])
            sums += try Self.sums(
                result,
                scales: (
                    original.scale * weight.scale, change.scale * weight.scale,
                    approximation.scale * weightChange.scale
                ))
        }
        return sums
    }

    private func multiply(
        _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>, _ count: Int,
        _ result: UnsafeMutableBufferPointer<Float>
    ) throws(QuantcalError) {
        try MatrixProduct.timesTransposed(
            a, b, rows: count, columns: sizes.outputs, inner: sizes.inner, into: result)
    }

    private static func largest(_ values: UnsafeBufferPointer<Float>) -> Double {
        values.reduce(0) { max($0, Double($1.magnitude)) }
    }

    /// Over a block of outputs, of the three products, and back from their scales.
    private static func sums(
        _ products: [UnsafeMutableBufferPointer<Float>], scales: (Double, Double, Double)
    ) throws(QuantcalError) -> PartSums {
        let (y, c, o) = (products[0], products[1], products[2])
        return try PartSums.over(y.count) { range in
            var sums = PartSums()
            for index in range {
                let carried = Double(c[index]) / scales.1
                let own = Double(o[index]) / scales.2
                let output = Double(y[index]) / scales.0
                sums.output += output * output
                sums.carried += carried * carried
                sums.own += own * own
                sums.product += carried * own
                sums.total += (carried + own) * (carried + own)
            }
            return sums
        }
    }
}

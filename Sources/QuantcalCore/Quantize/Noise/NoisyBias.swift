/// Noise that is added to activations before they are rounded, and taken off again by the bias of the layer
/// behind: whether it helps, and how much of it.
///
/// Source: NoisyQuant (Liu et al., 2023), with the uniform noise of its theorem (its code draws a Gaussian of
/// mean -1), a few amplitudes instead of a search in 2000 steps, and a range that holds the noise.
public struct NoisyBias: Sendable {
    public var seed: UInt64 = 0
    /// So many: 1, 1/2, 1/4 and so on.
    public var amplitudes = 3

    public init() {}

    /// A layer and its calibration inputs.
    public struct Layer {
        let values: UnsafeBufferPointer<Float>
        let weights: UnsafeBufferPointer<Float>
        let bias: UnsafeBufferPointer<Float>?
        let rows: Int
        let columns: Int
        let outputs: Int

        public init(
            values: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>,
            bias: UnsafeBufferPointer<Float>?, rows: Int, columns: Int, outputs: Int
        ) {
            (self.values, self.weights, self.bias) = (values, weights, bias)
            (self.rows, self.columns, self.outputs) = (rows, columns, outputs)
        }
    }

    public struct Outcome: Equatable, Sendable {
        public let amplitude: Double
        public let plainError: Double
        public let error: Double
        public let scale: Float
        public let zero: Float
    }

    /// A candidate: how wide, and the grid's parameters for that.
    private struct Trial {
        var amplitude = 0.0
        var scale: Float
        var zero: Float

        func noise(_ unit: Double) -> Float { Float(amplitude * Double(scale) * unit) }
    }

    public func callAsFunction(
        _ layer: Layer, _ grid: CompiledGrid, scale: Float, zero: Float, _ progress: Progress,
        noise: UnsafeMutablePointer<Float>, newBias: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) -> Outcome {
        try check(layer, grid, scale, zero)
        let random = Philox(seed: seed, purpose: .noisyBias)
        let units = try Scratch<Double>(layer.columns)
        for column in 0..<layer.columns { units.buffer[column] = random.uniform(UInt64(column)) - 0.5 }
        let plain = Trial(scale: scale, zero: zero)
        let trials = [plain] + trials(grid, plain)
        let sums = try Scratch<Double>(layer.rows)
        let room = try Scratch<Double>(layer.columns * Parallel.threadCount)
        var (best, least, without) = (plain, 0.0, 0.0)
        for (index, trial) in trials.enumerated() {
            try progress(Double(index) / Double(trials.count))
            let found = error(layer, grid, trial, units.buffer, sums.buffer, room.buffer)
            if index == 0 { without = found }
            if index == 0 || found < least { (best, least) = (trial, found) }
        }
        let made = try Scratch<Float>(layer.outputs)
        try shift(layer, best, units.buffer, made.buffer)
        for column in 0..<layer.columns { noise[column] = best.noise(units.buffer[column]) }
        newBias.update(from: made.buffer.baseAddress!, count: layer.outputs)
        return Outcome(
            amplitude: best.amplitude, plainError: without, error: least, scale: best.scale, zero: best.zero)
    }

    private func check(
        _ layer: Layer, _ grid: CompiledGrid, _ scale: Float, _ zero: Float
    ) throws(QuantcalError) {
        guard (1...16).contains(amplitudes) else {
            throw QuantcalError(.options, "amplitudes is \(amplitudes); it must be 1 to 16")
        }
        guard grid.grid.kind == .integer || grid.grid.kind == .midrise else {
            throw QuantcalError(
                .options, "kind is \(grid.grid.kind.rawValue); noise is for integer and midrise grids")
        }
        guard layer.columns > 0 else {
            throw QuantcalError(.size, "columns is 0; a layer has at least one input")
        }
        guard scale.isFinite, zero.isFinite else {
            throw QuantcalError(.notFinite, "scale is \(scale), zero \(zero); both must be finite")
        }
        guard scale > 0 else { throw QuantcalError(.domain, "scale is \(scale); scale must be > 0") }
        try Require.finite(layer.values, "values")
        try Require.finite(layer.weights, "weights")
        if let bias = layer.bias { try Require.finite(bias, "bias") }
    }

    /// The amplitudes that the grid has room for, the smallest first.
    private func trials(_ grid: CompiledGrid, _ plain: Trial) -> [Trial] {
        let (low, high) = (Double(grid.lowest), Double(grid.highest))
        let isWhole = grid.grid.kind == .integer && plain.zero == plain.zero.rounded()
        return (0..<amplitudes).reversed().compactMap { power in
            let amplitude = Double(sign: .plus, exponent: -power, significand: 1)
            guard high - low > amplitude else { return nil }
            let share = (high - low - amplitude) / (high - low)
            let scale = Float(Double(plain.scale) / share)
            guard scale.isFinite else { return nil }
            let middle = (low + high) / 2
            let zero = middle + (Double(plain.zero) - middle) * share
            return Trial(
                amplitude: amplitude, scale: scale,
                zero: Float(isWhole ? zero.rounded(.toNearestOrEven) : zero))
        }
    }

    /// The mean squared error of the outputs.
    private func error(
        _ layer: Layer, _ grid: CompiledGrid, _ trial: Trial, _ units: UnsafeMutableBufferPointer<Double>,
        _ sums: UnsafeMutableBufferPointer<Double>, _ room: UnsafeMutableBufferPointer<Double>
    ) -> Double {
        guard layer.rows > 0, layer.outputs > 0 else { return 0 }
        let (work, overflow) = (layer.rows * layer.columns).multipliedReportingOverflow(by: layer.outputs)
        let threads = min(
            Parallel.threads(for: layer.rows, work: overflow ? .max : work), room.count / layer.columns)
        Parallel.forEach(layer.rows, threads: threads) { row, thread in
            let errors = room.baseAddress! + thread * layer.columns
            roundRow(layer, row, grid, trial, units, errors)
            var sum = 0.0
            for output in 0..<layer.outputs {
                let product = Self.product(
                    layer.weights.baseAddress! + output * layer.columns, errors, layer.columns)
                sum += product * product
            }
            sums[row] = sum
        }
        return sums[..<layer.rows].reduce(0, +) / (Double(layer.rows) * Double(layer.outputs))
    }

    /// Q(x + n) - n - x of a row.
    private func roundRow(
        _ layer: Layer, _ row: Int, _ grid: CompiledGrid, _ trial: Trial,
        _ units: UnsafeMutableBufferPointer<Double>, _ errors: UnsafeMutablePointer<Double>
    ) {
        let values = layer.values.baseAddress! + row * layer.columns
        withUnsafeTemporaryAllocation(of: Float.self, capacity: GroupLayout.chunk) { singles in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { codes in
                let (singles, codes) = (singles.baseAddress!, codes.baseAddress!)
                for first in stride(from: 0, to: layer.columns, by: GroupLayout.chunk) {
                    let count = min(GroupLayout.chunk, layer.columns - first)
                    for index in 0..<count {
                        singles[index] = values[first + index] + trial.noise(units[first + index])
                    }
                    grid.nearest.encode(singles, count, scale: trial.scale, zero: trial.zero, codes)
                    for index in 0..<count {
                        let decoded = (grid.levels[Int(codes[index])] - trial.zero) * trial.scale
                        let noise = trial.noise(units[first + index])
                        errors[first + index] =
                            Double(decoded) - Double(noise) - Double(values[first + index])
                    }
                }
            }
        }
    }

    private static func product(
        _ weights: UnsafePointer<Float>, _ errors: UnsafePointer<Double>, _ count: Int
    ) -> Double {
        var lanes = Lanes.zero
        let whole = count / 8 * 8
        for index in stride(from: 0, to: whole, by: 8) {
            lanes += Lanes(at: weights + index) * Lanes(at: errors + index)
        }
        var sum = lanes.sum()
        for index in whole..<count { sum += Double(weights[index]) * errors[index] }
        return sum
    }

    /// The bias without what the noise adds.
    private func shift(
        _ layer: Layer, _ trial: Trial, _ units: UnsafeMutableBufferPointer<Double>,
        _ result: UnsafeMutableBufferPointer<Float>
    ) throws(QuantcalError) {
        for output in 0..<layer.outputs {
            var sum = Double(layer.bias?[output] ?? 0)
            for column in 0..<layer.columns where trial.amplitude > 0 {
                let weight = Double(layer.weights[output * layer.columns + column])
                sum -= weight * Double(trial.noise(units[column]))
            }
            result[output] = Float(sum)
            guard result[output].isFinite else {
                throw QuantcalError(.domain, "new_bias[\(output)] would be \(result[output])")
            }
        }
    }
}

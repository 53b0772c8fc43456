/// Rounding to a grid and back, with the gradients that training needs.
///
/// A rounded number is (L(u) - z) s with u = x / s + z. Where the gradient passes, L is taken for u
/// itself, so that the derivative by x is 1 and that by s is L - z - x / s; where it does not, L is
/// taken for a constant: 0 and L - z. With the range of LSQ (Esser et al., 2020) these are its
/// equations 2 and 3. Where it passes in part (Liu et al., 2018, Bi-Real Net, for the sign), so do both.
public struct GridFake {
    public enum Gradient: Int32, CaseIterable, Sendable {
        case clipped = 0
        case identity = 1
        case learnedStep = 2
        case trust = 3
        /// In part: 2 - 2 |u|.
        case triangle = 4
    }

    /// Where gradients come from and go to.
    public struct Gradients {
        let upstream: UnsafeBufferPointer<Float>
        let values: UnsafeMutablePointer<Float>?
        let scales: UnsafeMutablePointer<Float>?

        public init(
            upstream: UnsafeBufferPointer<Float>, values: UnsafeMutablePointer<Float>?,
            scales: UnsafeMutablePointer<Float>?
        ) { (self.upstream, self.values, self.scales) = (upstream, values, scales) }
    }

    let grid: CompiledGrid
    let gradient: Gradient
    /// The numbers u where gradients pass.
    private let passing: ClosedRange<Float>

    /// Floats saturate whatever the grid says.
    public init(_ grid: ScalarGrid, _ gradient: Gradient) throws(QuantcalError) {
        var saturating = grid
        saturating.overflow = .saturate
        self.grid = try saturating.compiled()
        self.gradient = gradient
        guard gradient != .learnedStep || self.grid.highest > 0 else {
            throw QuantcalError(
                .options, "gradient is \(gradient.rawValue); a learned step needs a level above 0")
        }
        passing = Self.passing(self.grid, gradient)
    }

    private static func passing(_ grid: CompiledGrid, _ gradient: Gradient) -> ClosedRange<Float> {
        let (low, high) = (grid.lowest, grid.highest)
        switch gradient {
        case .clipped: return low...high
        case .identity, .triangle: return -.infinity ... .infinity
        case .learnedStep:
            // Of a single level nothing lies inside.
            return low < high ? low.nextUp...max(low.nextUp, high.nextDown) : .infinity ... .infinity
        case .trust:
            let ascending = Set(grid.levels.filter(\.isFinite)).sorted()
            guard ascending.count > 1 else { return low...high }
            let (below, above) = (ascending[1] - low, high - ascending[ascending.count - 2])
            return (low - below / 2)...(high + above / 2)
        }
    }

    public func callAsFunction(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ parameters: CompiledGrid.Parameters,
        _ progress: Progress, into quantized: UnsafeMutablePointer<Float>, _ gradients: Gradients?
    ) throws(QuantcalError) {
        try parameters.check()
        if let gradients { try Require.finite(gradients.upstream, "upstream") }
        guard layout.groupCount > 0 else { return }
        // Where all rows share a scale, a sum for each row.
        let isShared = layout.groupsInRow == 0
        let sums = try Scratch<Double>(zeroed: isShared ? layout.rows : layout.groupCount)
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, progress)
        Parallel.forEachRange(of: layout.rows, grain: layout.rowsPerTask) { rows in
            for row in rows {
                let slots = sums.buffer.baseAddress! + (isShared ? row : row * layout.groupsInRow)
                roundRow(values, row, layout, parameters, quantized, gradients, slots)
            }
        }
        guard let result = gradients?.scales else { return }
        if isShared { sums.buffer[0] = sums.buffer.reduce(0, +) }
        for group in 0..<layout.groupCount {
            result[group] = Float(sums.buffer[group] * factor(layout.elements(inGroup: group)))
        }
    }

    /// What LSQ multiplies the gradients of scales with.
    private func factor(_ elements: Int) -> Double {
        gradient == .learnedStep ? 1 / (Double(elements) * Double(grid.highest)).squareRoot() : 1
    }

    private func roundRow(
        _ values: UnsafePointer<Float>, _ row: Int, _ layout: GroupLayout,
        _ parameters: CompiledGrid.Parameters, _ quantized: UnsafeMutablePointer<Float>,
        _ gradients: Gradients?, _ sums: UnsafeMutablePointer<Double>
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { codes in
            let codes = codes.baseAddress!
            layout.forEachChunk { chunk in
                let run = layout.run(chunk)
                let firstGroup = row * layout.groupsInRow + run.firstGroup
                let (scales, zeros) = parameters.from(firstGroup)
                let start = row * layout.columns + chunk.lowerBound
                grid.nearest.encode(values + start, run, scales: scales, zeros: zeros, codes)
                grid.decode(codes, run, scales: scales, zeros: zeros, quantized + start)
                guard let gradients else { return }
                run.forEachSegment { group, segment in
                    sums[run.firstGroup + group] += pass(
                        gradients, start + segment.lowerBound, segment.count, values, scales[group],
                        parameters.zero(firstGroup + group), codes + segment.lowerBound)
                }
            }
        }
    }

    /// How much of a gradient passes.
    @inline(__always) private func share(_ place: Float) -> Double {
        if gradient == .triangle { return max(0, 2 - 2 * abs(Double(place))) }
        return passing.contains(place) ? 1 : 0
    }

    /// Gradients of a run of values; returns what they give the scale.
    private func pass(
        _ gradients: Gradients, _ start: Int, _ count: Int, _ values: UnsafePointer<Float>,
        _ scale: Float, _ zero: Float, _ codes: UnsafePointer<UInt8>
    ) -> Double {
        var sum = 0.0
        for offset in 0..<count {
            let value = values[start + offset]
            let upstream = gradients.upstream[start + offset]
            let share = share(value / scale + zero)
            gradients.values?[start + offset] = share > 0 ? Float(Double(upstream) * share) : 0
            let level = Double(grid.levels[Int(codes[offset])]) - Double(zero)
            let along = share > 0 ? share * (Double(value) / Double(scale)) : 0
            sum += Double(upstream) * (level - along)
        }
        return sum
    }
}

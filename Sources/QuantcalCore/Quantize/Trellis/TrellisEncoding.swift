/// Codes of matrices: the best path of each sequence, sequences side by side on threads.
extension TrellisQuantization {
    /// Returns the sum of weighted squared errors. Nothing is written on an error.
    public func encode(
        _ values: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
        _ layout: TrellisLayout,
        scales: UnsafeBufferPointer<Float>, table: UnsafeBufferPointer<Float>, _ progress: Progress = .none,
        into codes: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Double {
        try Require.finite(values, "values")
        if let importance { _ = try Require.notNegative(importance, "importance") }
        try Require.positive(scales, "scales")
        let planes = try Scratch<Float>(valueCount)
        try fill(planes.buffer.baseAddress!, table: table, planes: true)
        guard layout.sequences > 0, let base = values.baseAddress, let steps = scales.baseAddress else {
            return 0
        }
        let work = TrellisWork(
            trellis: self, layout: layout, values: base, importance: importance?.baseAddress, scales: steps,
            planes: UnsafePointer(planes.buffer.baseAddress!))
        return stepBits <= 8
            ? try work.encode(UInt8.self, progress, into: codes)
            : try work.encode(UInt16.self, progress, into: codes)
    }
}

/// A matrix that is being encoded.
private struct TrellisWork {
    let trellis: TrellisQuantization
    let layout: TrellisLayout
    let values: UnsafePointer<Float>
    let importance: UnsafePointer<Float>?
    let scales: UnsafePointer<Float>
    /// Numbers of the states: all first ones, then all second ones.
    let planes: UnsafePointer<Float>

    /// What all searches together may use, if that is enough for one.
    private static let memory = 1 << 30

    func encode<Decision: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ type: Decision.Type, _ progress: Progress, into codes: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Double {
        let steps = max(layout.shape(0).steps, layout.shape(layout.sequences - 1).steps)
        let own = TrellisSearch<Decision>.bytes(trellis, steps: steps)
        let threads = min(
            Parallel.threads(
                for: layout.sequences, work: min(layout.sequences, 1 << 20) * steps * trellis.states),
            max(1, Self.memory / own))
        var searches: [TrellisSearch<Decision>] = []
        for _ in 0..<threads {
            searches.append(try TrellisSearch(trellis, steps: steps, values: planes))
        }
        let coded = try Scratch<UInt8>(zeroed: layout.codeBytes)
        let errors = try Scratch<Double>(layout.sequences)
        // So many between reports that a report costs nothing.
        let batch = threads * max(1, (1 << 26) / (steps * trellis.states))
        for start in stride(from: 0, to: layout.sequences, by: batch) {
            try progress(Double(start) / Double(layout.sequences))
            let count = min(batch, layout.sequences - start)
            Parallel.forEach(count, threads: min(threads, count)) { index, thread in
                let sequence = start + index
                errors.buffer[sequence] = encode(
                    sequence, searches[thread],
                    into: coded.buffer.baseAddress! + layout.firstByte(sequence))
            }
        }
        codes.update(from: coded.buffer.baseAddress!, count: layout.codeBytes)
        return errors.buffer.reduce(0, +)
    }

    /// Returns the error.
    private func encode<Decision: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ sequence: Int, _ search: TrellisSearch<Decision>, into codes: UnsafeMutablePointer<UInt8>
    ) -> Double {
        let shape = layout.shape(sequence)
        setFactors(sequence, shape, search.factors)
        let states = search.states(steps: shape.steps)
        let bits = TrellisBits(trellis, shape)
        bits.write(states, into: codes)
        let first = layout.firstElement(sequence)
        var error = 0.0
        layout.forEachRun(of: sequence) { run, group in
            for index in run {
                let (step, place) = (index - first).quotientAndRemainder(dividingBy: trellis.stepValues)
                let decoded = planes[place * trellis.states + Int(states[step])] * scales[group]
                let difference = Double(values[index]) - Double(decoded)
                error += Double(importance?[index] ?? 1) * (difference * difference)
            }
        }
        return error
    }

    /// The weight of an element in units of its scale, relative to the largest of its sequence.
    private func setFactors(
        _ sequence: Int, _ shape: TrellisShape, _ factors: UnsafeMutablePointer<Float>
    ) {
        let weight = { (index: Int, scale: Float) in
            Double(importance?[index] ?? 1) * (Double(scale) * Double(scale))
        }
        var largest = 0.0
        layout.forEachRun(of: sequence) { run, group in
            for index in run { largest = max(largest, weight(index, scales[group])) }
        }
        factors.update(repeating: 0, count: 2 * shape.steps * trellis.stepValues)
        guard largest > 0 else { return }
        let first = layout.firstElement(sequence)
        layout.forEachRun(of: sequence) { run, group in
            let scale = scales[group]
            for index in run {
                let share = Float(weight(index, scale) / largest)
                let units = max(-0x1p60, min(0x1p60, values[index] / scale))
                factors[2 * (index - first)] = share
                factors[2 * (index - first) + 1] = Float(2 * Double(share) * Double(units))
            }
        }
    }
}

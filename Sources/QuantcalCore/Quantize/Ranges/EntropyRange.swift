import Glibc

/// Ranges by the least information lost: the Kullback-Leibler divergence of a histogram of the values
/// from what the grid leaves of it, for the candidates of the search; the widest of the best is taken.
///
/// For a candidate, P is the histogram with what lies outside the outermost levels counted to the
/// last bins inside, and Q that without the outside, spread evenly over the non-empty bins of P that
/// go to one level. Source: Migacz (2017), as TensorRT and ONNX Runtime have it. Departures: Q is not
/// truncated to integers, empty bins stay empty and are not smoothed, and levels are the grid's.
extension RangeFitter {
    func entropy(_ sample: RangeSample, _ work: Work) throws(QuantcalError) -> RangeTarget.Parameters {
        let histogram = try Histogram(sample, bins: rule.bins)
        var best: RangeTarget.Parameters?
        var least = Double.infinity
        for index in 0..<rule.steps {
            try work.progress(Double(index) / Double(rule.steps))
            let candidate = scaled(sample, by: rule.factor(index))
            let loss = histogram.loss(target.grid, candidate)
            if loss < least { (best, least) = (candidate, loss) }
        }
        return best ?? minMax(sample)
    }
}

/// The weights of a group's values, in bins of equal width over their range.
private struct Histogram: ~Copyable {
    private let bins: Int
    private let weights: Scratch<Double>
    private let centres: Scratch<Float>
    /// Room for the code of each bin.
    private let codes: Scratch<UInt8>

    init(_ sample: RangeSample, bins: Int) throws(QuantcalError) {
        let weights = try Scratch<Double>(zeroed: bins)
        let centres = try Scratch<Float>(bins)
        let codes = try Scratch<UInt8>(bins)
        let width = (sample.upper - sample.lower) / Double(bins)
        for bin in 0..<bins {
            centres.buffer[bin] = Float(sample.lower + (Double(bin) + 0.5) * width)
        }
        for index in 0..<sample.count {
            let bin = Int((Double(sample.values[index]) - sample.lower) / width)
            weights.buffer[min(bin, bins - 1)] += sample.weight(index)
        }
        self.bins = bins
        self.weights = weights
        self.centres = centres
        self.codes = codes
    }

    /// The divergence, in nats; infinity where Q lacks what P has.
    func loss(_ grid: CompiledGrid, _ parameters: RangeTarget.Parameters) -> Double {
        for first in stride(from: 0, to: bins, by: GroupLayout.chunk) {
            grid.nearest.encode(
                centres.buffer.baseAddress! + first, min(GroupLayout.chunk, bins - first),
                scale: parameters.scale, zero: parameters.zero, codes.buffer.baseAddress! + first)
        }
        func end(_ level: Float) -> Double {
            (Double(level) - Double(parameters.zero)) * Double(parameters.scale)
        }
        // The bins are in order.
        let (low, high) = (end(grid.lowest), end(grid.highest))
        let first = centres.buffer.firstIndex { Double($0) >= low } ?? bins
        let inside = first..<max(first, centres.buffer.firstIndex { Double($0) > high } ?? bins)
        guard !inside.isEmpty else { return .infinity }
        let below = weights.buffer[..<inside.lowerBound].reduce(0, +)
        let above = weights.buffer[inside.upperBound...].reduce(0, +)
        let kept = weights.buffer[inside].reduce(0, +)
        guard kept > 0 else { return .infinity }
        func seen(_ bin: Int) -> Double {
            weights.buffer[bin] + (bin == inside.lowerBound ? below : 0)
                + (bin == inside.upperBound - 1 ? above : 0)
        }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 512) { room in
            room.initialize(repeating: 0)
            let (mass, count) = (room.baseAddress!, room.baseAddress! + 256)
            for bin in inside where seen(bin) > 0 {
                mass[Int(codes.buffer[bin])] += weights.buffer[bin]
                count[Int(codes.buffer[bin])] += 1
            }
            let total = below + kept + above
            var divergence = 0.0
            for bin in inside where seen(bin) > 0 {
                let p = seen(bin) / total
                let code = Int(codes.buffer[bin])
                let q = mass[code] / count[code] / kept
                divergence += q > 0 ? p * log(p / q) : .infinity
            }
            return divergence
        }
    }
}

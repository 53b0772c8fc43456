import Glibc

/// Ranges by the least information lost: the Kullback-Leibler divergence of a histogram of the values
/// from what the grid leaves of it, for the candidates of the search; the widest of the best is taken.
///
/// For a candidate, P is the histogram with what lies outside the outermost levels counted to the
/// last bins inside, and Q that without the outside, spread evenly over the non-empty bins of P that
/// go to one level. Source: Migacz (2017), as TensorRT and ONNX Runtime have it. Departures: Q is not
/// truncated to integers, empty bins stay empty and are not smoothed, and levels are the grid's.
///
/// No code adds less than nothing, so that a candidate is given up when some codes, the outermost first,
/// add up to more than the least loss so far.
extension RangeFitter {
    func entropy(_ sample: RangeSample, _ work: Work) throws(QuantcalError) -> RangeTarget.Parameters {
        let histogram = try Histogram(sample, bins: rule.bins)
        var best: RangeTarget.Parameters?
        var least = Double.infinity
        for index in 0..<rule.steps {
            try work.progress(Double(index) / Double(rule.steps))
            let candidate = scaled(sample, by: rule.factor(index))
            let loss = histogram.loss(target.grid, candidate, least: least)
            if loss < least { (best, least) = (candidate, loss) }
        }
        return best ?? minMax(sample)
    }
}

/// The weights of a group's values, in bins of equal width over their range.
private struct Histogram: ~Copyable {
    private let bins: Int
    private let weights: Scratch<Double>
    /// Of the weights; 0 where there is none.
    private let logarithms: Scratch<Double>
    private let centres: Scratch<Float>
    /// Room for the code of each bin.
    private let codes: Scratch<UInt8>

    init(_ sample: RangeSample, bins: Int) throws(QuantcalError) {
        let weights = try Scratch<Double>(zeroed: bins)
        let logarithms = try Scratch<Double>(bins)
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
        for bin in 0..<bins {
            let weight = weights.buffer[bin]
            logarithms.buffer[bin] = weight > 0 ? log(weight) : 0
        }
        self.bins = bins
        self.weights = weights
        self.logarithms = logarithms
        self.centres = centres
        self.codes = codes
    }

    /// The bins that a candidate keeps, and the weights on both sides of them, which P has in the outermost two.
    private struct Cut {
        let inside: Range<Int>
        let below, above, kept: Double
        var total: Double { below + kept + above }

        /// What P has besides a bin's weight.
        func moved(to bin: Int) -> Double {
            (bin == inside.lowerBound ? below : 0) + (bin == inside.upperBound - 1 ? above : 0)
        }
    }

    private func cut(_ grid: CompiledGrid, _ parameters: RangeTarget.Parameters) -> Cut {
        func end(_ level: Float) -> Double {
            (Double(level) - Double(parameters.zero)) * Double(parameters.scale)
        }
        // The bins are in order.
        let (low, high) = (end(grid.lowest), end(grid.highest))
        let first = firstBin { Double($0) >= low }
        let inside = first..<max(first, firstBin { Double($0) > high })
        return Cut(
            inside: inside, below: sum(0..<inside.lowerBound), above: sum(inside.upperBound..<bins),
            kept: sum(inside))
    }

    /// The first bin that something is true for, and for all after it.
    private func firstBin(where isTrue: (Float) -> Bool) -> Int {
        var (low, high) = (0, bins)
        while low < high {
            let middle = (low + high) / 2
            if isTrue(centres.buffer[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func sum(_ range: Range<Int>) -> Double {
        var lanes = Lanes()
        var bin = range.lowerBound
        while bin + 8 <= range.upperBound {
            lanes += Lanes(at: weights.buffer.baseAddress! + bin)
            bin += 8
        }
        return weights.buffer[bin..<range.upperBound].reduce(lanes.foldedSum, +)
    }

    /// The divergence, in nats; infinity where Q lacks what P has, or where it is surely above the least so far.
    ///
    /// For a bin of P's weight p in a code of mean weight m it is p / total * log((p / total) / (m / kept)): a
    /// logarithm of each code beside those of the weights will do. Where p = m nothing is lost, exactly.
    func loss(_ grid: CompiledGrid, _ parameters: RangeTarget.Parameters, least: Double) -> Double {
        let cut = cut(grid, parameters)
        guard !cut.inside.isEmpty, cut.kept > 0 else { return .infinity }
        let kept = log(cut.kept / cut.total)
        // Far above what roundings of as many terms as there are bins can be.
        let most = (least - kept + 1e-6 * (1 + abs(least))) * cut.total
        guard !(outermost(grid, parameters, cut) > most) else { return .infinity }
        for first in stride(from: cut.inside.lowerBound, to: cut.inside.upperBound, by: GroupLayout.chunk) {
            grid.nearest.encode(
                centres.buffer.baseAddress! + first, min(GroupLayout.chunk, cut.inside.upperBound - first),
                scale: parameters.scale, zero: parameters.zero, codes.buffer.baseAddress! + first)
        }
        var lost = 0.0
        var first = cut.inside.lowerBound
        while first < cut.inside.upperBound {
            // Numbers in order have codes in order.
            let code = codes.buffer[first]
            var end = first + 1
            while end < cut.inside.upperBound, codes.buffer[end] == code { end += 1 }
            lost += loss(of: first..<end, cut)
            guard !(lost > most) else { return .infinity }
            first = end
        }
        return lost / cut.total + kept
    }

    /// What the codes of the first and the last bin add, which stand for all that is outside.
    private func outermost(
        _ grid: CompiledGrid, _ parameters: RangeTarget.Parameters, _ cut: Cut
    ) -> Double {
        guard cut.below > 0 || cut.above > 0 else { return 0 }
        func code(_ bin: Int) -> UInt8 {
            grid.nearest.encode(
                centres.buffer.baseAddress! + bin, 1, scale: parameters.scale, zero: parameters.zero,
                codes.buffer.baseAddress! + bin)
            return codes.buffer[bin]
        }
        func end(of inside: Range<Int>, where isPast: (UInt8) -> Bool) -> Int {
            var (low, high) = (inside.lowerBound, inside.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if isPast(code(middle)) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let (first, last) = (code(cut.inside.lowerBound), code(cut.inside.upperBound - 1))
        guard first != last else { return loss(of: cut.inside, cut) }
        let lower = cut.inside.lowerBound..<end(of: cut.inside) { $0 != first }
        let upper = end(of: cut.inside) { $0 == last }..<cut.inside.upperBound
        return loss(of: lower, cut) + loss(of: upper, cut)
    }

    /// The sum over the bins of one code, p not yet divided by the total, nor m by what is kept.
    private func loss(of range: Range<Int>, _ cut: Cut) -> Double {
        var (mass, count) = (0.0, 0)
        for bin in range {
            mass += weights.buffer[bin]
            count += weights.buffer[bin] > 0 ? 1 : 0
        }
        // What is moved to an empty bin makes it one that counts.
        forEachEnd(range) { count += weights.buffer[$0] == 0 && cut.moved(to: $0) > 0 ? 1 : 0 }
        guard count > 0 else { return 0 }
        guard mass > 0 else { return .infinity }
        let mean = log(mass / Double(count))
        var lost = 0.0
        for bin in range { lost += weights.buffer[bin] * (logarithms.buffer[bin] - mean) }
        forEachEnd(range) { bin in
            guard cut.moved(to: bin) > 0 else { return }
            let p = weights.buffer[bin] + cut.moved(to: bin)
            lost += p * (log(p) - mean) - weights.buffer[bin] * (logarithms.buffer[bin] - mean)
        }
        return lost
    }

    @inline(__always) private func forEachEnd(_ range: Range<Int>, _ body: (Int) -> Void) {
        body(range.lowerBound)
        if range.count > 1 { body(range.upperBound - 1) }
    }
}

import Glibc

/// Parameters of a group by trying: offsets, and for each sign percentiles at which the levels end.
///
/// Given an offset the signs do not depend on each other, so each finds its own best.
struct TwinLogSearch {
    private static let offsets: [Float] = [
        0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5,
    ]
    private static let percentiles = [98, 99, 99.9, 99.99, 99.999]

    let bits: Int

    private struct Side {
        var first = TwinLogSide.none
        var step: Float = 0
        var error = 0.0
    }

    /// Magnitudes of each sign, ascending.
    func fit(
        positive: UnsafeBufferPointer<Float>, negative: UnsafeBufferPointer<Float>,
        into parameters: UnsafeMutablePointer<Float>
    ) {
        let half = 1 << (bits - 1)
        var least = Double.infinity
        for offset in Self.offsets {
            let above = side(positive, half - 1, offset)
            let below = side(negative, half, offset)
            guard above.error + below.error < least else { continue }
            least = above.error + below.error
            parameters[0] = offset
            (parameters[1], parameters[2]) = (above.first, above.step)
            (parameters[3], parameters[4]) = (below.first, below.step)
        }
    }

    private func side(_ magnitudes: UnsafeBufferPointer<Float>, _ count: Int, _ offset: Float) -> Side {
        guard !magnitudes.isEmpty else { return Side() }
        let logarithm = { (place: Int) in log2(Double(magnitudes[place]) + Double(offset)) }
        let low = logarithm(0)
        var best: Side?
        for percentile in Self.percentiles {
            let place = RangeRule.place(Double(magnitudes.count - 1), percentile)
            let below = Int(place)
            var high = logarithm(below)
            if place > Double(below) { high += (logarithm(below + 1) - high) * (place - Double(below)) }
            var tried = Side()
            tried.step = Float((high - low) / Double(count - 1))
            let step = Double(tried.step)
            tried.first = Float(step > 0 ? (low / step).rounded(.toNearestOrEven) * step : low)
            if let best, best.step == tried.step { continue }
            tried.error = error(magnitudes, count, tried, offset)
            if best.map({ tried.error < $0.error }) ?? true { best = tried }
        }
        return best ?? Side()
    }

    /// The squared error: ascending magnitudes pass ascending levels.
    private func error(
        _ magnitudes: UnsafeBufferPointer<Float>, _ count: Int, _ tried: Side, _ offset: Float
    ) -> Double {
        let side = TwinLogSide(
            first: Double(tried.first), step: Double(tried.step), offset: Double(offset), count: count)
        var (k, sum) = (0, 0.0)
        var (level, end) = (Double(side.level(0)), side.end(0))
        for magnitude in magnitudes {
            while k + 1 < count, Double(magnitude) >= end {
                k += 1
                (level, end) = (Double(side.level(k)), side.end(k))
            }
            let distance = Double(magnitude) - level
            sum += distance * distance
        }
        return sum
    }
}

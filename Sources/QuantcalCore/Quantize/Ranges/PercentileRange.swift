/// Ranges by percentiles, exact, by selection.
extension RangeFitter {
    func percentile(_ sample: RangeSample) throws(QuantcalError) -> RangeTarget.Parameters {
        let values = UnsafeBufferPointer(start: sample.values, count: sample.count)
        return try percentile(sample) { percentile, ofMagnitudes throws(QuantcalError) in
            guard ofMagnitudes else { return try rule.value(at: percentile, values) }
            let magnitudes = try Scratch<Float>(sample.count)
            for index in 0..<sample.count { magnitudes.buffer[index] = abs(values[index]) }
            return try rule.value(at: percentile, UnsafeBufferPointer(magnitudes.buffer))
        }
    }

    /// Of |x| for grids with levels of both signs, unless they can be moved; else of x, on the sides
    /// that levels have.
    func percentile(
        _ sample: RangeSample,
        _ value: (_ percentile: Double, _ ofMagnitudes: Bool) throws(QuantcalError) -> Double
    ) throws(QuantcalError) -> RangeTarget.Parameters {
        var (lower, upper) = (0.0, 0.0)
        if !target.hasZeros, target.lowest < 0, target.highest > 0 {
            let most = try value(rule.percentile, true)
            (lower, upper) = (max(-most, sample.lower), min(most, sample.upper))
        } else {
            upper = max(0, try value(rule.percentile, false))
            lower = min(0, try value(100 - rule.percentile, false))
        }
        // Where nearly all values are 0, those that are not still matter.
        let isEmpty = target.hasZeros ? lower == upper : !reaches(lower, upper)
        return isEmpty ? minMax(sample) : target.parameters(lower, upper)
    }

    private func reaches(_ lower: Double, _ upper: Double) -> Bool {
        (upper > 0 && target.highest > 0) || (lower < 0 && target.lowest < 0)
    }
}

extension RangeRule {
    /// count * percentile / 100; a whole number if it is one for the decimal that the caller wrote.
    static func place(_ count: Double, _ percentile: Double) -> Double {
        let place = count * percentile / 100
        let whole = place.rounded()
        return abs(place - whole) <= 8 * place.ulp ? whole : place
    }

    /// A percentile of finite values.
    fileprivate func value(
        at percentile: Double, _ values: UnsafeBufferPointer<Float>
    ) throws(QuantcalError) -> Double {
        let last = values.count - 1
        func ranked(_ rank: Double) throws(QuantcalError) -> Double {
            let rank = min(max(Int(rank), 0), last)
            return Double(try Selection.select(rank: rank, in: values, name: "values"))
        }
        let place = Self.place(Double(last), percentile)
        let below = place.rounded(.down)
        switch definition {
        case .lower: return try ranked(below)
        case .higher: return try ranked(place.rounded(.up))
        case .nearest: return try ranked(place.rounded(.toNearestOrEven))
        case .invertedCdf: return try ranked(Self.place(Double(values.count), percentile).rounded(.up) - 1)
        case .linear, .midpoint:
            let low = try ranked(below)
            guard place > below else { return low }
            let high = try ranked(below + 1)
            return low + (high - low) * (definition == .midpoint ? 0.5 : place - below)
        }
    }
}

import Synchronization

/// The semantic checks that every algorithm shares: each names the argument, the index and the
/// value that it refuses. They run before any output is written, at memory speed.
enum Require {
    /// Every value is finite.
    static func finite<T: Scalar>(
        _ values: UnsafeBufferPointer<T>, _ name: String
    ) throws(QuantcalError) {
        if firstIndex(in: values, withMagnitudeAtLeast: T.infinityBits) != nil {
            throw notFinite(values, name)
        }
    }

    /// The error for values that are known not to be all finite.
    static func notFinite<T: Scalar>(_ values: UnsafeBufferPointer<T>, _ name: String) -> QuantcalError {
        let index = firstIndex(in: values, withMagnitudeAtLeast: T.infinityBits) ?? 0
        return QuantcalError(.notFinite, "\(name)[\(index)] is \(values[index]); \(name) must be finite")
    }

    /// No value is NaN; infinities are data.
    static func notNaN<T: Scalar>(
        _ values: UnsafeBufferPointer<T>, _ name: String
    ) throws(QuantcalError) {
        guard let index = firstIndex(in: values, withMagnitudeAtLeast: T.infinityBits + 1) else { return }
        throw QuantcalError(.notFinite, "\(name)[\(index)] is nan; \(name) must not be NaN")
    }

    static func hasNaN<T: Scalar>(_ values: UnsafeBufferPointer<T>) -> Bool {
        firstIndex(in: values, withMagnitudeAtLeast: T.infinityBits + 1) != nil
    }

    struct WeightTotal {
        var sum = 0.0
        var hasZero = false
    }

    /// Weights are finite, not negative, not all zero, and their sum is finite.
    @discardableResult
    static func weights<T: Scalar>(
        _ weights: UnsafeBufferPointer<T>, _ name: String = "weights"
    ) throws(QuantcalError) -> WeightTotal {
        var sums = Lanes.zero
        var areAllowed = SIMDMask<SIMD8<Int64>>(repeating: true)
        var areZero = SIMDMask<SIMD8<Int64>>(repeating: false)
        let limit = Lanes(repeating: Double(T.greatestFiniteMagnitude))
        let whole = weights.count / 8 * 8
        for index in stride(from: 0, to: whole, by: 8) {
            let lanes = Lanes(at: weights.baseAddress! + index)
            areAllowed = areAllowed .& (lanes .>= 0) .& (lanes .<= limit)
            areZero = areZero .| (lanes .== 0)
            sums += lanes
        }
        let isBad = { (weight: T) in !(weight >= 0 && weight.isFinite) }
        if !all(areAllowed) || weights[whole...].contains(where: isBad) {
            let index = weights.firstIndex(where: isBad) ?? 0
            let weight = weights[index]
            throw QuantcalError(
                weight.isFinite ? .domain : .notFinite,
                "\(name)[\(index)] is \(weight); \(name) must be finite and >= 0")
        }
        let sum = weights[whole...].reduce(sums.sum()) { $0 + Double($1) }
        guard sum > 0 || weights.isEmpty else {
            throw QuantcalError(.domain, "\(name) are all zero; at least one must be positive")
        }
        guard T(sum).isFinite else {
            throw QuantcalError(.domain, "the sum of \(name) is \(T(sum)); it must be finite")
        }
        return WeightTotal(sum: sum, hasZero: any(areZero) || weights[whole...].contains(0))
    }

    /// Every value is finite and not negative. Returns the largest, 0 if there are none.
    static func notNegative<T: Scalar>(
        _ values: UnsafeBufferPointer<T>, _ name: String
    ) throws(QuantcalError) -> T {
        try finite(values, name)
        var (least, largest) = (T.zero, T.zero)
        for value in values {
            least = min(least, value)
            largest = max(largest, value)
        }
        guard least < 0, let index = values.firstIndex(where: { $0 < 0 }) else { return largest }
        throw QuantcalError(
            .domain, "\(name)[\(index)] is \(values[index]); \(name) must be finite and >= 0")
    }

    /// Every value is finite and above 0.
    static func positive<T: Scalar>(
        _ values: UnsafeBufferPointer<T>, _ name: String
    ) throws(QuantcalError) {
        // Less the smallest positive bits, zero wraps around and a sign stays: all are above.
        let limit = T.infinityBits - 1
        let isBad = isAnywhere(in: values) { piece in
            var highest: T.Bits = 0
            for index in piece.indices { highest = max(highest, piece[index].bitPattern &- 1) }
            return highest >= limit
        }
        guard isBad, let index = values.firstIndex(where: { !($0 > 0 && $0.isFinite) }) else { return }
        throw QuantcalError(
            values[index].isFinite ? .domain : .notFinite,
            "\(name)[\(index)] is \(values[index]); \(name) must be finite and > 0")
    }

    /// Every value is 0 to 1.
    static func probabilities<T: Scalar>(
        _ values: UnsafeBufferPointer<T>, _ name: String
    ) throws(QuantcalError) {
        // Above 1 a magnitude carries into the sign bit; a sign may be that of -0.
        let lift = T.magnitudeMask - T(1).bitPattern
        let areSuspicious = isAnywhere(in: values) { piece in
            var seen: T.Bits = 0
            for index in piece.indices {
                let bits = piece[index].bitPattern
                seen |= ((bits & T.magnitudeMask) &+ lift) | bits
            }
            return seen > T.magnitudeMask
        }
        guard areSuspicious, let index = values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) else { return }
        let kind: QuantcalError.Kind = values[index].isNaN ? .notFinite : .domain
        throw QuantcalError(kind, "\(name)[\(index)] is \(values[index]); \(name) must be 0 to 1")
    }

    /// Labels are 0 to classes - 1.
    static func labels(_ labels: UnsafeBufferPointer<Int64>, classes: Int) throws(QuantcalError) {
        let limit = UInt64(classes)
        var bad = false
        for label in labels { bad = bad || UInt64(bitPattern: label) >= limit }
        guard bad, let index = labels.firstIndex(where: { UInt64(bitPattern: $0) >= limit }) else { return }
        throw QuantcalError(
            .domain, "labels[\(index)] is \(labels[index]); labels must be 0 to \(classes - 1)")
    }

    /// Each is 1 for what happened, 0 for what did not.
    static func events(
        _ events: UnsafeBufferPointer<UInt8>, _ name: String = "events"
    ) throws(QuantcalError) {
        guard let index = events.firstIndex(where: { $0 > 1 }) else { return }
        throw QuantcalError(.domain, "\(name)[\(index)] is \(events[index]); \(name) must be 0 or 1")
    }

    /// A level is strictly between 0 and 1.
    static func level(_ alpha: Double, _ name: String = "alpha") throws(QuantcalError) {
        guard !alpha.isNaN else {
            throw QuantcalError(.notFinite, "\(name) is nan; \(name) must be strictly between 0 and 1")
        }
        guard alpha > 0, alpha < 1 else {
            throw QuantcalError(.domain, "\(name) is \(alpha); \(name) must be strictly between 0 and 1")
        }
    }

    /// The first value whose bits without the sign are at least `limit`. The scan adds what lifts
    /// `limit` to the sign bit and collects carries by OR, which any vector unit does.
    private static func firstIndex<T: Scalar>(
        in values: UnsafeBufferPointer<T>, withMagnitudeAtLeast limit: T.Bits
    ) -> Int? {
        let lift = (T.magnitudeMask - limit) + 1
        let isThere = isAnywhere(in: values) { piece in
            var seen: T.Bits = 0
            for index in piece.indices { seen |= (piece[index].bitPattern & T.magnitudeMask) &+ lift }
            return seen > T.magnitudeMask
        }
        return isThere ? values.firstIndex { $0.bitPattern & T.magnitudeMask >= limit } : nil
    }

    /// Whether a test holds for any piece of an array, looked at on all threads.
    @inline(__always) private static func isAnywhere<T: Scalar>(
        in values: UnsafeBufferPointer<T>, _ test: (UnsafeBufferPointer<T>) -> Bool
    ) -> Bool {
        let isThere = Atomic<Bool>(false)
        Parallel.forEachRange(of: values.count, grain: 1 << 17) { range in
            if test(UnsafeBufferPointer(rebasing: values[range])) { isThere.store(true, ordering: .relaxed) }
        }
        return isThere.load(ordering: .relaxed)
    }
}

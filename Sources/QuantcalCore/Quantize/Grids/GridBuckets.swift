import CQuantcalKernels

/// Few intervals by buckets, which are looked up instead of searched: only kernels use it.
///
/// A bucket is a whole number next to number * factor + shift, so a higher number is never in a lower
/// bucket. If every interval starts in another one, a bucket tells all starts that a number in it has
/// passed but one, and that is compared.
extension quantcal_buckets {
    private static let count = 32

    /// That may have a start.
    private var usableCount: Int { sign == 0 ? Self.count : 16 }

    /// `starts` and `codes` are those of all intervals. Nil where they are too many or lie too close together.
    init?(starts: [Int32], codes: [UInt8]) {
        guard (3...16).contains(starts.count) else { return nil }
        self.init()
        let (starts, codes) = (Array(starts.dropFirst()), codes.map { Int32($0) })
        let half = starts.count / 2
        if Self.areMirrored(starts, codes) {
            sign = codes[half] ^ codes[half + 1]
            guard fill(starts: Array(starts[(half + 1)...]), codes: Array(codes[(half + 1)...])) else {
                return nil
            }
        } else if !fill(starts: starts, codes: codes) {
            return nil
        }
    }

    /// Whether numbers of two signs go to the same code, but for one bit that says which sign it is. Here
    /// `starts` begins with the second interval's.
    private static func areMirrored(_ starts: [Int32], _ codes: [Int32]) -> Bool {
        let half = starts.count / 2
        guard starts.count % 2 == 1, starts[half] == 0 else { return false }
        let sign = codes[half] ^ codes[half + 1]
        return sign.nonzeroBitCount == 1
            && zip(starts, starts.reversed()).allSatisfy { $0 == -$1 }
            && zip(codes, codes.reversed()).prefix(half + 1).allSatisfy { $0 == $1 | sign && $1 & sign == 0 }
    }

    private mutating func fill(starts: [Int32], codes: [Int32]) -> Bool {
        let numbers = starts.map(OrderedSingle.number)
        let gap = zip(numbers.dropFirst(), numbers).map { $0 - $1 }.min() ?? 0
        guard gap > 0x1p-60, numbers.allSatisfy({ $0.magnitude < 0x1p60 }) else { return false }
        // A little more than one bucket for the smallest gap.
        factor = 1.001 / gap
        (low, high) = (numbers.first! - gap, numbers.last! + gap)
        if sign != 0 { low = min(low, 0) }
        let lowest = (low * factor).rounded()
        guard high * factor - lowest < Float(usableCount - 1), lowest.magnitude < 0x1p20 else { return false }
        shift = 0x1.8p23 - lowest
        let places = numbers.map { bucket($0) }
        guard zip(places.dropFirst(), places).allSatisfy({ $0 > $1 }) else { return false }
        fill(starts: starts, codes: codes, places)
        return true
    }

    /// As kernels have it: a product and a sum, each rounded.
    private func bucket(_ number: Float) -> Int {
        let bounded = min(max(number, low), high)
        return Int((bounded * factor + shift).bitPattern % UInt32(Self.count))
    }

    private mutating func fill(starts: [Int32], codes: [Int32], _ places: [Int]) {
        var passed = 0
        for bucket in 0..<Self.count {
            let hasStart = passed < places.count && places[passed] == bucket
            let start = hasStart ? starts[passed] : .max
            let number = hasStart ? OrderedSingle.number(start) : .infinity
            let below = codes[passed]
            passed += hasStart ? 1 : 0
            Self.set(&self.starts, bucket, start)
            Self.set(&numbers, bucket, Int32(bitPattern: number.bitPattern))
            Self.set(&both, bucket, codes[passed] | below << 8)
        }
        // Of two zeros only one has passed a start there, and numbers do not tell them apart.
        has_numbers = starts.contains { OrderedSingle.number($0) == 0 } ? 0 : 1
    }

    /// An element of an array of C.
    private static func set<Numbers>(_ numbers: inout Numbers, _ index: Int, _ value: Int32) {
        withUnsafeMutableBytes(of: &numbers) {
            $0.storeBytes(of: value, toByteOffset: 4 * index, as: Int32.self)
        }
    }
}

/// Exact selection by histograms of ordered keys. Reads the values, writes nothing and takes no
/// memory that grows with them; always linear: each pass narrows the range of keys 2048-fold, so
/// there are at most seven, and three where few values share the leading bits.
enum RadixSelection {
    private static let digitBits = 11
    /// A range with at most so many values is gathered and sorted.
    private static let small = 256

    /// The element of 0-based rank `rank` in ascending order. No value is NaN; -0 precedes +0.
    static func select<T: Scalar>(rank: Int, in values: UnsafeBufferPointer<T>) -> T {
        precondition(values.indices.contains(rank))
        var low = T.Bits.max
        var high = T.Bits.min
        for value in values {
            let key = value.orderedKey
            low = min(low, key)
            high = max(high, key)
        }
        var rank = rank
        var inside = values.count
        while low < high {
            if inside <= small { return gather(rank, values, low, high, inside) }
            let width = T.Bits.bitWidth - (high - low).leadingZeroBitCount
            let shift = max(0, width - digitBits)
            (low, high, rank, inside) = narrow(rank, values, low, high, shift)
        }
        return T(orderedKey: low)
    }

    /// One pass: the part of [low, high] that holds the rank, the rank within it, and its count.
    private static func narrow<T: Scalar>(
        _ rank: Int, _ values: UnsafeBufferPointer<T>, _ low: T.Bits, _ high: T.Bits, _ shift: Int
    ) -> (T.Bits, T.Bits, Int, Int) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << digitBits) { histogram in
            histogram.initialize(repeating: 0)
            let range = high - low
            for value in values {
                let offset = value.orderedKey &- low
                if offset <= range { histogram[Int(truncatingIfNeeded: offset >> T.Bits(shift))] &+= 1 }
            }
            var below = 0
            var digit = 0
            while below + histogram[digit] <= rank {
                below += histogram[digit]
                digit += 1
            }
            let first = low + T.Bits(digit) << T.Bits(shift)
            // Not min(first + ..., high): next to the largest key (+infinity) that sum overflows.
            let last = first + min(high - first, T.Bits(1) << T.Bits(shift) - 1)
            return (first, last, rank - below, histogram[digit])
        }
    }

    /// The last step: the few keys in [low, high], by insertion.
    private static func gather<T: Scalar>(
        _ rank: Int, _ values: UnsafeBufferPointer<T>, _ low: T.Bits, _ high: T.Bits, _ count: Int
    ) -> T {
        withUnsafeTemporaryAllocation(of: T.Bits.self, capacity: count) { keys in
            let range = high - low
            var filled = 0
            for value in values {
                let key = value.orderedKey
                guard key &- low <= range else { continue }
                var position = filled
                while position > 0, keys[position - 1] > key {
                    keys[position] = keys[position - 1]
                    position -= 1
                }
                keys[position] = key
                filled += 1
            }
            return T(orderedKey: keys[rank])
        }
    }
}

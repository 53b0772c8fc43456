/// A stable sort of 64-bit keys, with a 32-bit payload each, by least significant digits. All histograms
/// are taken in one read, and a digit that is the same in all keys costs nothing.
enum RadixSort {
    struct Item: BitwiseCopyable {
        var key: UInt64
        var payload: UInt32
    }

    private static let digitBits = 11
    private static let buckets = 1 << digitBits
    private static let digits = (64 + digitBits - 1) / digitBits

    /// Sorts `items` in ascending order of key, with `spare`, of the same length, as scratch.
    static func sort(
        _ items: UnsafeMutableBufferPointer<Item>, spare: UnsafeMutableBufferPointer<Item>
    ) throws(QuantcalError) {
        let histograms = try Scratch<Int>(buckets * digits)
        let counts = histograms.buffer
        counts.initialize(repeating: 0)
        for item in items {
            for digit in 0..<digits { counts[digit * buckets + bucket(item.key, digit)] &+= 1 }
        }
        var source = items
        var target = spare
        for digit in 0..<digits {
            let offsets = UnsafeMutableBufferPointer(
                rebasing: counts[digit * buckets..<(digit + 1) * buckets])
            if let first = items.first, offsets[bucket(first.key, digit)] == items.count { continue }
            var next = 0
            for index in 0..<buckets { (offsets[index], next) = (next, next + offsets[index]) }
            for item in source {
                let place = bucket(item.key, digit)
                target[offsets[place]] = item
                offsets[place] &+= 1
            }
            swap(&source, &target)
        }
        if source.baseAddress != items.baseAddress { _ = items.update(fromContentsOf: source) }
    }

    @inline(__always) private static func bucket(_ key: UInt64, _ digit: Int) -> Int {
        Int(truncatingIfNeeded: key >> UInt64(digit * digitBits)) & (buckets - 1)
    }
}

/// Sums over a block of an array, which add up in the order of the blocks.
protocol BlockSums: BitwiseCopyable {
    init()
    static func += (a: inout Self, b: Self)
}

extension BlockSums {
    /// Over `count` elements. `sums` gets the blocks, on any thread.
    static func over(_ count: Int, _ sums: (Range<Int>) -> Self) throws(QuantcalError) -> Self {
        let grain = 1 << 16
        let blocks = try Scratch<Self>((count + grain - 1) / grain)
        Parallel.forEachRange(of: count, grain: grain) { blocks.buffer[$0.lowerBound / grain] = sums($0) }
        return blocks.buffer.reduce(into: Self()) { $0 += $1 }
    }
}

extension Lanes {
    /// Eight elements; where there are fewer, `padding` in place of the others.
    @inline(__always) init<T: WeightElement>(
        _ p: UnsafePointer<T>, _ count: Int, padding: Double = 0
    ) {
        self.init(repeating: padding)
        if count >= 8 {
            for lane in 0..<8 { self[lane] = Double(p[lane].single) }
        } else {
            for lane in 0..<count { self[lane] = Double(p[lane].single) }
        }
    }
}

/// The error for values of which one is not finite; nil if all are.
func notFiniteError<T: WeightElement>(_ values: UnsafeBufferPointer<T>, _ name: String) -> QuantcalError? {
    values.firstIndex { !$0.single.isFinite }.map { index in
        QuantcalError(.notFinite, "\(name)[\(index)] is \(values[index].single); \(name) must be finite")
    }
}

/// A scalar that may have kernels to find the classes of a row that are more probable than some.
protocol ClassScalar: Scalar, SIMDScalar {
    /// The places of values that are at least a limit; room for one more than there are values.
    typealias AboveKernel = (UnsafePointer<Self>?, Int, Self, UnsafeMutablePointer<UInt32>?) -> Int
    static var aboveKernel: AboveKernel? { get }
    /// Sums and counts of the values that are at least each of eight limits.
    typealias TallyKernel = (
        UnsafePointer<Self>?, Int, UnsafePointer<Self>?, UnsafeMutablePointer<Double>?,
        UnsafeMutablePointer<Int64>?
    ) -> Void
    static var tallyKernel: TallyKernel? { get }
}

extension Float: ClassScalar {
    static var aboveKernel: AboveKernel? { Kernels.aboveF32 }
    static var tallyKernel: TallyKernel? { Kernels.tallyF32 }
}

extension Double: ClassScalar {
    static var aboveKernel: AboveKernel? { Kernels.aboveF64 }
    static var tallyKernel: TallyKernel? { Kernels.tallyF64 }
}

/// How many classes of a row reach each of eight probabilities, from 64 times the mean one down by factors of 4,
/// and about how much they have together.
struct ClassTally<T: ClassScalar> {
    static var levels: Int { 8 }
    private let limits: SIMD8<T>
    private var sums = SIMD8<Double>()
    private var counts = SIMD8<Int64>()

    init(_ row: UnsafeBufferPointer<T>) {
        var limits = SIMD8<T>()
        var limit = 64 / T(row.count)
        for level in 0..<Self.levels {
            limits[level] = limit
            limit /= 4
        }
        self.limits = limits
        withUnsafePointer(to: limits) { limits in
            withUnsafeMutablePointer(to: &sums) { sums in
                withUnsafeMutablePointer(to: &counts) { counts in
                    (T.tallyKernel ?? T.tallyReference)(
                        row.baseAddress, row.count, UnsafeRawPointer(limits).assumingMemoryBound(to: T.self),
                        UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self),
                        UnsafeMutableRawPointer(counts).assumingMemoryBound(to: Int64.self))
                }
            }
        }
    }

    /// The highest limit that a class behind all that reach it is not accepted, if the rough sums are right.
    @inline(__always) func limit(
        _ isAccepted: (_ before: UInt128, _ own: UInt64, _ rank: Int) -> Bool
    ) -> T? {
        for level in 0..<Self.levels {
            // A row may sum to more than 1, but not to more than one for each class.
            let before = UInt128(sums[level] * 0x1p62)
            if !isAccepted(before, 0, Int(counts[level]) + 1) { return limits[level] }
        }
        return nil
    }
}

extension ClassScalar {
    /// In ascending order; how many.
    static func aboveReference(
        _ values: UnsafePointer<Self>?, _ count: Int, _ limit: Self, _ places: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        guard let values, let places else { return 0 }
        var found = 0
        for index in 0..<count {
            places[found] = UInt32(truncatingIfNeeded: index)
            found &+= values[index] >= limit ? 1 : 0
        }
        return found
    }

    /// In sixteen strands, as lanes add them up.
    static func tallyReference(
        _ values: UnsafePointer<Self>?, _ count: Int, _ limits: UnsafePointer<Self>?,
        _ sums: UnsafeMutablePointer<Double>?, _ counts: UnsafeMutablePointer<Int64>?
    ) {
        guard let values, let limits, let sums, let counts else { return }
        for level in 0..<ClassTally<Self>.levels {
            var strands = SIMD16<Self>()
            var hits: Int64 = 0
            for index in 0..<count where values[index] >= limits[level] {
                strands[index & 15] += values[index]
                hits += 1
            }
            var sum = 0.0
            for strand in 0..<16 { sum += Double(strands[strand]) }
            (sums[level], counts[level]) = (sum, hits)
        }
    }
}

import CQuantcalKernels
import Glibc

/// Exact selection of the k-th smallest element of an unsorted array, without sorting or copying it.
///
/// A random sample brackets the rank: with s samples, the elements at sample ranks s k/n -+ d hold
/// the wanted one between them, all but once in ten thousand times, for d four standard deviations.
/// One pass counts what lies below the bracket and keeps what lies inside, a few per cent; the
/// answer is then among the kept. Elements equal to an end of the bracket are counted and not kept,
/// so ties cost nothing. If the bracket misses, or too much falls inside, `RadixSelection` decides
/// on the whole array: luck affects only the time. The sample's indices are random, so no order of
/// the input is bad.
///
/// Source: Floyd, Rivest (1975), in the form for one pass over memory.
enum Selection {
    /// For smaller arrays a sample saves nothing.
    static let smallestSampled = 4096

    /// The element of 0-based rank `rank` in ascending order; a NaN anywhere is an error.
    static func select<T: SelectableScalar>(
        rank: Int, in values: UnsafeBufferPointer<T>, name: String
    ) throws(QuantcalError) -> T {
        guard values.count >= smallestSampled else {
            try Require.notNaN(values, name)
            return RadixSelection.select(rank: rank, in: values)
        }
        let bracket = try bracket(rank: rank, in: values)
        let kept = try Scratch<T>(bracket.capacity + BracketCounts.slack)
        let counts = T.count(values, from: bracket.lower, to: bracket.upper, keeping: kept.buffer)
        guard counts.kept <= bracket.capacity else {
            try Require.notNaN(values, name)
            return RadixSelection.select(rank: rank, in: values)
        }
        let candidates = UnsafeBufferPointer(rebasing: kept.buffer[..<counts.kept])
        if Require.hasNaN(candidates) { try Require.notNaN(values, name) }
        // In ascending order: what is below, ends that were counted, what was kept, ends again.
        var place = rank - counts.below
        if place >= 0 {
            if place < counts.equalLower { return bracket.lower }
            place -= counts.equalLower
            if place < counts.kept { return RadixSelection.select(rank: place, in: candidates) }
            if place < counts.kept + counts.equalUpper { return bracket.upper }
        }
        return RadixSelection.select(rank: rank, in: values)
    }

    private struct Bracket<T> {
        var lower: T
        var upper: T
        /// Room for what is expected inside, twice over.
        var capacity: Int
    }

    private static func bracket<T: SelectableScalar>(
        rank: Int, in values: UnsafeBufferPointer<T>
    ) throws(QuantcalError) -> Bracket<T> {
        let n = Double(values.count)
        let fraction = (Double(rank) + 0.5) / n
        let spread = (fraction * (1 - fraction)).squareRoot()
        // Balances what a draw costs, a cache miss, against what a survivor costs, a few operations.
        let root = cbrt(0.8 * n * spread)
        let size = Int(min(max(root * root, 256), 65536)) & ~1
        let sample = try Scratch<T>(size)
        let random = Philox(seed: 0, purpose: .selectionSample)
        for pair in 0..<size / 2 {
            let (first, second) = random.integers(UInt64(pair), below: UInt64(values.count))
            sample.buffer[2 * pair] = values[Int(first)]
            sample.buffer[2 * pair + 1] = values[Int(second)]
        }
        let margin = 4 * spread * Double(size).squareRoot() + 1
        let centre = Double(size) * fraction
        let low = Int((centre - margin).rounded(.down))
        let high = Int((centre + margin).rounded(.up))
        let view = UnsafeBufferPointer(sample.buffer)
        let expected = Double(high - low + 2) / Double(size) * n
        return Bracket(
            lower: low < 0 ? -T.infinity : RadixSelection.select(rank: low, in: view),
            upper: high >= size ? T.infinity : RadixSelection.select(rank: high, in: view),
            capacity: Int(2 * expected) + 1024)
    }
}

/// What one pass over an array finds about a bracket. Where many values fall inside, the bracket's
/// ends are counted; all others, NaN included, are kept, as many as there is room for.
struct BracketCounts {
    var below = 0
    var equalLower = 0
    var kept = 0
    var equalUpper = 0
}

/// A scalar that may have a kernel for the pass over the array.
protocol SelectableScalar: Scalar {
    typealias BracketKernel = (
        UnsafePointer<Self>?, Int, Self, Self, UnsafeMutablePointer<Self>?, Int,
        UnsafeMutablePointer<quantcal_bracket_counts>?
    ) -> Void
    static var bracketKernel: BracketKernel? { get }
}

extension Float: SelectableScalar {
    static var bracketKernel: BracketKernel? { Kernels.bracketF32 }
}

extension Double: SelectableScalar {
    static var bracketKernel: BracketKernel? { Kernels.bracketF64 }
}

extension SelectableScalar {
    static func count(
        _ values: UnsafeBufferPointer<Self>, from lower: Self, to upper: Self,
        keeping kept: UnsafeMutableBufferPointer<Self>
    ) -> BracketCounts {
        guard let kernel = bracketKernel else {
            return countReference(values, from: lower, to: upper, keeping: kept)
        }
        var counts = quantcal_bracket_counts()
        let capacity = kept.count - BracketCounts.slack
        kernel(values.baseAddress, values.count, lower, upper, kept.baseAddress, capacity, &counts)
        return BracketCounts(counts)
    }

    /// The reference. A NaN fails every comparison, so it is among the kept.
    static func countReference(
        _ values: UnsafeBufferPointer<Self>, from lower: Self, to upper: Self,
        keeping kept: UnsafeMutableBufferPointer<Self>
    ) -> BracketCounts {
        var counts = BracketCounts()
        for value in values {
            if value < lower {
                counts.below += 1
            } else if value == lower {
                counts.equalLower += 1
            } else if value == upper {
                counts.equalUpper += 1
            } else if !(value > upper) {
                if counts.kept < kept.count { kept[counts.kept] = value }
                counts.kept += 1
            }
        }
        return counts
    }
}

extension BracketCounts {
    /// Room at the end of `kept` for a kernel that stores whole vectors.
    static let slack = 16

    init(_ counts: quantcal_bracket_counts) {
        self.init(
            below: counts.below, equalLower: counts.equal_lower, kept: counts.kept,
            equalUpper: counts.equal_upper)
    }
}

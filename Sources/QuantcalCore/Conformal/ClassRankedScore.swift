/// Scores that go by rank: APS, RAPS, SAPS and top-k.
///
/// Probabilities are counted in units of 2^-62 (what is below a unit is dropped), so the sum of those that stand
/// before a class is a whole number: the same whatever the order of adding. The label's score can be had in one
/// pass without sorting, and the set from a partial selection, and still both have the same bits.
///
/// With one share u for a point no score falls as the rank rises, rounding included: A + u q is a whole number of
/// units of 2^-94, and the next rank's A' = A + q is no less than A + u q; it is rounded once, and rounding,
/// the penalty and the sum with it are monotone. So a set is the classes of the first ranks, and a class's
/// score decides for all that stand before it.
struct RankedScore {
    let kind: ConformalClasses.Kind
    let lambda: Double
    let kReg: Int

    init(_ options: ConformalClasses.Options) {
        (kind, lambda, kReg) = (options.kind, options.lambda, options.kReg)
    }

    /// A probability, 0 to 1, in units of 2^-62: its 53 bits, moved by its exponent.
    @inline(__always) static func units<T: Scalar>(_ probability: T) -> UInt64 {
        let bits = Double(probability).bitPattern
        let exponent = bits >> 52
        let significand = (bits & (1 << 52 - 1)) | 1 << 52
        // Of 63 bits the last is moved out by 63.
        return (significand << 10) &>> min(1023 &- exponent, 63)
    }

    /// - Parameters:
    ///   - before: the units of the classes that stand before.
    ///   - own: those of the class.
    ///   - rank: from 1.
    ///   - top: the largest probability.
    ///   - share: u in units of 2^-32.
    @inline(__always) func callAsFunction(
        before: UInt128, own: UInt64, rank: Int, top: Double, share: UInt64
    ) -> Double {
        let u = Double(share) * 0x1p-32
        switch kind {
        case .topK: return Double(rank - 1) + u
        case .saps: return rank == 1 ? u * top : top + lambda * (Double(rank - 2) + u)
        case .raps: return accumulated(before, own, share) + lambda * Double(max(0, rank - kReg))
        default: return accumulated(before, own, share)
        }
    }

    /// The nearest double to A + u q.
    @inline(__always) private func accumulated(_ before: UInt128, _ own: UInt64, _ share: UInt64) -> Double {
        // Fewer than 2^31 classes of at most 2^62 units, times 2^32.
        let exact = before << 32 &+ UInt128(own) &* UInt128(share)
        let excess = max(0, 64 - exact.leadingZeroBitCount)
        let kept = UInt64(truncatingIfNeeded: exact >> UInt128(excess))
        // 64 bits of which the last stands for all that were cut off round as the whole does.
        let isCut = UInt128(kept) << UInt128(excess) != exact
        return Double(kept | (isCut ? 1 : 0)) * Double(bitPattern: UInt64(1023 - 94 + excess) << 52)
    }
}

extension UnsafeBufferPointer where Element: ClassScalar {
    /// What stands before a class by rank: larger, or equal and of lower index. Its units, and how many classes.
    func standingBefore(_ label: Int) -> (units: UInt128, count: Int) {
        let own = self[label]
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count + 1) { places in
            let found = (Element.aboveKernel ?? Element.aboveReference)(
                baseAddress, self.count, own, places.baseAddress)
            var units: UInt128 = 0
            var count = 0
            for place in places[..<found] {
                let index = Int(place)
                let stands: UInt64 = self[index] > own || index < label ? 1 : 0
                count &+= Int(truncatingIfNeeded: stands)
                units &+= UInt128(RankedScore.units(self[index]) & (0 &- stands))
            }
            return (units, count)
        }
    }
}

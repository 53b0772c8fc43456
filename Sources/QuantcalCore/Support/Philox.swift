/// Philox 4x32-10, a counter-based random number generator: block `i` of stream `s` for a seed is a
/// pure function of (seed, i, s, purpose), so any value can be had at once, on any thread.
///
/// Source: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3"; the
/// published known answers are in the tests.
public struct Philox: Sendable {
    /// Keeps two routines that share a seed from drawing the same numbers.
    public enum Purpose: UInt32, Sendable {
        case selectionSample = 1
        case integralTransform = 2
        case holdoutNoise = 3
        case conformalPValue = 4
        case conformalScore = 5
        case conformalPruning = 6
        case conformalModel = 7
        case conformalHistory = 8
        case classCluster = 9
        case abstentionPolicy = 10
        case predictiveDistribution = 12
        case exchangeabilityTest = 13
        case codeBook = 14
        case rangeGroup = 15
        case trellisCode = 16
        case noisyBias = 20
        case signedRotation = 21
        case calibrationSample = 22
        case timeStep = 23
    }

    let key: (UInt32, UInt32)
    let stream: UInt32
    let purpose: UInt32

    public init(seed: UInt64, stream: UInt32 = 0, purpose: Purpose) {
        self.init(
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
            stream: stream, purpose: purpose.rawValue)
    }

    init(key: (UInt32, UInt32), stream: UInt32, purpose: UInt32) {
        (self.key, self.stream, self.purpose) = (key, stream, purpose)
    }

    /// The four words of block `index`.
    public func block(_ index: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
        var counter = (
            UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), stream, purpose
        )
        var key = self.key
        for round in 0..<10 {
            if round > 0 {
                key.0 &+= 0x9E37_79B9
                key.1 &+= 0xBB67_AE85
            }
            let a = counter.0.multipliedFullWidth(by: 0xD251_1F53)
            let b = counter.2.multipliedFullWidth(by: 0xCD9E_8D57)
            counter = (b.high ^ counter.1 ^ key.0, b.low, a.high ^ counter.3 ^ key.1, a.low)
        }
        return counter
    }

    /// Two integers below `limit` from block `index`, each biased by less than limit / 2^64.
    func integers(_ index: UInt64, below limit: UInt64) -> (UInt64, UInt64) {
        let w = block(index)
        let first = UInt64(w.1) << 32 | UInt64(w.0)
        let second = UInt64(w.3) << 32 | UInt64(w.2)
        return (first.multipliedFullWidth(by: limit).high, second.multipliedFullWidth(by: limit).high)
    }

    /// Two independent standard normal numbers from block `index`, by the quantiles of odd multiples of 2^-53.
    func normals(_ index: UInt64) -> SIMD2<Double> {
        let w = block(index)
        let bits = SIMD2(UInt64(w.1) << 32 | UInt64(w.0), UInt64(w.3) << 32 | UInt64(w.2)) &>> 12
        let shares = (SIMD2<Double>(bits) + 0.5) * 0x1p-52
        return SIMD2(NormalDistribution.quantile(shares.x), NormalDistribution.quantile(shares.y))
    }

    /// A multiple of 2^-53 from 0 up to, not including, 1, from block `index`.
    func uniform(_ index: UInt64) -> Double {
        let w = block(index)
        return Double((UInt64(w.1) << 32 | UInt64(w.0)) >> 11) * 0x1p-53
    }

    /// The same as an integer, in units of 2^-53.
    func units(_ index: UInt64) -> UInt64 {
        let w = block(index)
        return (UInt64(w.1) << 32 | UInt64(w.0)) >> 11
    }
}

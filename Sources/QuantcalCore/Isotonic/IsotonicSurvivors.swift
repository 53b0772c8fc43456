import CQuantcalKernels

extension IsotonicScalar {
    /// The kernel's reference.
    static func survivorsReference(
        _ values: UnsafePointer<Self>?, _ weights: UnsafePointer<Self>?, _ count: Int, _ scale: Double,
        _ weightScale: Double, _ arePositive: Int32, _ chords: UnsafePointer<quantcal_isotonic_chord>?,
        _ masks: UnsafeMutablePointer<UInt64>?
    ) {
        for cell in 0..<count {
            let chord = chords![cell]
            var mask: UInt64 = 0
            let first = values! + cell * isotonicCellSize
            let firstWeight = weights.map { $0 + cell * isotonicCellSize }
            if chord.limit > -.infinity, falls(first, firstWeight, scale, weightScale, chord) {
                var below = 0.0
                for place in stride(from: 0, to: isotonicCellSize, by: 8) {
                    var lanes = Lanes(at: values! + cell * isotonicCellSize + place) * scale - chord.slope
                    if let weights {
                        lanes *= Lanes(at: weights + cell * isotonicCellSize + place) * weightScale
                    }
                    lanes = lanes.prefixSums + below
                    below = lanes[7]
                    for lane in 0..<8 where lanes[lane] <= chord.limit { mask |= 1 << UInt64(place + lane) }
                }
            }
            if mask != 0, arePositive != 0 {
                for place in 0..<isotonicCellSize - 1 {
                    let here = cell * isotonicCellSize + place
                    let rises = Double(values![here]) * scale < Double(values![here + 1]) * scale
                    if !rises { mask &= ~(1 << UInt64(place)) }
                }
            }
            masks![cell] = mask
        }
    }

    /// Whether the path through a cell falls to the limit: first inside each eight points, then what is
    /// before them.
    private static func falls(
        _ values: UnsafePointer<Self>, _ weights: UnsafePointer<Self>?, _ scale: Double,
        _ weightScale: Double, _ chord: quantcal_isotonic_chord
    ) -> Bool {
        var (totals, least) = (Lanes.zero, Lanes.zero)
        for eight in 0..<8 {
            var lanes = Lanes(at: values + 8 * eight) * scale - chord.slope
            if let weights { lanes *= Lanes(at: weights + 8 * eight) * weightScale }
            totals[eight] = lanes[0]
            least[eight] = lanes[0]
            for lane in 1..<8 {
                totals[eight] += lanes[lane]
                least[eight] = totals[eight] < least[eight] ? totals[eight] : least[eight]
            }
        }
        let heights = totals.shiftedUp(1).prefixSums + least
        return (0..<8).contains { heights[$0] <= chord.limit }
    }
}

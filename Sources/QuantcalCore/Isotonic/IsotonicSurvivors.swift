import CQuantcalKernels

extension IsotonicScalar {
    /// The kernel's reference.
    static func dipsReference(
        _ values: UnsafePointer<Self>?, _ weights: UnsafePointer<Self>?, _ count: Int, _ scale: Double,
        _ weightScale: Double, _ chords: UnsafePointer<quantcal_isotonic_chord>?,
        _ dips: UnsafeMutablePointer<quantcal_isotonic_dip>?
    ) -> Int {
        var found = 0
        for chord in UnsafeBufferPointer(start: chords, count: count) {
            let first = Int(chord.cell) * isotonicCellSize
            let weights = weights.map { $0 + first }
            let dip = lowest(values! + first, weights, scale, weightScale, chord.slope)
            guard dip.height <= chord.limit else { continue }
            dips![found] = quantcal_isotonic_dip(
                slope: chord.slope, height: dip.height,
                weight: Self.weight(weights, weightScale, to: dip.place), cell: chord.cell,
                place: Int64(dip.place))
            found += 1
        }
        return found
    }

    /// Where the path through a cell is lowest: first inside each eight points, then what is before
    /// them.
    private static func lowest(
        _ values: UnsafePointer<Self>, _ weights: UnsafePointer<Self>?, _ scale: Double,
        _ weightScale: Double, _ slope: Double
    ) -> (height: Double, place: Int) {
        var (totals, least) = (Lanes.zero, Lanes.zero)
        var places = SIMD8<Int>.zero
        for eight in 0..<8 {
            var lanes = Lanes(at: values + 8 * eight) * scale - slope
            if let weights { lanes *= Lanes(at: weights + 8 * eight) * weightScale }
            totals[eight] = lanes[0]
            least[eight] = lanes[0]
            places[eight] = 8 * eight
            for lane in 1..<8 {
                totals[eight] += lanes[lane]
                guard totals[eight] < least[eight] else { continue }
                least[eight] = totals[eight]
                places[eight] = 8 * eight + lane
            }
        }
        let heights = totals.shiftedUp(1).prefixSums + least
        var lowest = 0
        for eight in 1..<8 where heights[eight] < heights[lowest] { lowest = eight }
        return (heights[lowest], places[lowest])
    }

    /// The weight of the points of a cell up to a place.
    private static func weight(
        _ weights: UnsafePointer<Self>?, _ weightScale: Double, to place: Int
    ) -> Double {
        guard let weights else { return Double(place + 1) }
        var sum = Lanes.zero
        for first in stride(from: 0, to: isotonicCellSize, by: 8) {
            let lanes = Lanes(at: weights + first) * weightScale
            for lane in 0..<8 where first + lane <= place { sum[lane] += lanes[lane] }
        }
        return sum.foldedSum
    }

    /// The kernel's reference.
    static func survivorsReference(
        _ values: UnsafePointer<Self>?, _ weights: UnsafePointer<Self>?, _ count: Int, _ scale: Double,
        _ weightScale: Double, _ arePositive: Int32, _ bends: UnsafePointer<quantcal_isotonic_bend>?,
        _ masks: UnsafeMutablePointer<UInt64>?
    ) {
        for index in 0..<count {
            let bend = bends![index]
            let values = values! + Int(bend.cell) * isotonicCellSize
            let weights = weights.map { $0 + Int(bend.cell) * isotonicCellSize }
            var mask: UInt64 = 0
            var below = 0.0
            for place in stride(from: 0, to: isotonicCellSize, by: 8) {
                var slopes = Lanes(repeating: bend.slope)
                for lane in 0..<8 where Int64(place + lane) > bend.place { slopes[lane] = bend.after }
                var lanes = Lanes(at: values + place) * scale - slopes
                if let weights { lanes *= Lanes(at: weights + place) * weightScale }
                lanes = lanes.prefixSums + below
                below = lanes[7]
                for lane in 0..<8 where lanes[lane] <= bend.limit { mask |= 1 << UInt64(place + lane) }
            }
            if mask != 0, arePositive != 0 {
                for place in 0..<isotonicCellSize - 1 {
                    let rises = Double(values[place]) * scale < Double(values[place + 1]) * scale
                    if !rises { mask &= ~(1 << UInt64(place)) }
                }
            }
            masks![Int(bend.cell)] = mask
        }
    }
}

/// Where k-means begins: k-means++ (Arthur and Vassilvitskii, 2007) or vectors at random.
///
/// Departure: k-means++ looks at a sample of at most 64 vectors a centre, one at random from each of as many
/// equal runs of vectors; a whole pass for each centre would take longer than k-means.
struct CentreSeeds {
    let vectors: VectorSet
    let weights: UnsafePointer<Float>?
    let random: Philox

    private static let samplesPerCentre = 64
    private static let grain = 2048
    /// Random numbers from here on are for samples.
    private static let samples: UInt64 = 1 << 40

    /// One vector at random of each of `count` equal runs; if there are fewer vectors, all and then the
    /// first again.
    func sample(_ count: Int, into centres: UnsafeMutablePointer<Float>) {
        for centre in 0..<count { copy(sampled(centre, of: min(count, vectors.count)), to: centres, centre) }
    }

    private func sampled(_ place: Int, of count: Int) -> Int {
        guard place < count else { return 0 }
        // Products of two indices below 2^63 do not fit; in double, runs of whole numbers would.
        let share = vectors.count.multipliedFullWidth(by: place)
        let first = count.dividingFullWidth((share.high, share.low)).quotient
        let next = vectors.count.multipliedFullWidth(by: place + 1)
        let end = count.dividingFullWidth((next.high, next.low)).quotient
        let draw = random.uniform(Self.samples + UInt64(place))
        return first + min(Int(draw * Double(end - first)), end - first - 1)
    }

    private func copy(_ vector: Int, to centres: UnsafeMutablePointer<Float>, _ centre: Int) {
        (centres + centre * vectors.dimension).update(
            from: vectors.values + vector * vectors.stride, count: vectors.dimension)
    }

    /// Each next centre is a vector of the sample, with a probability in proportion to its weighted squared
    /// distance from the nearest one so far. If all distances are 0, the rest are the first again.
    func plusPlus(_ count: Int, into centres: UnsafeMutablePointer<Float>) throws(QuantcalError) {
        let size = min(vectors.count, count * Self.samplesPerCentre)
        let chances = try Scratch<Double>(size)
        let sums = try Scratch<Double>((size + Self.grain - 1) / Self.grain)
        for place in 0..<size { chances.buffer[place] = weight(sampled(place, of: size)) }
        sum(chances, sums) { _, chance in chance }
        var chosen = draw(0, chances, sums)
        if let chosen { copy(sampled(chosen, of: size), to: centres, 0) } else { copy(0, to: centres, 0) }
        for place in 0..<size { chances.buffer[place] = .infinity }
        for centre in 1..<max(count, 1) {
            if chosen != nil {
                let last = UnsafePointer(centres + (centre - 1) * vectors.dimension)
                sum(chances, sums) { place, chance in
                    let vector = sampled(place, of: size)
                    return min(chance, vectors.distance(vector, last) * weight(vector))
                }
                chosen = draw(centre, chances, sums)
            }
            guard let chosen else {
                (centres + centre * vectors.dimension).update(from: centres, count: vectors.dimension)
                continue
            }
            copy(sampled(chosen, of: size), to: centres, centre)
        }
    }

    private func weight(_ vector: Int) -> Double { weights.map { Double($0[vector]) } ?? 1 }

    /// New chances, and their sums by runs.
    private func sum(
        _ chances: borrowing Scratch<Double>, _ sums: borrowing Scratch<Double>,
        _ change: (Int, Double) -> Double
    ) {
        let (values, totals) = (chances.buffer, sums.buffer)
        Parallel.forEachRange(of: values.count, grain: Self.grain) { range in
            var sum = 0.0
            for place in range {
                values[place] = change(place, values[place])
                sum += values[place]
            }
            totals[range.lowerBound / Self.grain] = sum
        }
    }

    /// nil if no chance is above 0.
    private func draw(
        _ index: Int, _ chances: borrowing Scratch<Double>, _ sums: borrowing Scratch<Double>
    ) -> Int? {
        let total = sums.buffer.reduce(0, +)
        guard total > 0 else { return nil }
        var left = random.uniform(UInt64(index)) * total
        var last: Int?
        for run in sums.buffer.indices where sums.buffer[run] > 0 {
            let range = run * Self.grain..<min((run + 1) * Self.grain, chances.buffer.count)
            let isHere = left < sums.buffer[run]
            for place in range where chances.buffer[place] > 0 {
                last = place
                if isHere {
                    left -= chances.buffer[place]
                    if left < 0 { return place }
                }
            }
            // What rounding leaves of a run goes to its last vector.
            if isHere { return last }
            left -= sums.buffer[run]
        }
        return last
    }
}

/// How many calibration samples each time step of a diffusion model gives: more where its features are like those of
/// many other steps, and where they point elsewhere.
///
/// Source: Liu et al. (2024), EDA-DM: w = density + diversity * variety, each from 0 to 1; a step gets its share of
/// the whole, rounded. What is lacking goes to the largest; what is too much comes off the last. Departures: a step
/// has one vector of features; a term that is the same for all steps counts nothing, where the published code
/// divides 0 by 0; if both are, all steps have the same weight.
///
/// A variety is the sum of 1 - cos over the other steps: with the directions u, half of |u - v|^2 each. So that
/// nothing cancels it is taken from their mean m, (n |u - m|^2 + sum of |v - m|^2) / 2. A row of zeros has no
/// direction: its cosine with any other is 0.
extension CalibrationSamples {
    /// Writes a weight and a count for each row; weights sum up to 1, counts to `total`.
    public func allocate(
        _ features: UnsafeBufferPointer<Float>, count: Int, dimension: Int, total: Int, _ progress: Progress,
        weights: UnsafeMutablePointer<Double>?, counts: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) {
        try requireDensity()
        let largestTotal = 1 << 32
        guard (0...largestTotal).contains(total), count > 0 || total == 0 else {
            let reason =
                count == 0 && total > 0 ? "n is 0, there are no steps" : "it may be \(largestTotal) at most"
            throw QuantcalError(.size, "total is \(UInt(bitPattern: total)); \(reason)")
        }
        let room = try Scratch<Int>(count)
        let samples = try SampleRows(
            features, count: count, dimension: dimension, kept: nil, room: room.buffer)
        guard count > 0 else { return }
        try progress(0)
        let neighbours = try SampleNeighbours(samples, radius: radius).counts(progress)
        let densities = Shares(neighbours.buffer)
        let own = try Self.varieties(samples)
        for step in 0..<count {
            own.buffer[step] = densities[neighbours.buffer[step]] + diversity * own.buffer[step]
        }
        let sum = own.buffer.reduce(0, +)
        for step in 0..<count { own.buffer[step] = sum > 0 ? own.buffer[step] / sum : 1 / Double(count) }
        let made = try Self.counts(own.buffer, total)
        counts.update(from: made.buffer.baseAddress!, count: count)
        weights?.update(from: own.buffer.baseAddress!, count: count)
    }

    /// From 0 to 1.
    private static func varieties(_ samples: SampleRows) throws(QuantcalError) -> Scratch<Double> {
        let (count, dimension) = (samples.count, samples.dimension)
        let inverse = try Scratch<Double>(count)
        let mean = try Scratch<Double>(zeroed: dimension)
        var pointing = 0
        for step in 0..<count {
            let row = samples.row(step)
            var square = 0.0
            for j in 0..<dimension { square += Double(row[j]) * Double(row[j]) }
            inverse.buffer[step] = square > 0 ? 1 / square.squareRoot() : 0
            pointing += square > 0 ? 1 : 0
            for j in 0..<dimension { mean.buffer[j] += Double(row[j]) * inverse.buffer[step] }
        }
        for j in 0..<dimension { mean.buffer[j] /= Double(max(pointing, 1)) }
        let varieties = try Scratch<Double>(count)
        var spread = 0.0
        for step in 0..<count where inverse.buffer[step] > 0 {
            let row = samples.row(step)
            var square = 0.0
            for j in 0..<dimension {
                let difference = Double(row[j]) * inverse.buffer[step] - mean.buffer[j]
                square += difference * difference
            }
            varieties.buffer[step] = square
            spread += square
        }
        for step in 0..<count {
            varieties.buffer[step] =
                inverse.buffer[step] > 0
                ? (Double(pointing) * varieties.buffer[step] + spread) / 2 + Double(count - pointing)
                : Double(count - 1)
        }
        let (least, largest) = (varieties.buffer.min() ?? 0, varieties.buffer.max() ?? 0)
        // Less than that is rounding.
        let isSame = largest - least <= 1e-12 * Double(count)
        for step in 0..<count {
            varieties.buffer[step] = isSame ? 0 : (varieties.buffer[step] - least) / (largest - least)
        }
        return varieties
    }

    private static func counts(
        _ weights: UnsafeMutableBufferPointer<Double>, _ total: Int
    ) throws(QuantcalError) -> Scratch<Int> {
        let counts = try Scratch<Int>(weights.count)
        var rest = total
        for step in weights.indices {
            counts.buffer[step] = Int((Double(total) * weights[step]).rounded(.toNearestOrEven))
            rest -= counts.buffer[step]
        }
        if rest > 0 {
            let keys = try Scratch<UInt64>(weights.count)
            for step in weights.indices { keys.buffer[step] = ~UInt64(counts.buffer[step]) }
            let order = try KeyedOrder.ascending(keys.buffer)
            for place in 0..<rest { counts.buffer[order.buffer[place % weights.count]] += 1 }
        }
        while rest < 0 {
            for step in weights.indices.reversed() where rest < 0 && counts.buffer[step] > 0 {
                counts.buffer[step] -= 1
                rest += 1
            }
        }
        return counts
    }
}

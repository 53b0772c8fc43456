/// Some samples out of many.
///
/// Departures. The density of EDA-DM is that of its time steps (`SampleAllocation`); here it is that of samples,
/// and diversity is the distance from the nearest sample that is chosen, so that the choice is made one by one.
/// QuantVGGT's code clusters what its filter had removed, too, and its clusters are those of scikit-learn.
extension CalibrationSamples {
    /// Rows of a matrix: by `densityDiversity` in the order in which they are chosen, by `clusters` ascending.
    public func select(
        _ features: UnsafeBufferPointer<Float>, count: Int, dimension: Int,
        kept: UnsafeBufferPointer<UInt8>?, choose: Int, _ progress: Progress,
        into chosen: UnsafeMutablePointer<Int>
    ) throws(QuantcalError) {
        switch method {
        case .densityDiversity: try requireDensity()
        case .clusters:
            guard (1...65536).contains(clusters) else {
                throw QuantcalError(
                    .options, "clusters is \(UInt(bitPattern: clusters)); it must be 1 to 65536")
            }
            guard (1...1000).contains(restarts) else {
                throw QuantcalError(.options, "restarts is \(restarts); it must be 1 to 1000")
            }
        }
        let room = try Scratch<Int>(count)
        let samples = try SampleRows(
            features, count: count, dimension: dimension, kept: kept, room: room.buffer)
        guard choose <= samples.count else {
            throw QuantcalError(
                .size,
                "choose is \(UInt(bitPattern: choose)); n is \(count), and \(samples.count) samples are there"
            )
        }
        guard choose > 0 else { return }
        try progress(0)
        let found =
            method == .clusters
            ? try ofClusters(samples, choose, progress) : try diverse(samples, choose, progress)
        for index in 0..<choose { chosen[index] = samples.rows[found.buffer[index]] }
    }

    /// The densest sample; then each time the one with the largest sum of its density and, weighted, its distance
    /// from the nearest that is chosen, both as shares of the largest; the first of equal ones.
    private func diverse(
        _ samples: SampleRows, _ choose: Int, _ progress: Progress
    ) throws(QuantcalError) -> Scratch<Int> {
        let counts = try SampleNeighbours(samples, radius: radius)
            .counts(progress.part(from: 0, to: 0.5))
        let densities = Shares(counts.buffer)
        let chosen = try Scratch<Int>(choose)
        let squares = try Scratch<Double>(samples.count)
        let isChosen = try Scratch<Bool>(zeroed: samples.count)
        squares.buffer.update(repeating: .infinity)
        for index in 0..<choose {
            try progress(0.5 + 0.5 * Double(index) / Double(choose))
            var farthest = 0.0
            for place in 0..<samples.count where index > 0 && !isChosen.buffer[place] {
                farthest = max(farthest, squares.buffer[place])
            }
            var (best, score) = (-1, -1.0)
            for place in 0..<samples.count where !isChosen.buffer[place] {
                let distance = farthest > 0 ? (squares.buffer[place] / farthest).squareRoot() : 0
                let own = densities[counts.buffer[place]] + diversity * distance
                if own > score { (best, score) = (place, own) }
            }
            chosen.buffer[index] = best
            isChosen.buffer[best] = true
            if index + 1 < choose { Self.approach(samples, best, squares.buffer) }
        }
        return chosen
    }

    /// Distances from the nearest chosen sample, now that there is one more.
    private static func approach(
        _ samples: SampleRows, _ chosen: Int, _ squares: UnsafeMutableBufferPointer<Double>
    ) {
        Parallel.forEachRange(of: samples.count, grain: max(1, (1 << 18) / max(samples.dimension, 1))) {
            for place in $0 { squares[place] = min(squares[place], samples.squaredDistance(place, chosen)) }
        }
    }

    /// From each cluster the same number at random, one more from the first ones if that does not come out even;
    /// what small clusters lack, at random from all.
    private func ofClusters(
        _ samples: SampleRows, _ choose: Int, _ progress: Progress
    ) throws(QuantcalError) -> Scratch<Int> {
        let cluster = try Scratch<UInt16>(zeroed: samples.count)
        let clusterCount = try assignClusters(samples, progress, to: cluster.buffer)
        let random = Philox(seed: seed, purpose: .calibrationSample)
        let keys = try Scratch<UInt64>(samples.count)
        for place in 0..<samples.count {
            keys.buffer[place] = random.units(UInt64(samples.rows[place]))
        }
        let order = try KeyedOrder.ascending(keys.buffer)
        let taken = try Scratch<Int>(zeroed: clusterCount)
        let isChosen = try Scratch<Bool>(zeroed: samples.count)
        var total = 0
        for place in order.buffer {
            let own = Int(cluster.buffer[place])
            let share = choose / clusterCount + (own < choose % clusterCount ? 1 : 0)
            guard taken.buffer[own] < share else { continue }
            taken.buffer[own] += 1
            isChosen.buffer[place] = true
            total += 1
        }
        for place in order.buffer where total < choose && !isChosen.buffer[place] {
            isChosen.buffer[place] = true
            total += 1
        }
        let chosen = try Scratch<Int>(choose)
        var next = 0
        for place in 0..<samples.count where isChosen.buffer[place] {
            chosen.buffer[next] = place
            next += 1
        }
        return chosen
    }

    /// The cluster of each sample, numbered by their first members; returns how many there are.
    private func assignClusters(
        _ samples: SampleRows, _ progress: Progress, to codes: UnsafeMutableBufferPointer<UInt16>
    ) throws(QuantcalError) -> Int {
        guard samples.dimension > 0, clusters > 1 else { return 1 }
        var books = CodeBooks()
        (books.centres, books.restarts, books.seed) = (min(clusters, samples.count), restarts, seed)
        let (elements, overflow) = samples.count.multipliedReportingOverflow(by: samples.dimension)
        let vectors = try Scratch<Float>(overflow ? .max : elements)
        for place in 0..<samples.count {
            (vectors.buffer.baseAddress! + place * samples.dimension).update(
                from: samples.row(place), count: samples.dimension)
        }
        let centres = try Scratch<Float>(books.elementCount(dimension: samples.dimension))
        _ = try books.train(
            UnsafeBufferPointer(vectors.buffer), count: samples.count, dimension: samples.dimension,
            weights: nil, importance: nil, books: centres.buffer, codes: codes.baseAddress!, progress)
        let numbers = try Scratch<Int>(books.centres)
        numbers.buffer.update(repeating: -1)
        var found = 0
        for place in 0..<samples.count {
            let code = Int(codes[place])
            if numbers.buffer[code] < 0 {
                numbers.buffer[code] = found
                found += 1
            }
            codes[place] = UInt16(numbers.buffer[code])
        }
        return found
    }
}

/// Numbers of neighbours as shares of the way from the least to the largest; 0 if all are equal.
struct Shares {
    private let least: Int
    private let width: Int

    init(_ counts: UnsafeMutableBufferPointer<Int>) {
        least = counts.min() ?? 0
        width = (counts.max() ?? 0) - least
    }

    subscript(_ count: Int) -> Double { width > 0 ? Double(count - least) / Double(width) : 0 }
}

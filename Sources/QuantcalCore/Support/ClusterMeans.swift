/// Weighted k-means of points: the best of some runs from random centres. Sums go in the order of the points, so
/// the same seed gives the same clusters everywhere.
///
/// Sources: Lloyd (1982); Arthur, Vassilvitskii (2007), "k-means++: the advantages of careful seeding".
struct ClusterMeans: ~Copyable {
    private static let mostSteps = 300

    private let points: UnsafePointer<Double>
    private let dimensions: Int
    private let weights: UnsafePointer<Double>
    private let count: Int
    private let clusters: Int
    /// The cluster of each point in the best run, in the order of their first points.
    let best: Scratch<Int32>
    private let current: Scratch<Int32>
    /// Squared, to the nearest centre.
    private let distances: Scratch<Double>
    private let centres: Scratch<Double>
    private let masses: Scratch<Double>

    /// Points, one behind the other, and weights must live as long. Squares of distances must be numbers.
    init(
        _ points: UnsafePointer<Double>, weights: UnsafePointer<Double>, count: Int, dimensions: Int,
        clusters: Int
    ) throws(QuantcalError) {
        let best = try Scratch<Int32>(count)
        let current = try Scratch<Int32>(count)
        let distances = try Scratch<Double>(count)
        let centres = try Scratch<Double>(clusters * dimensions)
        let masses = try Scratch<Double>(clusters)
        (self.points, self.weights) = (points, weights)
        (self.count, self.dimensions) = (count, dimensions)
        self.clusters = clusters
        self.best = best
        self.current = current
        self.distances = distances
        self.centres = centres
        self.masses = masses
    }

    /// How many clusters there are; 0 instead of one.
    func find(
        restarts: Int, seed: UInt64, _ purpose: Philox.Purpose, _ progress: Progress
    ) throws(QuantcalError) -> Int {
        var least = Double.infinity
        for restart in 0..<restarts {
            try progress(Double(restart) / Double(restarts))
            guard clusters > 1 else { return 0 }
            let cost = move(start(Philox(seed: seed, stream: UInt32(restart), purpose: purpose)))
            guard cost < least else { continue }
            least = cost
            best.buffer.baseAddress!.update(from: current.buffer.baseAddress!, count: count)
        }
        let found = number()
        return found > 1 ? found : 0
    }

    /// Centres among the points, each with a chance proportional to its weight times the squared distance to the
    /// centres before it; fewer than asked if the points are fewer.
    private func start(_ random: Philox) -> Int {
        distances.buffer.update(repeating: 1)
        for centre in 0..<clusters {
            let total = (0..<count).reduce(0) { $0 + weights[$1] * distances.buffer[$1] }
            guard total > 0 else { return centre }
            let target = random.uniform(UInt64(centre)) * total
            var (sum, chosen) = (0.0, 0)
            for index in 0..<count where distances.buffer[index] > 0 {
                chosen = index
                sum += weights[index] * distances.buffer[index]
                if sum > target { break }
            }
            let place = centres.buffer.baseAddress! + centre * dimensions
            place.update(from: points + chosen * dimensions, count: dimensions)
            for index in 0..<count {
                let distance = distance(index, centre)
                distances.buffer[index] = centre == 0 ? distance : min(distances.buffer[index], distance)
            }
        }
        return clusters
    }

    private func distance(_ index: Int, _ centre: Int) -> Double {
        var sum = 0.0
        for dimension in 0..<dimensions {
            let difference =
                points[index * dimensions + dimension]
                - centres.buffer[centre * dimensions + dimension]
            sum += difference * difference
        }
        return sum
    }

    /// Moves the centres to the means of their points until no point changes its centre; the cost of the end.
    private func move(_ centreCount: Int) -> Double {
        current.buffer.update(repeating: -1)
        for step in 0..<Self.mostSteps {
            let (cost, isChanged) = assign(centreCount)
            if !isChanged || step == Self.mostSteps - 1 { return cost }
            average(centreCount)
        }
        preconditionFailure("the last step returns")
    }

    /// The nearest centre of each point; of equally near ones the first.
    private func assign(_ centreCount: Int) -> (cost: Double, isChanged: Bool) {
        var (cost, isChanged) = (0.0, false)
        for index in 0..<count {
            var (nearest, least) = (0, distance(index, 0))
            for centre in 1..<centreCount {
                let distance = distance(index, centre)
                if distance < least { (nearest, least) = (centre, distance) }
            }
            isChanged = isChanged || current.buffer[index] != Int32(nearest)
            current.buffer[index] = Int32(nearest)
            cost += weights[index] * least
        }
        return (cost, isChanged)
    }

    /// A centre without points stays where it is.
    private func average(_ centreCount: Int) {
        masses.buffer.update(repeating: 0)
        for index in 0..<count { masses.buffer[Int(current.buffer[index])] += weights[index] }
        for centre in 0..<centreCount where masses.buffer[centre] > 0 {
            for dimension in 0..<dimensions { centres.buffer[centre * dimensions + dimension] = 0 }
        }
        for index in 0..<count {
            let centre = Int(current.buffer[index])
            let share = weights[index] / masses.buffer[centre]
            for dimension in 0..<dimensions {
                centres.buffer[centre * dimensions + dimension] +=
                    share * points[index * dimensions + dimension]
            }
        }
    }

    /// Numbers the clusters by their first points; how many there are.
    private func number() -> Int {
        // The mass of a cluster is no more of use: here it is its number, or -1.
        masses.buffer.update(repeating: -1)
        var found = 0
        for index in 0..<count {
            let cluster = Int(best.buffer[index])
            if masses.buffer[cluster] < 0 {
                masses.buffer[cluster] = Double(found)
                found += 1
            }
            best.buffer[index] = Int32(masses.buffer[cluster])
        }
        return found
    }
}

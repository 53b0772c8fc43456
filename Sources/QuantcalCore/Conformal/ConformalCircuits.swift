/// Probabilities corrected by knowledge rules, and certified bounds of them.
///
/// With F the factor of a world and Z the sum of F over worlds, each counted with the probabilities of the other
/// leaves, the corrected probability of a leaf is p Z1 / (p Z1 + (1 - p) Z0), Z1 over the worlds where it is there. Z
/// is linear in each other probability. So its values at all corners of a box come from F by one step a leaf, in
/// which each pair of worlds (without, with) becomes a pair of corners (at the lower, at the upper bound); and the
/// corrected probability, being monotone in each, has its extremes among them.
///
/// Source: COLEP of Kang, Gurel, Li, Li (2024). Departure: all corners are looked at, in k 2^k steps for a leaf.
public final class ConformalCircuits {
    private let leafCount: Int
    private let circuits: [Circuit]
    /// For each leaf the share of what does not change it.
    private let untouched: Scratch<Double>
    private let largest: Int

    private struct Circuit {
        let share: Double
        let groups: [ConformalCircuitGroup]
    }

    /// `shares`: of the leaf itself, then of each circuit. Without, the circuits have equal ones.
    public init(_ rules: ConformalCircuitRules, shares: UnsafeBufferPointer<Double>?) throws(QuantcalError) {
        let total = try shares.map { shares throws(QuantcalError) in
            try Require.weights(shares, "shares").sum
        }
        let share = { (index: Int) in
            shares.map { $0[index] / total! } ?? (index == 0 ? 0 : 1 / Double(rules.circuitCount))
        }
        leafCount = rules.leafCount
        circuits = try ConformalCircuitGroup.groups(of: rules).map {
            Circuit(share: share($0.circuit + 1), groups: $0.groups)
        }
        largest = circuits.flatMap(\.groups).map(\.leaves.count).max() ?? 0
        untouched = try Scratch<Double>(leafCount)
        var all = DoubleDouble()
        for index in 0...rules.circuitCount { all += share(index) }
        try fillUntouched(all, own: share(0), circuitCount: rules.circuitCount)
    }

    private func fillUntouched(
        _ all: DoubleDouble, own: Double, circuitCount: Int
    ) throws(QuantcalError) {
        let touching = try Scratch<DoubleDouble>(leafCount)
        let counts = try Scratch<Int>(zeroed: leafCount)
        touching.buffer.initialize(repeating: DoubleDouble())
        for circuit in circuits {
            for leaf in circuit.groups.flatMap(\.leaves) {
                touching.buffer[leaf] += circuit.share
                counts.buffer[leaf] += 1
            }
        }
        for leaf in 0..<leafCount {
            let rest = max((all - touching.buffer[leaf]).value, 0)
            untouched.buffer[leaf] = counts.buffer[leaf] == circuitCount ? own : rest
        }
    }

    public func probabilities(
        _ leaves: UnsafeBufferPointer<Double>, rows: Int, _ corrected: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try Require.probabilities(leaves, "leaves")
        try forEachRow(rows) { row, room in
            let range = row * leafCount..<(row + 1) * leafCount
            let own = UnsafeBufferPointer(rebasing: leaves[range])
            correct(Box(lower: own, upper: own), room)
            for leaf in 0..<leafCount { corrected[range.lowerBound + leaf] = min(room.lower[leaf], 1) }
        }
    }

    public func bounds(
        lower: UnsafeBufferPointer<Double>, upper: UnsafeBufferPointer<Double>, rows: Int,
        _ correctedLower: UnsafeMutablePointer<Double>, _ correctedUpper: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try Require.probabilities(lower, "lower")
        try Require.probabilities(upper, "upper")
        if let index = lower.indices.first(where: { lower[$0] > upper[$0] }) {
            throw QuantcalError(
                .domain, "lower[\(index)] is \(lower[index]), above upper[\(index)], which is \(upper[index])"
            )
        }
        try forEachRow(rows) { row, room in
            let range = row * leafCount..<(row + 1) * leafCount
            correct(
                Box(
                    lower: UnsafeBufferPointer(rebasing: lower[range]),
                    upper: UnsafeBufferPointer(rebasing: upper[range])), room)
            for leaf in 0..<leafCount {
                // Sums of positive terms: nothing cancels, and this is more than they can be off.
                correctedLower[range.lowerBound + leaf] = room.lower[leaf] * (1 - 0x1p-40)
                correctedUpper[range.lowerBound + leaf] = min(room.upper[leaf] * (1 + 0x1p-40), 1)
            }
        }
    }

    /// Probabilities of a row's leaves, each between two bounds.
    private struct Box {
        let lower: UnsafeBufferPointer<Double>
        let upper: UnsafeBufferPointer<Double>
    }

    /// A thread's memory: the worlds of a group, and the results of a row.
    private struct Room {
        let worlds: UnsafeMutablePointer<Double>
        let lower: UnsafeMutablePointer<Double>
        let upper: UnsafeMutablePointer<Double>
    }

    private func forEachRow(_ rows: Int, _ body: (Int, Room) -> Void) throws(QuantcalError) {
        let cells = 1 << largest
        let (work, overflow) = rows.multipliedReportingOverflow(by: max(cells * largest * largest, leafCount))
        let threads = Parallel.threads(for: rows, work: overflow ? .max : work)
        let size = cells + 2 * leafCount
        let memory = try Scratch<Double>(threads * size)
        Parallel.forEach(rows, threads: threads) { row, thread in
            let worlds = memory.buffer.baseAddress! + thread * size
            body(row, Room(worlds: worlds, lower: worlds + cells, upper: worlds + cells + leafCount))
        }
    }

    private func correct(_ box: Box, _ room: Room) {
        for leaf in 0..<leafCount {
            room.lower[leaf] = untouched.buffer[leaf] * box.lower[leaf]
            room.upper[leaf] = untouched.buffer[leaf] * box.upper[leaf]
        }
        for circuit in circuits where circuit.share > 0 {
            for group in circuit.groups {
                for place in group.leaves.indices {
                    let leaf = group.leaves[place]
                    corners(group, without: place, box, room.worlds)
                    let found = extremes(
                        group.factors.count, place, box.lower[leaf], box.upper[leaf], room.worlds)
                    room.lower[leaf] += circuit.share * found.lower
                    room.upper[leaf] += circuit.share * found.upper
                }
            }
        }
    }

    /// Z0 and Z1 of one leaf of a group at all corners of the others' bounds.
    private func corners(
        _ group: ConformalCircuitGroup, without place: Int, _ box: Box, _ worlds: UnsafeMutablePointer<Double>
    ) {
        let factors = group.factors
        worlds.update(from: factors.baseAddress!, count: factors.count)
        for (bit, leaf) in group.leaves.enumerated() where bit != place {
            let (low, high) = (box.lower[leaf], box.upper[leaf])
            Self.forEachPair(factors.count, bit) { without, with in
                let (zero, one) = (worlds[without], worlds[with])
                worlds[without] = (1 - low) * zero + low * one
                worlds[with] = (1 - high) * zero + high * one
            }
        }
    }

    private func extremes(
        _ count: Int, _ place: Int, _ low: Double, _ high: Double, _ worlds: UnsafeMutablePointer<Double>
    ) -> (lower: Double, upper: Double) {
        var result = (lower: 1.0, upper: 0.0)
        Self.forEachPair(count, place) { without, with in
            // No product that could be too small, and no 0 * infinity.
            let odds = worlds[without] / worlds[with]
            result.lower = min(result.lower, Self.probability(low, against: odds))
            result.upper = max(result.upper, Self.probability(high, against: odds))
        }
        return result
    }

    private static func probability(_ p: Double, against odds: Double) -> Double {
        p == 0 || p == 1 ? p : p / (p + (1 - p) * odds)
    }

    /// The worlds that differ in one bit.
    @inline(__always) private static func forEachPair(_ count: Int, _ bit: Int, _ body: (Int, Int) -> Void) {
        let step = 1 << bit
        for first in stride(from: 0, to: count, by: 2 * step) {
            for without in first..<first + step { body(without, without + step) }
        }
    }
}

import Glibc

/// Knowledge rules: weighted implications among literals, in circuits.
///
/// A literal is a leaf's number from 0, or -1 - number for its negation.
public struct ConformalCircuitRules {
    let leafCount: Int
    let premises: UnsafeBufferPointer<Int32>
    let conclusions: UnsafeBufferPointer<Int32>
    let weights: UnsafeBufferPointer<Double>
    let circuits: UnsafeBufferPointer<Int32>?
    let circuitCount: Int

    public static let mostLeaves = 1 << 20
    public static let mostCircuits = 1 << 20
    /// Half of this, and the magnitudes of probabilities, stay well inside the range of doubles.
    private static let mostWeight = 1000.0

    public init(
        leafCount: Int, premises: UnsafeBufferPointer<Int32>, conclusions: UnsafeBufferPointer<Int32>,
        weights: UnsafeBufferPointer<Double>, circuits: UnsafeBufferPointer<Int32>?, circuitCount: Int
    ) throws(QuantcalError) {
        try Self.check(leafCount, Self.mostLeaves, "leaf_count")
        try Self.check(circuitCount, Self.mostCircuits, "circuit_count")
        try Self.checkLiterals(premises, leafCount, "premises")
        try Self.checkLiterals(conclusions, leafCount, "conclusions")
        try Require.finite(weights, "weights")
        if let circuits, let index = circuits.firstIndex(where: { $0 < 0 || Int($0) >= circuitCount }) {
            throw QuantcalError(
                .domain,
                "circuits[\(index)] is \(circuits[index]); circuits must be 0 to \(circuitCount - 1)")
        }
        self.leafCount = leafCount
        (self.premises, self.conclusions, self.weights) = (premises, conclusions, weights)
        (self.circuits, self.circuitCount) = (circuits, circuitCount)
        try checkTotals()
    }

    public static func check(_ count: Int, _ most: Int, _ name: String) throws(QuantcalError) {
        guard count >= 1, count <= most else {
            throw QuantcalError(
                .size, "\(name) is \(UInt(bitPattern: count)); \(name) must be 1 to \(most)")
        }
    }

    private static func checkLiterals(
        _ literals: UnsafeBufferPointer<Int32>, _ leafCount: Int, _ name: String
    ) throws(QuantcalError) {
        guard let index = literals.firstIndex(where: { leaf(of: $0) >= leafCount }) else { return }
        throw QuantcalError(
            .domain,
            "\(name)[\(index)] is \(literals[index]); \(name) must be \(-leafCount) to \(leafCount - 1)")
    }

    private func checkTotals() throws(QuantcalError) {
        let totals = try Scratch<Double>(zeroed: circuitCount)
        for rule in weights.indices {
            totals.buffer[circuit(of: rule)] += abs(weights[rule])
        }
        guard let index = totals.buffer.firstIndex(where: { $0 > Self.mostWeight }) else { return }
        throw QuantcalError(
            .domain,
            "the absolute weights of circuit \(index) sum to \(totals.buffer[index]); at most 1000 is allowed"
        )
    }

    var count: Int { weights.count }

    func circuit(of rule: Int) -> Int { circuits.map { Int($0[rule]) } ?? 0 }

    static func leaf(of literal: Int32) -> Int { Int(literal < 0 ? ~literal : literal) }
}

/// Leaves of a circuit that its rules tie together, and what their rules give to each of their worlds.
final class ConformalCircuitGroup {
    static let mostLeaves = 16

    /// The leaf of each bit of a world.
    let leaves: [Int]
    /// 2^leaves factors: exp of the weights of the rules that hold, over a common one.
    private let memory: Scratch<Double>
    var factors: UnsafeBufferPointer<Double> { UnsafeBufferPointer(memory.buffer) }

    init(leaves: [Int], rules: [Int], of all: ConformalCircuitRules) throws(QuantcalError) {
        guard leaves.count <= Self.mostLeaves else {
            throw QuantcalError(
                .size,
                "the rules tie \(leaves.count) leaves together; there may be \(Self.mostLeaves) in a circuit")
        }
        self.leaves = leaves
        memory = try Scratch<Double>(1 << leaves.count)
        let bits = Dictionary(uniqueKeysWithValues: leaves.enumerated().map { ($1, $0) })
        let known = rules.map { rule in
            (
                premise: Literal(all.premises[rule], bits), conclusion: Literal(all.conclusions[rule], bits),
                weight: all.weights[rule]
            )
        }
        // Half of the range on either side of 1.
        let middle = known.reduce(0) { $0 + $1.weight } / 2
        for world in 0..<(1 << leaves.count) {
            var sum = DoubleDouble(high: -middle)
            for rule in known where !rule.premise.holds(in: world) || rule.conclusion.holds(in: world) {
                sum += rule.weight
            }
            memory.buffer[world] = exp(sum.value)
        }
    }

    private struct Literal {
        let bit: Int
        let isThere: Bool

        init(_ literal: Int32, _ bits: [Int: Int]) {
            bit = bits[ConformalCircuitRules.leaf(of: literal)]!
            isThere = literal >= 0
        }

        func holds(in world: Int) -> Bool { (world >> bit & 1 == 1) == isThere }
    }

    /// The groups of each circuit that has rules.
    static func groups(
        of rules: ConformalCircuitRules
    ) throws(QuantcalError) -> [(circuit: Int, groups: [ConformalCircuitGroup])] {
        var byCircuit: [Int: [Int]] = [:]
        for rule in 0..<rules.count { byCircuit[rules.circuit(of: rule), default: []].append(rule) }
        var result: [(circuit: Int, groups: [ConformalCircuitGroup])] = []
        for (circuit, members) in byCircuit.sorted(by: { $0.key < $1.key }) {
            result.append((circuit, try groups(of: members, rules)))
        }
        return result
    }

    private static func groups(
        of members: [Int], _ rules: ConformalCircuitRules
    ) throws(QuantcalError) -> [ConformalCircuitGroup] {
        var parents: [Int: Int] = [:]
        func root(_ leaf: Int) -> Int {
            var top = leaf
            while let next = parents[top], next != top { top = next }
            parents[leaf] = top
            return top
        }
        let first = { (rule: Int) in ConformalCircuitRules.leaf(of: rules.premises[rule]) }
        for rule in members {
            let (a, b) = (root(first(rule)), root(ConformalCircuitRules.leaf(of: rules.conclusions[rule])))
            parents[max(a, b)] = min(a, b)
        }
        let leaves = Dictionary(grouping: parents.keys.sorted(), by: root)
        let owned = Dictionary(grouping: members) { root(first($0)) }
        var result: [ConformalCircuitGroup] = []
        for (top, tied) in leaves.sorted(by: { $0.key < $1.key }) {
            result.append(try ConformalCircuitGroup(leaves: tied, rules: owned[top] ?? [], of: rules))
        }
        return result
    }
}

/// Which hypotheses can be rejected so that with probability at least 1 - delta all rejections are right.
///
/// Source: Holm (1979); Angelopoulos et al. (2021) for sequences with several starts; Bretz, Maurer,
/// Brannath, Posch (2009) for graphs.
public enum ConformalRiskSelection {
    public enum Procedure: Int32, CaseIterable, Sendable {
        case holm = 0
        case bonferroni = 1
        case fixedSequence = 2
    }

    /// Writes 1 for what is rejected, else 0; returns how many are. `starts` is for sequences.
    public static func select(
        _ values: UnsafeBufferPointer<Double>, delta: Double, procedure: Procedure, starts: Int,
        _ selected: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Int {
        try Require.level(delta, "delta")
        try Require.probabilities(values, "p_values")
        let count = values.count
        switch procedure {
        case .bonferroni:
            let limit = delta / Double(count)
            return mark(count, selected) { values[$0] <= limit }
        case .holm:
            let last = try holmLimit(values, delta)
            return mark(count, selected) { values[$0] <= last }
        case .fixedSequence:
            guard starts >= 1, starts <= max(count, 1) else {
                throw QuantcalError(
                    .domain, "starts is \(UInt(bitPattern: starts)); it must be 1 to the number of p_values")
            }
            let limit = delta / Double(starts)
            var (goesOn, next) = (false, 0)
            return mark(count, selected) { index in
                if index == start(next, starts, count) { (goesOn, next) = (true, next + 1) }
                goesOn = goesOn && values[index] <= limit
                return goesOn
            }
        }
    }

    /// The place of the j-th start. A sequence that comes to the next start goes on as that one does.
    private static func start(_ j: Int, _ starts: Int, _ count: Int) -> Int {
        j < starts ? Int(UInt128(j) * UInt128(count) / UInt128(starts)) : count
    }

    private static func mark(
        _ count: Int, _ selected: UnsafeMutablePointer<UInt8>, _ isRejected: (Int) -> Bool
    ) -> Int {
        var total = 0
        for index in 0..<count {
            let rejected = isRejected(index)
            selected[index] = rejected ? 1 : 0
            if rejected { total += 1 }
        }
        return total
    }

    /// The largest p-value that Holm's steps reject; equal ones go together, as later steps allow more.
    private static func holmLimit(
        _ values: UnsafeBufferPointer<Double>, _ delta: Double
    ) throws(QuantcalError) -> Double {
        let sorted = try Scratch<SortedValue>(values.count)
        try RadixSort.sort(SortedValues(values: values, sorted: sorted.buffer))
        var limit = -1.0
        for (place, item) in sorted.buffer.enumerated() {
            guard item.value <= delta / Double(values.count - place) else { break }
            limit = item.value
        }
        return limit
    }

    /// Weights of the hypotheses, at most 1 in all, and where the weight of a rejected one goes: rows of at
    /// most 1. What is rejected does not depend on the order in which it is.
    public static func selectByGraph(
        _ values: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>,
        transitions: UnsafeBufferPointer<Double>, delta: Double, _ selected: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Int {
        let count = values.count
        try Require.level(delta, "delta")
        try Require.probabilities(values, "p_values")
        try requireShares(weights, "weights")
        try Require.probabilities(transitions, "transitions")
        for row in 0..<count {
            try requireShares(
                UnsafeBufferPointer(rebasing: transitions[row * count..<(row + 1) * count]),
                "row \(row) of transitions")
            guard transitions[row * count + row] == 0 else {
                throw QuantcalError(.domain, "transitions[\(row), \(row)] is not 0; no weight stays")
            }
        }
        let graph = try TestGraph(weights, transitions)
        var total = 0
        let rejected = try Scratch<UInt8>(zeroed: count)
        while let index = (0..<count).first(where: {
            rejected.buffer[$0] == 0 && values[$0] <= delta * graph.weight($0)
        }) {
            graph.remove(index, rejected.buffer)
            rejected.buffer[index] = 1
            total += 1
        }
        for index in 0..<count { selected[index] = rejected.buffer[index] }
        return total
    }

    /// Shares are at most 1 in all, but for rounding.
    private static func requireShares(
        _ shares: UnsafeBufferPointer<Double>, _ name: String
    ) throws(QuantcalError) {
        try Require.probabilities(shares, name)
        let sum = shares.reduce(0, +)
        guard sum <= 1 + Double(shares.count) * 0x1p-52 else {
            throw QuantcalError(.domain, "the sum of \(name) is \(sum); it must be at most 1")
        }
    }

    /// The selected one of least cost; the first of them if costs tie, or are not given.
    public static func best(
        selected: UnsafeBufferPointer<UInt8>, costs: UnsafeBufferPointer<Double>?
    ) throws(QuantcalError) -> Int {
        if let costs { try Require.notNaN(costs, "costs") }
        var best: Int?
        for index in selected.indices where selected[index] != 0 {
            guard let costs else { return index }
            if best.map({ costs[index] < costs[$0] }) ?? true { best = index }
        }
        guard let best else {
            throw QuantcalError(.infeasible, "nothing is selected; count is \(selected.count)")
        }
        return best
    }
}

/// What is left of a graph of tests.
private struct TestGraph: ~Copyable {
    private let weights: Scratch<Double>
    private let transitions: Scratch<Double>
    private let count: Int

    init(
        _ weights: UnsafeBufferPointer<Double>, _ transitions: UnsafeBufferPointer<Double>
    ) throws(QuantcalError) {
        let shares = try Scratch<Double>(weights.count)
        let edges = try Scratch<Double>(transitions.count)
        for index in weights.indices { shares.buffer[index] = weights[index] }
        for index in transitions.indices { edges.buffer[index] = transitions[index] }
        count = weights.count
        self.weights = shares
        self.transitions = edges
    }

    func weight(_ index: Int) -> Double { weights.buffer[index] }

    /// Hands the weight of one on to the others, and its edges with it.
    func remove(_ gone: Int, _ rejected: UnsafeMutableBufferPointer<UInt8>) {
        let g = transitions.buffer
        for j in 0..<count where j != gone && rejected[j] == 0 {
            weights.buffer[j] += weights.buffer[gone] * g[gone * count + j]
            let back = g[j * count + gone]
            let rest = 1 - back * g[gone * count + j]
            for k in 0..<count where k != j && k != gone {
                let through = g[j * count + k] + back * g[gone * count + k]
                g[j * count + k] = rest > 0 ? through / rest : 0
            }
        }
        for j in 0..<count { g[j * count + gone] = 0 }
    }
}

private struct SortedValue: RadixItem {
    let key: UInt64
    var value: Double { Double(orderedKey: key) }
}

private struct SortedValues: RadixItems {
    let values: UnsafeBufferPointer<Double>
    let sorted: UnsafeMutableBufferPointer<SortedValue>

    var count: Int { values.count }
    func key(_ index: Int) -> UInt64 { values[index].orderedKey }
    func item(_ index: Int) -> SortedValue { SortedValue(key: key(index)) }
    func store(_ item: SortedValue, at place: Int) { sorted[place] = item }
}

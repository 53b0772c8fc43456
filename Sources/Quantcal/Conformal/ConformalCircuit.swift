import QuantcalCore

/// What a knowledge rule says of a leaf: that it is there, or that it is not.
public enum KnowledgeLiteral: Sendable, Equatable {
    case leaf(Int)
    case not(Int)

    fileprivate func code() throws(QuantcalError) -> Int32 {
        let (leaf, isThere) =
            switch self {
            case .leaf(let leaf): (leaf, true)
            case .not(let leaf): (leaf, false)
            }
        guard let number = Int32(exactly: leaf), number >= 0 else {
            throw QuantcalError(.domain, "a rule names leaf \(leaf); leaves are 0 to \(Int32.max)")
        }
        return isThere ? number : ~number
    }
}

/// A weighted implication among classes and concepts. It is broken where the premise holds and the conclusion
/// does not.
public struct KnowledgeRule: Sendable {
    public var premise: KnowledgeLiteral
    public var conclusion: KnowledgeLiteral
    public var weight: Double
    /// The circuit that the rule is of.
    public var circuit: Int

    public init(
        _ premise: KnowledgeLiteral, implies conclusion: KnowledgeLiteral, weight: Double, circuit: Int = 0
    ) {
        (self.premise, self.conclusion, self.weight, self.circuit) = (premise, conclusion, weight, circuit)
    }
}

/// Probabilities of classes and concepts (a row for each point) corrected by rules: worlds in which rules hold count
/// more, by the exponential of their weights. `shares` mixes the leaf itself and the circuits (as many as
/// `circuits`). C: `qc_conformal_circuit_probabilities`.
public func conformalCircuitProbabilities(
    _ leaves: Matrix<Double>, rules: [KnowledgeRule], circuits: Int = 1, shares: [Double]? = nil
) throws(QuantcalError) -> Matrix<Double> {
    let corrected = try withCircuits(leaves.columns, rules, circuits, shares) { found throws(QuantcalError) in
        try filled(leaves.elements.count) { corrected throws(QuantcalError) in
            try withBuffer(leaves.elements) { elements throws(QuantcalError) in
                try found.probabilities(elements, rows: leaves.rows, corrected)
            }
        }
    }
    return Matrix(unchecked: leaves.rows, leaves.columns, corrected)
}

/// Bounds of the corrected probabilities when each leaf's probability lies between bounds of its own.
/// C: `qc_conformal_circuit_bounds`.
public func conformalCircuitBounds(
    lower: Matrix<Double>, upper: Matrix<Double>, rules: [KnowledgeRule], circuits: Int = 1,
    shares: [Double]? = nil
) throws(QuantcalError) -> (lower: Matrix<Double>, upper: Matrix<Double>) {
    let (rows, columns) = (lower.rows, lower.columns)
    guard upper.rows == rows, upper.columns == columns else {
        throw QuantcalError(
            .size, "upper is \(upper.rows) x \(upper.columns); lower is \(rows) x \(columns)")
    }
    let bounds = try withCircuits(columns, rules, circuits, shares) { found throws(QuantcalError) in
        try filledArrays(2, of: lower.elements.count) { bounds throws(QuantcalError) in
            try withBuffer(lower.elements) { low throws(QuantcalError) in
                try withBuffer(upper.elements) { high throws(QuantcalError) in
                    try found.bounds(lower: low, upper: high, rows: rows, bounds[0], bounds[1])
                }
            }
        }
    }
    return (Matrix(unchecked: rows, columns, bounds[0]), Matrix(unchecked: rows, columns, bounds[1]))
}

private func withCircuits<Result>(
    _ leafCount: Int, _ rules: [KnowledgeRule], _ circuitCount: Int, _ shares: [Double]?,
    _ body: (ConformalCircuits) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    var (premises, conclusions, numbers): ([Int32], [Int32], [Int32]) = ([], [], [])
    for rule in rules {
        premises.append(try rule.premise.code())
        conclusions.append(try rule.conclusion.code())
        // What is out of range is refused with its index.
        numbers.append(Int32(clamping: rule.circuit))
    }
    if let shares { try requireCount(shares.count, circuitCount + 1, "shares") }
    return try withBuffer(premises) { premises throws(QuantcalError) in
        try withBuffer(conclusions) { conclusions throws(QuantcalError) in
            try withBuffer(numbers) { numbers throws(QuantcalError) in
                try withBuffer(rules.map(\.weight)) { weights throws(QuantcalError) in
                    try withOptionalBuffer(shares) { shares throws(QuantcalError) in
                        let rules = try ConformalCircuitRules(
                            leafCount: leafCount, premises: premises, conclusions: conclusions,
                            weights: weights, circuits: numbers, circuitCount: circuitCount)
                        return try body(ConformalCircuits(rules, shares: shares))
                    }
                }
            }
        }
    }
}

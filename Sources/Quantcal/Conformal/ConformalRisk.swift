import QuantcalCore

/// What p-values of risks come from.
public typealias ConformalRiskBound = ConformalRiskValues.Bound
/// Procedures that control the probability of any false rejection.
public typealias ConformalRiskProcedure = ConformalRiskSelection.Procedure

/// Conformal risk control: the first column of `losses` (a row for each point) whose expected loss on a new
/// point is at most alpha; and that bound on the loss, for every column. Throws `.infeasible` if there is none.
/// With `monotonize` a loss stands for the largest of it and all later ones of its row.
/// C: `qc_conformal_risk_control`.
public func conformalRiskControl(
    _ losses: Matrix<Double>, bound: Double = 1, alpha: Double, monotonize: Bool = false
) throws(QuantcalError) -> (index: Int, bounds: [Double]) {
    guard losses.columns >= 1 else { throw QuantcalError(.size, "losses has no columns") }
    var index = 0
    let bounds = try filled(losses.columns) {
        (bounds: UnsafeMutablePointer<Double>) throws(QuantcalError) in
        try withBuffer(losses.elements) { values throws(QuantcalError) in
            index = try ConformalRiskControl.firstIndex(
                losses: values, n: losses.rows, count: losses.columns, bound: bound, alpha: alpha,
                monotonize: monotonize, bounds: bounds)
        }
    }
    return (index, bounds)
}

/// Conformal risk control of losses that fall in steps: the least threshold for which the drops at positions
/// above it are small enough; -infinity if all are. Throws `.infeasible` if there is none.
/// C: `qc_conformal_risk_steps`.
public func conformalRiskSteps(
    positions: [Double], drops: [Double]? = nil, n: Int, bound: Double = 1, alpha: Double
) throws(QuantcalError) -> Double {
    guard n >= 0 else { throw QuantcalError(.size, "n is \(n); n must be >= 0") }
    if let drops { try requireCount(drops.count, positions.count, "drops") }
    return try withBuffer(positions) { positions throws(QuantcalError) in
        try withOptionalBuffer(drops) { drops throws(QuantcalError) in
            try ConformalRiskControl.firstThreshold(
                positions: positions, drops: drops, n: n, bound: bound, alpha: alpha)
        }
    }
}

/// p-values of the hypotheses that risks are above alpha, from means of n losses from 0 to 1.
/// C: `qc_conformal_risk_p_values`.
public func conformalRiskPValues(
    _ risks: [Double], n: Int, alpha: Double, bound: ConformalRiskBound = .hoeffdingBentkus
) throws(QuantcalError) -> [Double] {
    try filled(risks.count) { values throws(QuantcalError) in
        try withBuffer(risks) { risks throws(QuantcalError) in
            try ConformalRiskValues.values(risks: risks, n: n, alpha: alpha, bound: bound, values)
        }
    }
}

/// Which parameters are selected so that with probability at least 1 - delta all of them have a risk of at
/// most alpha; there may be none. `starts` is for fixed sequences. C: `qc_conformal_risk_select`.
public func conformalRiskSelect(
    pValues: [Double], delta: Double, procedure: ConformalRiskProcedure = .holm, starts: Int = 1
) throws(QuantcalError) -> [Bool] {
    try selection(pValues) { values, selected throws(QuantcalError) in
        _ = try ConformalRiskSelection.select(
            values, delta: delta, procedure: procedure, starts: starts, selected)
    }
}

/// The same by a graph: `weights` are shares of delta, `transitions` says where the share of a selected
/// parameter goes on to. C: `qc_conformal_risk_graph`.
public func conformalRiskGraph(
    pValues: [Double], weights: [Double], transitions: Matrix<Double>, delta: Double
) throws(QuantcalError) -> [Bool] {
    try requireCount(weights.count, pValues.count, "weights")
    try requireCount(transitions.rows, pValues.count, "transitions")
    try requireCount(transitions.columns, pValues.count, "a row of transitions")
    return try selection(pValues) { values, selected throws(QuantcalError) in
        try withBuffer(weights) { weights throws(QuantcalError) in
            try withBuffer(transitions.elements) { transitions throws(QuantcalError) in
                _ = try ConformalRiskSelection.selectByGraph(
                    values, weights: weights, transitions: transitions, delta: delta, selected)
            }
        }
    }
}

private func selection(
    _ pValues: [Double],
    _ select: (UnsafeBufferPointer<Double>, UnsafeMutablePointer<UInt8>) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Bool] {
    let selected = try filled(pValues.count) {
        (selected: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(pValues) { values throws(QuantcalError) in try select(values, selected) }
    }
    return selected.map { $0 != 0 }
}

/// The selected parameter of least cost, or the first if there are no costs. Throws `.infeasible` if none
/// is selected. C: `qc_conformal_risk_best`.
public func conformalRiskBest(selected: [Bool], costs: [Double]? = nil) throws(QuantcalError) -> Int {
    if let costs { try requireCount(costs.count, selected.count, "costs") }
    return try withBuffer(selected.map { $0 ? 1 : 0 }) { selected throws(QuantcalError) in
        try withOptionalBuffer(costs) { costs throws(QuantcalError) in
            try ConformalRiskSelection.best(selected: selected, costs: costs)
        }
    }
}

import CQuantcal
import QuantcalCore

/// The circuits of a call, proven.
private struct CircuitArguments {
    let circuits: ConformalCircuits
    let regions: [Region]

    init(
        _ leafCount: Int, _ premises: UnsafePointer<Int32>?, _ conclusions: UnsafePointer<Int32>?,
        _ weights: UnsafePointer<Double>?, _ numbers: UnsafePointer<Int32>?, _ ruleCount: Int,
        _ shares: UnsafePointer<Double>?, _ circuitCount: Int
    ) throws(QuantcalError) {
        try Boundary.length(ruleCount, "rule_count")
        try ConformalCircuitRules.check(circuitCount, ConformalCircuitRules.mostCircuits, "circuit_count")
        let rules = try ConformalCircuitRules(
            leafCount: leafCount, premises: try Boundary.input(premises, ruleCount, "premises"),
            conclusions: try Boundary.input(conclusions, ruleCount, "conclusions"),
            weights: try Boundary.input(weights, ruleCount, "weights"),
            circuits: try Boundary.optionalInput(numbers, ruleCount, "circuits"), circuitCount: circuitCount)
        circuits = try ConformalCircuits(
            rules, shares: try Boundary.optionalInput(shares, circuitCount + 1, "shares"))
        regions = [
            Region(premises, ruleCount, "premises"), Region(conclusions, ruleCount, "conclusions"),
            Region(weights, ruleCount, "weights"), Region(numbers, ruleCount, "circuits"),
            Region(shares, circuitCount + 1, "shares"),
        ]
    }
}

@c @implementation
public func qc_conformal_circuit_probabilities(
    _ leaves: UnsafePointer<Double>!, _ rows: Int, _ leafCount: Int, _ premises: UnsafePointer<Int32>!,
    _ conclusions: UnsafePointer<Int32>!, _ weights: UnsafePointer<Double>!,
    _ circuits: UnsafePointer<Int32>!, _ ruleCount: Int, _ shares: UnsafePointer<Double>!,
    _ circuitCount: Int, _ corrected: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(rows, leafCount, ("rows", "leaf_count"))
        let input = try Boundary.input(leaves, count, "leaves")
        let output = try Boundary.output(corrected, count, "corrected")
        let call = try CircuitArguments(
            leafCount, premises, conclusions, weights, circuits, ruleCount, shares, circuitCount)
        try Region.requireDisjoint(
            outputs: [Region(corrected, count, "corrected")], inputs: call.regions,
            inPlace: Region(leaves, count, "leaves"))
        try call.circuits.probabilities(input, rows: rows, output)
    }
}

@c @implementation
public func qc_conformal_circuit_bounds(
    _ lower: UnsafePointer<Double>!, _ upper: UnsafePointer<Double>!, _ rows: Int, _ leafCount: Int,
    _ premises: UnsafePointer<Int32>!, _ conclusions: UnsafePointer<Int32>!,
    _ weights: UnsafePointer<Double>!, _ circuits: UnsafePointer<Int32>!, _ ruleCount: Int,
    _ shares: UnsafePointer<Double>!, _ circuitCount: Int, _ correctedLower: UnsafeMutablePointer<Double>!,
    _ correctedUpper: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(rows, leafCount, ("rows", "leaf_count"))
        let inputs = (try Boundary.input(lower, count, "lower"), try Boundary.input(upper, count, "upper"))
        let outputs = (
            try Boundary.output(correctedLower, count, "corrected_lower"),
            try Boundary.output(correctedUpper, count, "corrected_upper")
        )
        let call = try CircuitArguments(
            leafCount, premises, conclusions, weights, circuits, ruleCount, shares, circuitCount)
        try Region.requireDisjoint(
            outputs: [
                Region(correctedLower, count, "corrected_lower"),
                Region(correctedUpper, count, "corrected_upper"),
            ],
            inputs: call.regions + [Region(lower, count, "lower"), Region(upper, count, "upper")])
        try call.circuits.bounds(
            lower: inputs.0, upper: inputs.1, rows: rows, outputs.0, outputs.1)
    }
}

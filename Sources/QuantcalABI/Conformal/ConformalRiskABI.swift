import CQuantcal
import QuantcalCore

@c @implementation
public func qc_conformal_risk_control(
    _ losses: UnsafePointer<Double>!, _ n: Int, _ count: Int, _ bound: Double, _ alpha: Double,
    _ monotonize: Int32, _ bounds: UnsafeMutablePointer<Double>!, _ index: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let elements = try Boundary.product(n, count, ("n", "count"))
        guard count >= 1 else { throw QuantcalError(.size, "count is 0; there must be a parameter") }
        let input = try Boundary.input(losses, elements, "losses")
        let values = try Boundary.optionalOutput(bounds, count, "bounds")
        let output = try Boundary.output(index, 1, "index")
        try Region.requireDisjoint(
            outputs: [Region(bounds, count, "bounds"), Region(index, 1, "index")],
            inputs: [Region(losses, elements, "losses")])
        let monotonizes: Flag = try Structs.value(monotonize, "monotonize")
        output.pointee = try ConformalRiskControl.firstIndex(
            losses: input, n: n, count: count, bound: bound, alpha: alpha, monotonize: monotonizes == .yes,
            bounds: values)
    }
}

private enum Flag: Int32, CaseIterable {
    case no = 0
    case yes = 1
}

@c @implementation
public func qc_conformal_risk_steps(
    _ positions: UnsafePointer<Double>!, _ drops: UnsafePointer<Double>!, _ count: Int, _ n: Int,
    _ bound: Double, _ alpha: Double, _ threshold: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(count, "count")
        try Boundary.length(n, "n")
        let steps = try Boundary.input(positions, count, "positions")
        let heights = try Boundary.optionalInput(drops, count, "drops")
        let output = try Boundary.output(threshold, 1, "threshold")
        try Region.requireDisjoint(
            outputs: [Region(threshold, 1, "threshold")],
            inputs: [Region(positions, count, "positions"), Region(drops, count, "drops")])
        output.pointee = try ConformalRiskControl.firstThreshold(
            positions: steps, drops: heights, n: n, bound: bound, alpha: alpha)
    }
}

@c @implementation
public func qc_conformal_risk_p_values(
    _ risks: UnsafePointer<Double>!, _ count: Int, _ n: Int, _ alpha: Double, _ bound: Int32,
    _ pValues: UnsafeMutablePointer<Double>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(count, "count")
        let input = try Boundary.input(risks, count, "risks")
        let output = try Boundary.output(pValues, count, "p_values")
        try Region.requireDisjoint(
            outputs: [Region(pValues, count, "p_values")], inPlace: Region(risks, count, "risks"))
        try ConformalRiskValues.values(
            risks: input, n: n, alpha: alpha, bound: Structs.value(bound, "bound"), output)
    }
}

@c @implementation
public func qc_conformal_risk_select(
    _ pValues: UnsafePointer<Double>!, _ count: Int, _ delta: Double, _ procedure: Int32, _ starts: Int,
    _ selected: UnsafeMutablePointer<UInt8>!, _ selectedCount: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let arguments = try SelectionArguments(pValues, count, selected, selectedCount)
        let total = try ConformalRiskSelection.select(
            arguments.values, delta: delta, procedure: Structs.value(procedure, "procedure"), starts: starts,
            arguments.selected)
        arguments.selectedCount?.pointee = total
    }
}

@c @implementation
public func qc_conformal_risk_graph(
    _ pValues: UnsafePointer<Double>!, _ weights: UnsafePointer<Double>!,
    _ transitions: UnsafePointer<Double>!, _ count: Int, _ delta: Double,
    _ selected: UnsafeMutablePointer<UInt8>!, _ selectedCount: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let edges = try Boundary.product(count, count, ("count", "count"))
        let arguments = try SelectionArguments(
            pValues, count, selected, selectedCount,
            also: [Region(weights, count, "weights"), Region(transitions, edges, "transitions")])
        let total = try ConformalRiskSelection.selectByGraph(
            arguments.values, weights: Boundary.input(weights, count, "weights"),
            transitions: Boundary.input(transitions, edges, "transitions"), delta: delta, arguments.selected)
        arguments.selectedCount?.pointee = total
    }
}

private struct SelectionArguments {
    let values: UnsafeBufferPointer<Double>
    let selected: UnsafeMutablePointer<UInt8>
    let selectedCount: UnsafeMutablePointer<Int>?

    init(
        _ pValues: UnsafePointer<Double>?, _ count: Int, _ selected: UnsafeMutablePointer<UInt8>?,
        _ selectedCount: UnsafeMutablePointer<Int>?, also inputs: [Region] = []
    ) throws(QuantcalError) {
        try Boundary.length(count, "count")
        values = try Boundary.input(pValues, count, "p_values")
        self.selected = try Boundary.output(selected, count, "selected")
        self.selectedCount = try Boundary.optionalOutput(selectedCount, 1, "selected_count")
        try Region.requireDisjoint(
            outputs: [Region(selected, count, "selected"), Region(selectedCount, 1, "selected_count")],
            inputs: [Region(pValues, count, "p_values")] + inputs)
    }
}

@c @implementation
public func qc_conformal_risk_best(
    _ selected: UnsafePointer<UInt8>!, _ costs: UnsafePointer<Double>!, _ count: Int,
    _ index: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        try Boundary.length(count, "count")
        let mask = try Boundary.input(selected, count, "selected")
        let input = try Boundary.optionalInput(costs, count, "costs")
        let output = try Boundary.output(index, 1, "index")
        try Region.requireDisjoint(
            outputs: [Region(index, 1, "index")],
            inputs: [Region(selected, count, "selected"), Region(costs, count, "costs")])
        output.pointee = try ConformalRiskSelection.best(selected: mask, costs: input)
    }
}

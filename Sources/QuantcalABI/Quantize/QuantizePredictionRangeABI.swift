import CQuantcal
import QuantcalCore

extension qc_quantize_prediction_range_result: SizedStruct {}

/// The caller's measure of candidates.
private func measure(
    _ difference: qc_quantize_difference, rows: Int, columns: Int
) throws(QuantcalError) -> PredictionRange.Measure {
    guard let function = difference.measure else {
        throw QuantcalError(.nullPointer, "difference.measure is NULL")
    }
    return { given in
        var candidate = qc_quantize_range_candidate(
            struct_size: MemoryLayout<qc_quantize_range_candidate>.size, index: given.index,
            candidates: given.candidates, factor: given.factor, error: given.error, rows: rows,
            columns: columns, quantized: given.quantized.baseAddress, group_count: given.scales.count,
            scales: given.scales.baseAddress, zeros: given.zeros?.baseAddress, difference: .nan)
        return function(difference.context, &candidate) == 0 ? candidate.difference : nil
    }
}

@c @implementation
public func qc_quantize_prediction_range_f32(
    _ values: UnsafePointer<Float>!, _ rows: Int, _ columns: Int, _ grid: UnsafePointer<qc_quantize_grid>!,
    _ options: UnsafePointer<qc_quantize_grid_options>!, _ rule: UnsafePointer<qc_quantize_range_rule>!,
    _ error_weight: Double, _ difference: UnsafePointer<qc_quantize_difference>!,
    _ scales: UnsafeMutablePointer<Float>!, _ zeros: UnsafeMutablePointer<Float>!,
    _ result: UnsafeMutablePointer<qc_quantize_prediction_range_result>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given =
            try rule == nil ? RangeRule.named("mse") : qc_quantize_range_rule.given(rule).description()
        let work = try GridWork(grid, rows, columns, options)
        let (count, groups) = (rows * columns, work.layout.groupCount)
        let input = try Boundary.input(values, count, "values")
        let asked = try Boundary.input(difference, 1, "difference")
        let output = try Boundary.output(scales, groups, "scales")
        let zeroOutput = try Boundary.optionalOutput(zeros, groups, "zeros")
        let place = try ResultPlace(result)
        try Region.requireDisjoint(
            outputs: [Region(scales, groups, "scales"), Region(zeros, groups, "zeros"), place.region],
            inputs: [Region(values, count, "values"), Region(difference, 1, "difference"), work.levels])
        let search = try PredictionRange(
            work.grid.grid, given, errorWeight: error_weight, hasZeros: zeros != nil)
        let measure = try measure(asked[0], rows: rows, columns: columns)
        var found = PredictionRange.Outcome()
        if let base = input.baseAddress {
            found = try search(
                base, work.layout, work.progress, scales: output, zeros: zeroOutput, measure)
        }
        place.write(
            qc_quantize_prediction_range_result(
                struct_size: 0, index: found.index, factor: found.factor, difference: found.difference,
                error: found.error, loss: found.loss))
    }
}

/// Tensors in the layouts of other runtimes. Their codes are held until all are made, since rows do not lie
/// together in them; a tensor whose rows share a scale is read twice.
extension ModelConversion {
    mutating func quantizeForRuntime(
        _ index: Int, _ entry: ModelPlan.Entry
    ) throws(QuantcalError) -> Outcome {
        let scheme = try RuntimeScheme(plan.options)
        let matrix = try RuntimeMatrix(scheme, entry.tensor)
        let (rows, columns) = entry.matrix
        let passes = scheme.needsWholeRange ? 2 : 1
        if passes == 2 {
            try forEachPiece(index, entry.tensor, rows: rows, columns: columns, limit: .max / 2, passes: 2) {
                _, values throws(QuantcalError) in
                try requireFinite(values)
                matrix.see(values)
            }
        }
        let weights = try plan.options.importance?.weights(of: entry.tensor)
        // Rows that share weights.
        let share = weights.map { rows / ($0.count / columns) } ?? .max / 2
        var sums = QuantizationSums()
        try forEachPiece(
            index, entry.tensor, rows: rows, columns: columns, limit: share, passes: passes
        ) { rows, values throws(QuantcalError) in
            let decoded = try Scratch<Float>(values.count)
            try requireFinite(values)
            let first = rows.lowerBound / share * columns
            try withWeights(weights, first..<first + columns) { importance throws(QuantcalError) in
                try matrix.encode(
                    rows, values.baseAddress!, importance, decoded: decoded.buffer.baseAddress!)
            }
            sums.add(values, decoded.buffer)
        }
        let (partial, ranges) = (partial, plan.layout.ranges[entry.pieces])
        try matrix.store(scheme.pieces(entry.tensor)) { piece, bytes throws(QuantcalError) in
            try partial.write(bytes, at: ranges[ranges.startIndex + piece].lowerBound)
        }
        return sums.outcome
    }
}

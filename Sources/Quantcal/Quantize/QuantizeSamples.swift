import QuantcalCore

/// How calibration samples are chosen. The defaults are those of C: `qc_quantize_samples_options_init`.
public typealias QuantizeSamples = CalibrationSamples

/// Whether each sample's statistics, a row of the matrix, are like those of the others of its category.
/// C: `qc_quantize_samples_filter_f64`.
public func quantizeSamplesFilter(
    _ statistics: Matrix<Double>, categories: [Int64]? = nil, options: QuantizeSamples = .init()
) throws(QuantcalError) -> [Bool] {
    if let categories { try requireCount(categories.count, statistics.rows, "categories") }
    let kept = try filled(statistics.rows) { (kept: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(statistics.elements) { values throws(QuantcalError) in
            try withOptionalBuffer(categories) { categories throws(QuantcalError) in
                try options.filter(
                    values, count: statistics.rows, statisticCount: statistics.columns,
                    categories: categories,
                    into: kept)
            }
        }
    }
    return kept.map { $0 == 1 }
}

/// Some samples out of many: rows of a matrix of features. C: `qc_quantize_samples_select_f32`.
public func quantizeSamplesSelect(
    _ features: Matrix<Float>, choose: Int, kept: [Bool]? = nil, options: QuantizeSamples = .init(),
    progress: ProgressReport? = nil
) throws(QuantcalError) -> [Int] {
    if let kept { try requireCount(kept.count, features.rows, "kept") }
    guard (0...features.rows).contains(choose) else {
        throw QuantcalError(
            .size, "choose is \(choose); there are \(features.rows) samples to choose from")
    }
    let flags = kept?.map { $0 ? UInt8(1) : 0 }
    return try filled(choose) { (chosen: UnsafeMutablePointer<Int>) throws(QuantcalError) in
        try withBuffer(features.elements) { values throws(QuantcalError) in
            try withOptionalBuffer(flags) { kept throws(QuantcalError) in
                try options.select(
                    values, count: features.rows, dimension: features.columns, kept: kept, choose: choose,
                    Progress(progress), into: chosen)
            }
        }
    }
}

/// How many calibration samples each time step gives, by its row of features, and the weights that say so.
/// C: `qc_quantize_samples_allocate_f32`.
public func quantizeSamplesAllocate(
    _ features: Matrix<Float>, total: Int, options: QuantizeSamples = .init(), progress: ProgressReport? = nil
) throws(QuantcalError) -> (counts: [Int], weights: [Double]) {
    var counts: [Int] = []
    let weights = try filled(features.rows) { (weights: UnsafeMutablePointer<Double>) throws(QuantcalError) in
        counts = try filled(features.rows) { (counts: UnsafeMutablePointer<Int>) throws(QuantcalError) in
            try withBuffer(features.elements) { values throws(QuantcalError) in
                try options.allocate(
                    values, count: features.rows, dimension: features.columns, total: total,
                    Progress(progress), weights: weights, counts: counts)
            }
        }
    }
    return (counts, weights)
}

/// The time steps, out of so many, at which calibration samples are taken. C: `qc_quantize_samples_steps`.
public func quantizeSamplesSteps(
    of steps: Int, count: Int, options: QuantizeSamples = .init()
) throws(QuantcalError) -> [Int] {
    guard count >= 0 else { throw QuantcalError(.size, "count is \(count); it must be >= 0") }
    return try filled(count) { (chosen: UnsafeMutablePointer<Int>) throws(QuantcalError) in
        try options.steps(of: steps, count: count, into: chosen)
    }
}

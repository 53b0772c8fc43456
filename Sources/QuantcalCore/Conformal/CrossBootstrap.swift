/// The jackknife+ after the bootstrap: models are fitted to bags of training points, and the prediction of a test
/// point without a training point is that of all models whose bags do not hold it.
///
/// Source: Kim, Xu, Barber (2020), "Predictive inference is free with the jackknife+-after-bootstrap".
/// Departure: a point that every bag holds has no such prediction; its candidates are -infinity below and
/// +infinity above, which only adds coverage.
extension ConformalCross {
    public static func bootstrapIntervals(
        residuals: UnsafeBufferPointer<Double>, inBag: UnsafeBufferPointer<UInt8>,
        predictions: UnsafeBufferPointer<Double>, rows: Int, models: Int, alpha: Double, options: Options,
        progress: Progress, lower: UnsafeMutablePointer<Double>, upper: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try compute(residuals, inBag, predictions, rows, models, alpha, options, progress, lower, upper)
    }

    public static func bootstrapIntervals(
        residuals: UnsafeBufferPointer<Float>, inBag: UnsafeBufferPointer<UInt8>,
        predictions: UnsafeBufferPointer<Float>, rows: Int, models: Int, alpha: Double, options: Options,
        progress: Progress, lower: UnsafeMutablePointer<Float>, upper: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try compute(residuals, inBag, predictions, rows, models, alpha, options, progress, lower, upper)
    }

    /// The prediction of each training point by the models whose bags do not hold it; NaN if there are none.
    public static func bootstrapPredictions(
        inBag: UnsafeBufferPointer<UInt8>, predictions: UnsafeBufferPointer<Double>, n: Int, models: Int,
        aggregation: Aggregation, output: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try aggregate(inBag, predictions, n, models, aggregation, output) }

    public static func bootstrapPredictions(
        inBag: UnsafeBufferPointer<UInt8>, predictions: UnsafeBufferPointer<Float>, n: Int, models: Int,
        aggregation: Aggregation, output: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try aggregate(inBag, predictions, n, models, aggregation, output) }

    private static func compute<T: Scalar>(
        _ residuals: UnsafeBufferPointer<T>, _ inBag: UnsafeBufferPointer<UInt8>,
        _ predictions: UnsafeBufferPointer<T>, _ rows: Int, _ models: Int, _ alpha: Double,
        _ options: Options, _ progress: Progress, _ lower: UnsafeMutablePointer<T>,
        _ upper: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        let n = residuals.count
        let ranks = try Ranks(n: n, alpha: alpha, sides: options.sides)
        try Require.finite(predictions, "predictions")
        // The points that some model does not know.
        let places = try Scratch<Int>(n)
        var kept = 0
        for index in 0..<n where inBag[index * models..<(index + 1) * models].contains(0) {
            places.buffer[kept] = index
            kept += 1
        }
        let points = UnsafeBufferPointer(rebasing: places.buffer[..<kept])
        let own = try Scratch<T>(kept)
        for (place, index) in points.enumerated() {
            own.buffer[place] = residuals[index]
            guard !residuals[index].isNaN else {
                throw QuantcalError(.notFinite, "residuals[\(index)] is nan; residuals must not be NaN")
            }
            if options.sides == .symmetric, residuals[index] < 0 { throw negative(residuals[index], index) }
        }
        let known = UnsafeBufferPointer(own.buffer)
        let bags = try CrossBags(inBag, models: models, points: points)
        let ends = CrossEnds(known, ranks.without(n - kept, of: n), options)
        try CrossRows(rows: rows, work: (models + 8) * kept, progress: progress).fill(
            CrossLists(apart: known), ends, lower, upper, scratch: bags.scratch
        ) { row, shifts, scratch in
            bags.aggregate(predictions.baseAddress! + row * models, options.aggregation, shifts, scratch)
        }
    }

    private static func aggregate<T: Scalar>(
        _ inBag: UnsafeBufferPointer<UInt8>, _ predictions: UnsafeBufferPointer<T>, _ n: Int, _ models: Int,
        _ aggregation: Aggregation, _ output: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        try Require.finite(predictions, "predictions")
        let scratch = try Scratch<Double>(models + 1)
        for row in 0..<n {
            // One point's bags are a column as they lie.
            let bags = UnsafeBufferPointer(rebasing: inBag[row * models..<(row + 1) * models])
            guard bags.contains(0) else {
                output[row] = .nan
                continue
            }
            CrossBags.aggregate(
                bags.baseAddress!, points: 1, models: models, predictions.baseAddress! + row * models,
                aggregation, output + row, scratch.buffer.baseAddress!)
        }
    }
}

/// Intervals of cross-conformal prediction, CV+ and its kin, from the residuals of models that were fitted without
/// the points, and the predictions of those models. No matrix of training by test points is made.
///
/// Source: Barber, Candès, Ramdas, Tibshirani (2021), "Predictive inference with the jackknife+".
public enum ConformalCross {
    public static func intervals(
        residuals: UnsafeBufferPointer<Double>, fold: UnsafeBufferPointer<Int32>?,
        predictions: UnsafeBufferPointer<Double>, rows: Int, foldCount: Int, alpha: Double, options: Options,
        progress: Progress, lower: UnsafeMutablePointer<Double>, upper: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try compute(residuals, fold, predictions, rows, foldCount, alpha, options, progress, lower, upper)
    }

    public static func intervals(
        residuals: UnsafeBufferPointer<Float>, fold: UnsafeBufferPointer<Int32>?,
        predictions: UnsafeBufferPointer<Float>, rows: Int, foldCount: Int, alpha: Double, options: Options,
        progress: Progress, lower: UnsafeMutablePointer<Float>, upper: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try compute(residuals, fold, predictions, rows, foldCount, alpha, options, progress, lower, upper)
    }

    private static func compute<T: Scalar>(
        _ residuals: UnsafeBufferPointer<T>, _ fold: UnsafeBufferPointer<Int32>?,
        _ predictions: UnsafeBufferPointer<T>, _ rows: Int, _ foldCount: Int, _ alpha: Double,
        _ options: Options, _ progress: Progress, _ lower: UnsafeMutablePointer<T>,
        _ upper: UnsafeMutablePointer<T>
    ) throws(QuantcalError) {
        let ranks = try Ranks(n: residuals.count, alpha: alpha, sides: options.sides)
        try check(fold, residuals.count, foldCount)
        try check(residuals, options.sides)
        try Require.finite(predictions, "predictions")
        let ends = CrossEnds(residuals, ranks, options)
        let lists: CrossLists<T>
        if let fold {
            lists = try CrossLists(residuals, fold, foldCount: foldCount)
        } else {
            lists = try CrossLists(apart: residuals)
        }
        let columns = lists.columns.buffer.baseAddress!
        let count = lists.count
        try CrossRows(rows: rows, work: foldCount + residuals.count / 16, progress: progress).fill(
            lists, ends, lower, upper, scratch: 0
        ) { row, shifts, _ in
            let values = predictions.baseAddress! + row * foldCount
            for list in 0..<count { shifts[list] = values[columns[list]] }
        }
    }

    private static func check(
        _ fold: UnsafeBufferPointer<Int32>?, _ n: Int, _ foldCount: Int
    ) throws(QuantcalError) {
        guard let fold else {
            guard foldCount == n || n == 0 else {
                throw QuantcalError(
                    .nullPointer,
                    "fold is NULL; it may be if fold_count is n, but they are \(foldCount) and \(n)")
            }
            return
        }
        guard foldCount <= Int32.max, foldCount > 0 || n == 0 else {
            throw QuantcalError(
                .size, "fold_count is \(foldCount); fold_count must be 1 to \(Int32.max)")
        }
        if let index = fold.firstIndex(where: { $0 < 0 || Int($0) >= foldCount }) {
            throw QuantcalError(
                .domain, "fold[\(index)] is \(fold[index]); fold must be 0 to \(foldCount - 1)")
        }
    }

    static func check<T: Scalar>(
        _ residuals: UnsafeBufferPointer<T>, _ sides: ConformalRegression.Sides
    ) throws(QuantcalError) {
        try Require.notNaN(residuals, "residuals")
        guard sides == .symmetric, let index = residuals.firstIndex(where: { $0 < 0 }) else { return }
        throw negative(residuals[index], index)
    }

    static func negative<T: Scalar>(_ residual: T, _ index: Int) -> QuantcalError {
        QuantcalError(
            .domain,
            "residuals[\(index)] is \(residual); absolute residuals must be >= 0 (signed ones have other sides)"
        )
    }
}

import Quantcal

/// Isotonic calibration of class probabilities, one class against the rest: each class has the isotonic
/// regression of "this is the label" on its probability, with straight lines between its blocks and the
/// end values beyond them. The values of a row are divided by their sum; if all are 0, the classes
/// are equally probable.
///
/// Source: Zadrozny, Elkan (2002), Transforming classifier scores into accurate multiclass probability
/// estimates.
struct IsotonicCalibration {
    /// One for each class.
    private let curves: [IsotonicModel<Double>]

    init(_ probabilities: Matrix<Double>, _ labels: [Int64]) throws {
        curves = try (0..<probabilities.columns).map { column in
            try isotonicFit(
                x: probabilities.column(column), y: labels.map { $0 == column ? 1.0 : 0 })
        }
    }

    func callAsFunction(_ probabilities: Matrix<Double>) throws -> Matrix<Double> {
        var result = probabilities
        for (column, curve) in curves.enumerated() {
            let values = try curve.predict(probabilities.column(column), outside: .clip)
            for row in values.indices { result[row, column] = values[row] }
        }
        for row in 0..<result.rows {
            let sum = result[row: row].reduce(0, +)
            for column in 0..<result.columns {
                result[row, column] = sum > 0 ? result[row, column] / sum : 1 / Double(result.columns)
            }
        }
        return result
    }
}

extension Matrix {
    fileprivate func column(_ column: Int) -> [Element] { (0..<rows).map { self[$0, column] } }
}

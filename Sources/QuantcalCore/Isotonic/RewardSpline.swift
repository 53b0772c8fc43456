/// A smooth function of a score: ridge regression on cubic B-splines with equally spaced knots, the penalty
/// chosen by leave-one-out.
///
/// Source: the first stage of Causal Judge Evaluation, that is SplineTransformer (constant beyond the
/// ends, the last spline left out) and RidgeCV of scikit-learn; the leave-one-out errors are those of Rifkin
/// and Lippert (2007), "Notes on regularized least squares". The systems have at most nine unknowns and are
/// solved here, not by LAPACK: which penalty is best must not depend on the processor.
struct RewardSpline {
    /// Below so many points there is no spline.
    static let leastPoints = 20

    private static let mostKnots = 8
    static let mostFeatures = mostKnots + 1

    /// 10^-3, 10^-2.5, ..., 10^3.
    private static let penalties = [
        1e-3, 0.003162277660168379, 1e-2, 0.03162277660168379, 0.1, 0.31622776601683794, 1,
        3.1622776601683795, 10, 31.622776601683793, 100, 316.22776601683796, 1000,
    ]

    typealias Row = InlineArray<9, Double>

    private var basis: Basis
    private var coefficients = Row(repeating: 0)
    private var intercept = 0.0

    /// `scores` ascend; `weights` are > 0.
    init(
        scores: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Double>,
        weights: UnsafeBufferPointer<Double>
    ) {
        let knots = min(Self.mostKnots, scores.count / 4)
        basis = Basis(from: scores.first!, to: scores.last!, cells: knots - 1)
        let system = Normal(basis, scores, labels, weights)
        intercept = system.labelMean
        guard basis.isSpread else { return }
        let solutions = Self.penalties.map { system.solved(penalty: $0) }
        coefficients = solutions[system.best(solutions, basis, scores, labels, weights)].coefficients
        for index in 0..<basis.features { intercept -= coefficients[index] * system.featureMeans[index] }
    }

    func callAsFunction(_ score: Double) -> Double {
        guard basis.isSpread else { return intercept }
        let (cell, values) = basis.splines(score)
        var value = intercept
        for index in 0..<4 where cell + index < basis.features {
            value += values[index] * coefficients[cell + index]
        }
        return value
    }

    /// Cubic splines on equal cells.
    private struct Basis {
        private let low: Double, high: Double, cells: Int
        private let scale: Double
        let isSpread: Bool

        init(from low: Double, to high: Double, cells: Int) {
            (self.low, self.high, self.cells) = (low, high, cells)
            scale = PowerOfTwo.bringing(max(abs(low), abs(high)), above: -500, below: 500)
            isSpread = low * scale < high * scale
        }

        var features: Int { cells + 2 }

        /// The cell of a score, and the four splines that are not 0 there: those of the cell's number and the
        /// next. (The last of the last cell is not among the features.)
        @inline(__always) func splines(_ score: Double) -> (cell: Int, values: SIMD4<Double>) {
            let inside = min(max(score, low), high)
            let along = (inside * scale - low * scale) / (high * scale - low * scale) * Double(cells)
            let cell = min(Int(along), cells - 1)
            let t = along - Double(cell)
            let s = 1 - t
            return (
                cell,
                SIMD4(
                    s * s * s / 6, (t * t * (3 * t - 6) + 4) / 6, (s * s * (3 * s - 6) + 4) / 6, t * t * t / 6
                )
            )
        }

        /// The features of a score.
        func row(_ score: Double) -> Row {
            var row = Row(repeating: 0)
            guard isSpread else { return row }
            let (cell, values) = splines(score)
            for j in 0..<4 where cell + j < features { row[cell + j] = values[j] }
            return row
        }
    }

    /// The solution for one penalty, and the inverse matrix, for leverages.
    private struct Solution {
        var coefficients = Row(repeating: 0)
        var inverse: [Double] = []
    }

    /// The normal equations, centred.
    private struct Normal {
        var featureMeans = Row(repeating: 0)
        var labelMean = 0.0
        private let features: Int
        private var total = 0.0
        private var matrix: [Double]
        private var right = Row(repeating: 0)

        init(
            _ basis: Basis, _ scores: UnsafeBufferPointer<Double>, _ labels: UnsafeBufferPointer<Double>,
            _ weights: UnsafeBufferPointer<Double>
        ) {
            features = basis.features
            matrix = [Double](repeating: 0, count: features * features)
            for index in scores.indices {
                let row = basis.row(scores[index])
                total += weights[index]
                labelMean += weights[index] * labels[index]
                for j in 0..<features { featureMeans[j] += weights[index] * row[j] }
            }
            labelMean /= total
            for j in 0..<features { featureMeans[j] /= total }
            for index in scores.indices {
                let row = centred(basis.row(scores[index]))
                let label = labels[index] - labelMean
                for j in 0..<features {
                    let weighted = weights[index] * row[j]
                    right[j] += weighted * label
                    for k in 0...j { matrix[j * features + k] += weighted * row[k] }
                }
            }
        }

        private func centred(_ row: Row) -> Row {
            var row = row
            for j in 0..<features { row[j] -= featureMeans[j] }
            return row
        }

        func solved(penalty: Double) -> Solution {
            var penalised = matrix
            for j in 0..<features { penalised[j * features + j] += penalty }
            var solution = Solution(inverse: SmallSymmetric.inverse(penalised, features))
            for j in 0..<features {
                for k in 0..<features {
                    solution.coefficients[j] += solution.inverse[j * features + k] * right[k]
                }
            }
            return solution
        }

        /// The solution of least squared error when each point is predicted from the others: its residual
        /// over one minus its leverage. The first of equals.
        func best(
            _ solutions: [Solution], _ basis: Basis, _ scores: UnsafeBufferPointer<Double>,
            _ labels: UnsafeBufferPointer<Double>, _ weights: UnsafeBufferPointer<Double>
        ) -> Int {
            let losses = solutions.map { solution in
                let forms = CellForm.all(solution, featureMeans, features)
                let shift = (0..<features).reduce(labelMean) {
                    $0 - solution.coefficients[$1] * featureMeans[$1]
                }
                let constant = 1 / total + CellForm.constant(solution, featureMeans, features)
                return forms.withUnsafeBufferPointer { forms in
                    var loss = 0.0
                    for index in scores.indices {
                        let (cell, values) = basis.splines(scores[index])
                        let residual = labels[index] - shift - forms[cell].line(values)
                        let leverage = constant + forms[cell].square(values)
                        let error = residual / (1 - weights[index] * leverage)
                        loss += weights[index] * error * error
                    }
                    return loss
                }
            }
            var best = 0
            for place in losses.indices.dropFirst() where losses[place] < losses[best] { best = place }
            return best
        }
    }

    /// What the scores of one cell need of a solution: b'x, and (x - m)'A(x - m) without m'Am, for features x of
    /// which only four are not 0.
    private struct CellForm {
        private var matrix = InlineArray<4, SIMD4<Double>>(repeating: .zero)
        private var linear = SIMD4<Double>.zero
        private var coefficients = SIMD4<Double>.zero

        static func all(_ solution: Solution, _ means: Row, _ features: Int) -> [CellForm] {
            (0..<features - 2).map { cell in
                var form = CellForm()
                for j in 0..<min(4, features - cell) {
                    form.coefficients[j] = solution.coefficients[cell + j]
                    let row = (cell + j) * features
                    for k in 0..<min(4, features - cell) {
                        form.matrix[j][k] = solution.inverse[row + cell + k]
                    }
                    for k in 0..<features { form.linear[j] += 2 * solution.inverse[row + k] * means[k] }
                }
                return form
            }
        }

        static func constant(_ solution: Solution, _ means: Row, _ features: Int) -> Double {
            var sum = 0.0
            for j in 0..<features {
                for k in 0..<features { sum += means[j] * solution.inverse[j * features + k] * means[k] }
            }
            return sum
        }

        @inline(__always) func line(_ x: SIMD4<Double>) -> Double { (coefficients * x).sum() }

        @inline(__always) func square(_ x: SIMD4<Double>) -> Double {
            let product = (matrix[0] * x[0] + matrix[1] * x[1]) + (matrix[2] * x[2] + matrix[3] * x[3])
            return ((product - linear) * x).sum()
        }
    }
}

/// Dense algebra of a few unknowns, the same to the last bit on every processor.
enum SmallSymmetric {
    /// The inverse of a positive definite matrix of which the lower triangle is given, by Cholesky's
    /// factorisation.
    static func inverse(_ matrix: [Double], _ n: Int) -> [Double] {
        var factor = matrix
        for j in 0..<n {
            for i in j..<n {
                var sum = factor[i * n + j]
                for k in 0..<j { sum -= factor[i * n + k] * factor[j * n + k] }
                factor[i * n + j] = i == j ? sum.squareRoot() : sum / factor[j * n + j]
            }
        }
        var result = [Double](repeating: 0, count: n * n)
        for column in 0..<n {
            var solution = [Double](repeating: 0, count: n)
            for i in 0..<n {
                var sum = i == column ? 1.0 : 0
                for k in 0..<i { sum -= factor[i * n + k] * solution[k] }
                solution[i] = sum / factor[i * n + i]
            }
            for i in (0..<n).reversed() {
                for k in (i + 1)..<max(n, i + 1) { solution[i] -= factor[k * n + i] * solution[k] }
                solution[i] /= factor[i * n + i]
                result[i * n + column] = solution[i]
            }
        }
        return result
    }
}

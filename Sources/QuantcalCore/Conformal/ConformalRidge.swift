/// Ridge regression on calibration points, and what leaving points out of it does, without a refit.
///
/// With G = X'X + lambda I = L L' and rows z = L^-1 x in place of x, G is the identity: predictions are z.c, c = L^-1 X't.
/// Adding the test point j with t_j = 0 makes it I + z_j z_j', of which the inverse is I - z_j z_j' / (1 + s),
/// s = z_j.z_j; leaving point i out then gives it the prediction (f_i - h_i t_i) / (1 - h_i), for the fit
/// f_i and the leverage h_i = z_i.(I - z_j z_j' / (1 + s)) z_i. So each of the m (n + 1) models costs as many
/// operations as there are columns.
///
/// Rows are stored by column, so that each point's sums add in the same order whatever its index: points with
/// equal rows have equal scores, test points as well as calibration points.
struct ConformalRidge: ~Copyable {
    let n: Int
    let m: Int
    let columns: Int
    /// t, scaled; and whether it is 0.
    let outcomes: Scratch<Double>
    /// By column, the calibration points and then the test points: x, scaled.
    private let rows: Scratch<Double>
    /// By column likewise: z; then z.z and z.c.
    let whitened: Scratch<Double>
    let norms: Scratch<Double>
    let fits: Scratch<Double>
    let coefficients: Scratch<Double>
    private let gram: Scratch<Double>
    private let factor: Scratch<Double>
    /// By which penalties are scaled, as an exponent.
    private let exponent: Int

    var points: Int { n + m }

    /// Finite rows of calibration and test points, and an outcome >= 0 for each of the former.
    init<T: Scalar>(
        _ calibration: UnsafeBufferPointer<T>, _ test: UnsafeBufferPointer<T>,
        outcomes: UnsafeBufferPointer<T>, columns: Int
    ) throws(QuantcalError) {
        let (n, m) = (outcomes.count, test.count / columns)
        let (squares, overflow) = columns.multipliedReportingOverflow(by: columns)
        let (size, isTooMany) = (n + m).multipliedReportingOverflow(by: columns)
        guard !overflow, !isTooMany else {
            throw QuantcalError(.noMemory, "no memory for \(columns) columns")
        }
        let rows = try Scratch<Double>(size)
        let whitened = try Scratch<Double>(size)
        let norms = try Scratch<Double>(n + m)
        let fits = try Scratch<Double>(n + m)
        let gram = try Scratch<Double>(squares)
        let factor = try Scratch<Double>(squares)
        let coefficients = try Scratch<Double>(columns)
        let gains = try Scratch<Double>(n)
        let largest = max(Self.largest(calibration), Self.largest(test))
        self.rows = rows
        self.whitened = whitened
        self.norms = norms
        self.fits = fits
        self.gram = gram
        self.factor = factor
        self.coefficients = coefficients
        self.outcomes = gains
        (self.n, self.m, self.columns) = (n, m, columns)
        // A power of two that brings the largest to 1/2 ..< 1.
        exponent = largest > 0 ? -1 - Int(largest.exponent) : 0
        copy(outcomes)
        copy(calibration, count: n, first: 0)
        copy(test, count: m, first: n)
        for row in 0..<columns {
            for column in 0...row {
                self.gram.buffer[row * columns + column] = Self.dot(x(row), x(column), n)
            }
        }
    }

    private func copy<T: Scalar>(_ outcomes: UnsafeBufferPointer<T>) {
        let unit = Self.largest(outcomes)
        let exponent = unit > 0 ? -1 - Int(unit.exponent) : 0
        for (index, outcome) in outcomes.enumerated() {
            // What is positive remains so.
            let scaled = max(Self.scaled(Double(outcome), exponent), .leastNonzeroMagnitude)
            self.outcomes.buffer[index] = outcome > 0 ? scaled : 0
        }
    }

    private func copy<T: Scalar>(_ source: UnsafeBufferPointer<T>, count: Int, first: Int) {
        for column in 0..<columns {
            let target = x(column) + first
            for index in 0..<count {
                target[index] = Self.scaled(Double(source[index * columns + column]), exponent)
            }
        }
    }

    private static func largest<T: Scalar>(_ values: UnsafeBufferPointer<T>) -> Double {
        Double(values.reduce(T.zero) { max($0, abs($1)) })
    }

    /// In two steps, as the power may be beyond the doubles.
    @inline(__always) private static func scaled(_ value: Double, _ exponent: Int) -> Double {
        let half = exponent / 2
        return value * Double(sign: .plus, exponent: half, significand: 1)
            * Double(sign: .plus, exponent: exponent - half, significand: 1)
    }

    /// Fits with a penalty: sets `whitened`, `norms`, `fits` and `coefficients`.
    func fit(_ penalty: Double, _ name: @autoclosure () -> String) throws(QuantcalError) {
        // Beyond that all coefficients are next to nothing anyhow.
        let scaled = min(Self.scaled(Self.scaled(penalty, exponent), exponent), 0x1p900)
        guard factorise(scaled) else {
            throw QuantcalError(
                .domain,
                "\(name()) is \(penalty); it is too small for columns that depend on each other, in doubles")
        }
        for column in 0..<columns {
            let target = z(column)
            target.update(from: x(column), count: points)
            for earlier in 0..<column { Self.add(-l(column, earlier), z(earlier), to: target, points) }
            let inverse = 1 / l(column, column)
            for index in 0..<points { target[index] *= inverse }
        }
        norms.buffer.update(repeating: 0)
        fits.buffer.update(repeating: 0)
        for column in 0..<columns {
            let own = z(column)
            let coefficient = Self.dot(own, outcomes.buffer.baseAddress!, n)
            coefficients.buffer[column] = coefficient
            for index in 0..<points {
                norms.buffer[index] += own[index] * own[index]
                fits.buffer[index] += coefficient * own[index]
            }
        }
    }

    /// Cholesky's factor of the Gram matrix with the penalty; false if rounding takes away its pivots.
    private func factorise(_ penalty: Double) -> Bool {
        for row in 0..<columns {
            for column in 0...row {
                var sum = gram.buffer[row * columns + column] + (row == column ? penalty : 0)
                let diagonal = sum
                for k in 0..<column { sum -= l(row, k) * l(column, k) }
                if row == column {
                    guard sum > diagonal * 0x1p-40 else { return false }
                    factor.buffer[row * columns + row] = sum.squareRoot()
                } else {
                    factor.buffer[row * columns + column] = sum / l(column, column)
                }
            }
        }
        return true
    }

    @inline(__always) private func l(_ row: Int, _ column: Int) -> Double {
        factor.buffer[row * columns + column]
    }

    @inline(__always) private func x(_ column: Int) -> UnsafeMutablePointer<Double> {
        rows.buffer.baseAddress! + column * points
    }

    @inline(__always) func z(_ column: Int) -> UnsafeMutablePointer<Double> {
        whitened.buffer.baseAddress! + column * points
    }

    static func dot(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
    ) -> Double {
        var sums = Lanes.zero
        let whole = count & ~7
        for index in stride(from: 0, to: whole, by: 8) { sums += Lanes(at: a + index) * Lanes(at: b + index) }
        var sum = sums.foldedSum
        for index in whole..<count { sum += a[index] * b[index] }
        return sum
    }

    static func add(
        _ factor: Double, _ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>,
        _ count: Int
    ) {
        for index in 0..<count { target[index] += factor * source[index] }
    }
}

import QuantcalCore

extension IsotonicOrderFit<Double> {
    /// Values at new points, one in each row: from the largest fitted value of the points that precede or equal
    /// the new one (`.lower`) to the smallest of those that follow or equal it (`.upper`), by default half
    /// way between, or the one of them that there is. NaN where the order says nothing.
    /// C: `qc_isotonic_order_predict_f64`; the default is that of `qc_isotonic_order_predict_options_init`.
    public func predict(
        _ queries: Matrix<Double>, solution: IsotonicSolution = .middle, progress: ProgressReport? = nil
    ) throws(QuantcalError) -> [Double] {
        try predict(
            queries, solution, Progress(progress),
            IsotonicOrder.predict(
                points:fitted:dimensions:directions:queries:count:solution:into:progress:))
    }

    /// The value at one point.
    public func callAsFunction(_ coordinates: Double...) throws(QuantcalError) -> Double {
        try predict(Matrix(rows: 1, columns: coordinates.count, elements: coordinates))[0]
    }
}

extension IsotonicOrderFit<Float> {
    /// The same in single precision. C: `qc_isotonic_order_predict_f32`.
    public func predict(
        _ queries: Matrix<Float>, solution: IsotonicSolution = .middle, progress: ProgressReport? = nil
    ) throws(QuantcalError) -> [Float] {
        try predict(
            queries, solution, Progress(progress),
            IsotonicOrder.predict(
                points:fitted:dimensions:directions:queries:count:solution:into:progress:))
    }

    /// The value at one point.
    public func callAsFunction(_ coordinates: Float...) throws(QuantcalError) -> Float {
        try predict(Matrix(rows: 1, columns: coordinates.count, elements: coordinates))[0]
    }
}

extension IsotonicOrderFit where Scalar: BitwiseCopyable {
    fileprivate func predict(
        _ queries: Matrix<Scalar>, _ solution: IsotonicSolution, _ progress: Progress,
        _ call: (
            UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, Int, UnsafeBufferPointer<Int32>?,
            UnsafeBufferPointer<Scalar>, Int, IsotonicSolution, UnsafeMutablePointer<Scalar>, Progress
        ) throws(QuantcalError) -> Void
    ) throws(QuantcalError) -> [Scalar] {
        if queries.rows > 0 { try requireCount(queries.columns, points.columns, "a query") }
        return try filled(queries.rows) { (target: UnsafeMutablePointer<Scalar>) throws(QuantcalError) in
            try withBuffer(points.elements) { data throws(QuantcalError) in
                try withBuffer(fitted) { fitted throws(QuantcalError) in
                    try withBuffer(directions.map(\.rawValue)) { numbers throws(QuantcalError) in
                        try withBuffer(queries.elements) { asked throws(QuantcalError) in
                            try call(
                                data, fitted, points.columns, numbers, asked, queries.rows, solution, target,
                                progress)
                        }
                    }
                }
            }
        }
    }
}

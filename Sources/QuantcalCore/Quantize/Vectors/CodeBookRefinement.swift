/// Code books and codes for a layer's outputs, in turn: the codes by a beam search, then the centres by least
/// squares. This is what AQLM minimises (Egiazarian et al., 2024), with all of the Hessian.
///
/// Departures: centres come from equations, not from gradient steps; scales of rows are the caller's.
extension CodeBooks {
    /// `books` and `codes` hold what to begin with, and then the result. Nothing is written on an error.
    public func refine(
        _ matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int, dimension: Int,
        hessian: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?,
        centres: UnsafeBufferPointer<Float>, codes: UnsafeBufferPointer<UInt16>,
        newCentres: UnsafeMutablePointer<Float>, newCodes: UnsafeMutablePointer<UInt16>,
        _ progress: Progress = .none
    ) throws(QuantcalError) -> Training {
        try requireRefinement()
        try Require.finite(matrix, "matrix")
        try Require.finite(centres, "centres")
        if let weights { try Require.weights(weights) }
        try LayerMatrix.require(hessian, columns: columns)
        try requireCodes(codes)
        try progress(0)
        let layer = try LayerMatrix(
            matrix.baseAddress!, rows: rows, columns: columns, hessian: hessian.baseAddress!,
            weights: weights?.baseAddress)
        let state = try LayerState(centres, codes)
        let training = try refine(
            layer, LayerBooks(self, columns: columns, dimension: dimension), state, progress)
        newCentres.update(from: state.centres.buffer.baseAddress!, count: centres.count)
        newCodes.update(from: state.codes.buffer.baseAddress!, count: codes.count)
        return training
    }

    private func refine(
        _ layer: LayerMatrix, _ books: LayerBooks, _ state: LayerState, _ progress: Progress
    ) throws(QuantcalError) -> Training {
        let pulls = try Scratch<Double>(layer.rows * layer.columns)
        let before = try LayerState(
            UnsafeBufferPointer(state.centres.buffer), UnsafeBufferPointer(state.codes.buffer))
        let search = try LayerCodes(layer, books, beam: beam)
        let steps = Double(2 * iterations + 1)
        func assign(_ step: Int) throws(QuantcalError) -> Double {
            search.prepare(state.centres.buffer.baseAddress!)
            return try search.search(
                state.codes.buffer.baseAddress!, state.centres.buffer.baseAddress!,
                pulls: pulls.buffer.baseAddress!,
                progress.part(from: Double(step) / steps, to: Double(step + 1) / steps))
        }
        var training = Training()
        training.objective = try assign(0)
        training.hasConverged = training.objective <= 0
        while training.iterations < iterations, !training.hasConverged {
            let step = 2 * training.iterations + 1
            before.take(state)
            let centres = try LayerCentres(
                layer, books, codes: state.codes.buffer.baseAddress!, pulls: pulls.buffer.baseAddress!)
            try centres.improve(
                state.centres.buffer.baseAddress!,
                progress.part(from: Double(step) / steps, to: Double(step + 1) / steps))
            let objective = try assign(step + 1)
            training.iterations += 1
            training.hasConverged =
                training.objective - objective <= tolerance * training.objective || objective <= 0
            // Centres are rounded: at the end there may be nothing left to gain.
            if objective < training.objective { training.objective = objective } else { state.take(before) }
        }
        training.used = try state.used(self, books)
        return training
    }

    /// How many vectors a matrix is cut into; throws if the sizes do not go together.
    public static func vectorCount(rows: Int, columns: Int, dimension: Int) throws(QuantcalError) -> Int {
        guard rows > 0, columns > 0 else {
            throw QuantcalError(
                .size,
                "matrix is \(UInt(bitPattern: rows)) x \(UInt(bitPattern: columns)); it needs rows and columns"
            )
        }
        guard dimension > 0, columns % dimension == 0 else {
            throw QuantcalError(
                .size,
                "dimension is \(UInt(bitPattern: dimension)); it must be positive and divide columns, \(columns)"
            )
        }
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns / dimension)
        guard !overflow else { throw QuantcalError(.size, "rows is \(rows); it is too large") }
        return count
    }

    private func requireRefinement() throws(QuantcalError) {
        try Self.require(iterations, "iterations", 0...Int(Int32.max))
        try Self.require(beam, "beam", 1...256)
        try requireTolerance()
    }
}

/// Centres and codes.
private final class LayerState {
    let centres: Scratch<Float>
    let codes: Scratch<UInt16>

    init(
        _ centres: UnsafeBufferPointer<Float>, _ codes: UnsafeBufferPointer<UInt16>
    ) throws(QuantcalError) {
        self.centres = try Scratch(centres.count)
        self.codes = try Scratch(codes.count)
        _ = self.centres.buffer.update(fromContentsOf: centres)
        _ = self.codes.buffer.update(fromContentsOf: codes)
    }

    func take(_ other: LayerState) {
        _ = centres.buffer.update(fromContentsOf: other.centres.buffer)
        _ = codes.buffer.update(fromContentsOf: other.codes.buffer)
    }

    /// How many centres some place has.
    func used(_ settings: CodeBooks, _ books: LayerBooks) throws(QuantcalError) -> Int {
        let isUsed = try Scratch<Bool>(zeroed: settings.books * settings.centres)
        for (index, code) in codes.buffer.enumerated() {
            isUsed.buffer[index % settings.books * settings.centres + Int(code)] = true
        }
        return isUsed.buffer.count { $0 }
    }
}

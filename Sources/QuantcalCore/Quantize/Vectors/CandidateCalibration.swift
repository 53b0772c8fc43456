/// Candidates of a layer's weights, chosen by what the layer gives out, without labels and without a framework.
///
/// What falls is the sum over rows of v (w - a)^T H (w - a), a being the mixtures, as a share of the same with
/// a = 0; and the penalty. Logits and centres go by RMSprop: r^2 is a running mean of squared gradients g, and a
/// step is g / r times its size. Where no vector is open, or after `iterations`, each is its best candidate.
///
/// Departures: the penalty's weight grows from 0 to what is given in equal steps; nothing is added to r, where a
/// gradient that has been 0 so far makes no step; and if the nearest of the first centres were better in the end,
/// these are the result.
extension CodeCandidates {
    /// Nothing is written on an error.
    public func calibrate(
        _ matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int, dimension: Int,
        hessian: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>?,
        centres books: UnsafeBufferPointer<Float>, newCentres: UnsafeMutablePointer<Float>,
        codes: UnsafeMutablePointer<UInt16>, _ progress: Progress = .none
    ) throws(QuantcalError) -> CodeBooks.Training {
        try requirePenalty()
        try requireSettled()
        try requireSteps()
        try Require.finite(matrix, "matrix")
        if let weights { try Require.weights(weights) }
        try LayerMatrix.require(hessian, columns: columns)
        try Require.finite(books, "centres")
        try progress(0)
        let layer = try LayerMatrix(
            matrix.baseAddress!, rows: rows, columns: columns, hessian: hessian.baseAddress!,
            weights: weights?.baseAddress)
        let calibration = try CandidateCalibration(self, layer, matrix, books, dimension: dimension)
        let training = try calibration.run(progress)
        newCentres.update(from: calibration.bestCentres.buffer.baseAddress!, count: books.count)
        codes.update(from: calibration.bestCodes.buffer.baseAddress!, count: calibration.count)
        return training
    }
}

private final class CandidateCalibration {
    let count: Int
    let bestCentres: Scratch<Float>
    let bestCodes: Scratch<UInt16>
    private let settings: CodeCandidates
    private let layer: LayerMatrix
    private let dimension: Int
    private let candidates: Scratch<UInt16>
    private let codes: Scratch<UInt16>
    private let centres: Scratch<Float>
    private let logits: Scratch<Float>
    /// At logits and centres, and running means' roots.
    private let slopes: Scratch<Float>
    private let sums: Scratch<Double>
    private let roots: Scratch<Double>
    /// The mixtures, then H (w - a) of each row, and the loss's gradient at them.
    private let mixtures: Scratch<Double>
    private let pulls: Scratch<Double>
    private let gradients: Scratch<Float>
    private let errors: Scratch<Double>

    init(
        _ settings: CodeCandidates, _ layer: LayerMatrix, _ matrix: UnsafeBufferPointer<Float>,
        _ books: UnsafeBufferPointer<Float>, dimension: Int
    ) throws(QuantcalError) {
        (self.settings, self.layer, self.dimension) = (settings, layer, dimension)
        count = matrix.count / dimension
        let all = count * settings.candidates
        bestCentres = try Scratch(books.count)
        bestCodes = try Scratch(count)
        candidates = try Scratch(all)
        codes = try Scratch(count)
        centres = try Scratch(books.count)
        logits = try Scratch(all)
        slopes = try Scratch(all)
        sums = try Scratch(books.count)
        roots = try Scratch(zeroed: all + books.count)
        mixtures = try Scratch(matrix.count)
        pulls = try Scratch(matrix.count)
        gradients = try Scratch(matrix.count)
        errors = try Scratch(layer.rows)
        _ = centres.buffer.update(fromContentsOf: books)
        _ = bestCentres.buffer.update(fromContentsOf: books)
        try settings.find(
            matrix, count: count, dimension: dimension, centres: books,
            into: candidates.buffer.baseAddress!, logits: logits.buffer.baseAddress!)
        for index in 0..<count { bestCodes.buffer[index] = candidates.buffer[index * settings.candidates] }
    }

    func run(_ progress: Progress) throws(QuantcalError) -> CodeBooks.Training {
        var training = CodeBooks.Training()
        let whole = measure { _, _ in }
        _ = codes.buffer.update(fromContentsOf: bestCodes.buffer)
        training.objective = objective()
        var state = try settle()
        while training.iterations < settings.iterations, state.open > 0, whole > 0 {
            try progress(Double(training.iterations) / Double(settings.iterations))
            training.iterations += 1
            try step(
                whole, penalty: settings.penalty * Double(training.iterations) / Double(settings.iterations))
            state = try settle()
        }
        training.hasConverged = state.open == 0 || whole <= 0
        let objective = objective()
        if objective < training.objective {
            training.objective = objective
            _ = bestCodes.buffer.update(fromContentsOf: codes.buffer)
            _ = bestCentres.buffer.update(fromContentsOf: centres.buffer)
        }
        let isUsed = try Scratch<Bool>(zeroed: settings.centres)
        for code in bestCodes.buffer { isUsed.buffer[Int(code)] = true }
        training.used = isUsed.buffer.count { $0 }
        return training
    }

    private func settle() throws(QuantcalError) -> CodeCandidates.State {
        try settings.settle(
            UnsafeBufferPointer(candidates.buffer), UnsafeBufferPointer(logits.buffer), count: count,
            newLogits: logits.buffer.baseAddress!, chosen: codes.buffer.baseAddress!)
    }

    /// The objective of what `fill` makes of each row of zeros; H (w - a) is in `pulls` then.
    private func measure(_ fill: (_ row: Int, UnsafeMutablePointer<Double>) -> Void) -> Double {
        let columns = layer.columns
        Parallel.forEachRange(of: layer.rows, grain: max(1, (1 << 17) / (columns * columns))) { range in
            for row in range {
                let own = mixtures.buffer.baseAddress! + row * columns
                own.update(repeating: 0, count: columns)
                fill(row, own)
                errors.buffer[row] = layer.pull(
                    of: row, from: own, into: pulls.buffer.baseAddress! + row * columns)
            }
        }
        return (0..<layer.rows).reduce(0) { $0 + layer.weight($1) * errors.buffer[$1] }
    }

    /// Of codes, without mixtures.
    private func objective() -> Double {
        let columns = layer.columns
        return measure { row, own in
            for j in 0..<columns {
                let vector = (row * columns + j) / dimension
                own[j] = Double(centres.buffer[Int(codes.buffer[vector]) * dimension + j % dimension])
            }
        }
    }

    private func step(_ whole: Double, penalty: Double) throws(QuantcalError) {
        let columns = layer.columns
        let mixed = gradients.buffer.baseAddress!
        try settings.mixed(
            candidates.buffer.baseAddress!, logits.buffer.baseAddress!, count: count, dimension: dimension,
            centres.buffer.baseAddress!, nil
        ) { mixed[$0 * dimension + $1] = Float($2) }
        _ = measure { row, own in
            for j in 0..<columns { own[j] = Double(mixed[row * columns + j]) }
        }
        for row in 0..<layer.rows {
            let factor = -2 * layer.weight(row) / whole
            for place in row * columns..<(row + 1) * columns {
                mixed[place] = Float(factor * pulls.buffer[place])
            }
        }
        sums.buffer.update(repeating: 0)
        try settings.backward(
            mixed, candidates.buffer.baseAddress!, logits.buffer.baseAddress!, count: count,
            dimension: dimension, centres.buffer.baseAddress!, penalty: penalty,
            slopes.buffer.baseAddress!, sums.buffer.baseAddress!)
        for place in logits.buffer.indices {
            move(&logits.buffer[place], Double(slopes.buffer[place]), place, settings.logitStep)
        }
        for place in centres.buffer.indices {
            move(
                &centres.buffer[place], sums.buffer[place], logits.buffer.count + place,
                settings.centreStep)
        }
    }

    /// One number by RMSprop.
    private func move(_ value: inout Float, _ slope: Double, _ place: Int, _ size: Double) {
        let (old, smoothing) = (roots.buffer[place], settings.smoothing)
        let root = (smoothing * (old * old) + (1 - smoothing) * (slope * slope)).squareRoot()
        roots.buffer[place] = root
        guard root > 0 else { return }
        let moved = Float(Double(value) - size * (slope / root))
        if moved.isFinite { value = moved }
    }
}

/// Any bytes as an isotonic distribution: refused with a good message, or functions that are written as the same bytes
/// and are in order wherever they are asked.
func fuzzStored(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let functions = try IsotonicDistributionFunctions(bytes: bytes)
        require(functions.serializedSize == bytes.count, "another size")
        var written = [UInt8](repeating: 0, count: bytes.count)
        written.withUnsafeMutableBytes { functions.serialize($0.baseAddress!) }
        require(written.elementsEqual(bytes), "other bytes")
        try requireOrder(functions)
        requireLists(functions.runs)
    } catch { requireGoodMessage(error) }
}

/// At each covariate, between it and the next, and beyond the last: values rise with the threshold, and fall from
/// a covariate to those that it precedes.
private func requireOrder(_ functions: borrowing IsotonicDistributionFunctions) throws(QuantcalError) {
    let (count, dimensions) = (functions.covariates.count, functions.covariates.dimensions)
    let room = try IsotonicDistributionCovariates.Room(functions.covariates)
    let rows = (0..<count).map { row in
        (0..<dimensions).map { functions.covariates.coordinates.elements[row * dimensions + $0] }
    }
    let ends = rows.dropFirst() + [[Double](repeating: .infinity, count: dimensions)]
    let between = zip(rows, ends).map { zip($0, $1).map { $0 / 2 + $1 / 2 } }
    let values = rows.map { requireRise(functions, $0, room) }
    let others = between.map { requireRise(functions, $0, room) }
    func falls(_ from: [Double], _ to: [Double]) -> Bool { zip(from, to).allSatisfy { $0 >= $1 } }
    // Pairs are many only where functions are short.
    for row in 0..<min(count, 64) {
        for other in row + 1..<max(row + 1, min(count, 64))
        where zip(rows[row], rows[other]).allSatisfy({ $0 <= $1 }) {
            require(falls(values[row], values[other]), "functions out of order")
        }
        guard dimensions == 1 else { continue }
        require(falls(values[row], others[row]), "a function between others is above the first")
        require(row + 1 == count || falls(others[row], values[row + 1]), "or below the second")
    }
}

/// The function at a place, which does not fall.
private func requireRise(
    _ functions: borrowing IsotonicDistributionFunctions, _ coordinates: [Double],
    _ room: borrowing IsotonicDistributionCovariates.Room
) -> [Double] {
    let sign: Double = functions.covariates.direction == .decreasing ? -1 : 1
    let place = coordinates.map { sign * $0 }.withUnsafeBufferPointer {
        functions.covariates.place(of: $0.baseAddress!, room)
    }
    var values: [Double] = []
    for threshold in 0..<functions.outcomes.count {
        let value = functions.value(place, after: threshold + 1)
        require(value >= values.last ?? 0 && value <= 1, "a function falls")
        values.append(value)
    }
    return values
}

/// The runs over a group, all at once, have the values that it has threshold by threshold.
private func requireLists(_ runs: borrowing IsotonicDistributionRuns) {
    var list = [UInt32](repeating: 0, count: runs.thresholds)
    for group in 0..<runs.groups {
        let count = list.withUnsafeMutableBufferPointer { list in
            list.baseAddress.map { runs.list(group, into: $0) } ?? 0
        }
        for run in list[..<count] {
            let (threshold, value) = runs.jump(Int(run))
            require(runs.value(group, after: Int(threshold) + 1) == value, "a run that is not found")
        }
    }
}

/// Where the core keeps the direction; the solvers in there play no part here.
public enum IsotonicRegression {}

/// Sorting is done on one thread here.
enum Parallel {
    static let maximumThreadCount = 1

    static func threads(for count: Int, work: Int) -> Int { 1 }

    static func forEach(_ count: Int, threads: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
        for index in 0..<count { body(index, 0) }
    }

    static func forEachRange(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) { body(0..<count) }
}

/// Any bytes as a conformal calibrator: refused with a good message, or a calibrator that is written as the same bytes,
/// gives thresholds and p-values in order, and merges.
func fuzzStored(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let calibrator = try ConformalCalibrator(bytes: bytes)
        require(try serialized(calibrator).elementsEqual(bytes), "other bytes")
        try requireThresholds(calibrator)
        try requirePValues(calibrator)
        try requireMerge(calibrator, bytes)
    } catch { requireGoodMessage(error) }
}

private func serialized(_ calibrator: ConformalCalibrator) throws(QuantcalError) -> [UInt8] {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: try calibrator.serializedSize, alignment: 1)
    defer { bytes.deallocate() }
    try calibrator.serialize(bytes.baseAddress!)
    return Array(bytes)
}

/// They rise as the level falls.
private func requireThresholds(_ calibrator: ConformalCalibrator) throws(QuantcalError) {
    let alphas = [1e-300, 0.01, 0.3, 0.5, 0.9999999999999999]
    let rows = calibrator.options.rowCount
    var thresholds = [Double](repeating: .nan, count: rows * alphas.count)
    try alphas.withUnsafeBufferPointer { (alphas) throws(QuantcalError) in
        try thresholds.withUnsafeMutableBufferPointer { (thresholds) throws(QuantcalError) in
            try calibrator.thresholds(alphas: alphas, into: thresholds.baseAddress!)
        }
    }
    for row in 0..<rows {
        let own = thresholds[row * alphas.count..<(row + 1) * alphas.count]
        require(zip(own, own.dropFirst()).allSatisfy { $0 >= $1 }, "thresholds out of order")
    }
}

/// Of a group they fall as the score rises, and stay above 0 and up to 1.
private func requirePValues(_ calibrator: ConformalCalibrator) throws(QuantcalError) {
    let scores: [Double] = [-.infinity, -1, 0, 1e-300, 2.5, 1e300, .infinity]
    let groups = [Int64](repeating: 0, count: scores.count)
    var values = scores
    try scores.withUnsafeBufferPointer { (scores) throws(QuantcalError) in
        try groups.withUnsafeBufferPointer { (groups) throws(QuantcalError) in
            try values.withUnsafeMutableBufferPointer { (values) throws(QuantcalError) in
                try calibrator.pValues(
                    scores: scores, groups: calibrator.options.groupCount > 0 ? groups : nil,
                    into: values.baseAddress!)
            }
        }
    }
    require(values.allSatisfy { $0 > 0 && $0 <= 1 }, "a p-value that is none")
    require(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 }, "p-values out of order")
}

/// With itself read again: twice the points.
private func requireMerge(
    _ calibrator: ConformalCalibrator, _ bytes: UnsafeRawBufferPointer
) throws(QuantcalError) {
    let twice = try ConformalCalibrator(bytes: bytes)
    try twice.merge(calibrator)
    let written = try serialized(twice)
    let again = try written.withUnsafeBufferPointer { (bytes) throws(QuantcalError) in
        try ConformalCalibrator(bytes: UnsafeRawBufferPointer(bytes))
    }
    require(try serialized(again) == written, "a merged calibrator that is not read again")
}

/// The same loops on one thread.
enum Parallel {
    static let maximumThreadCount = 1

    static func threads(for count: Int, work: Int) -> Int { 1 }

    static func forEach(_ count: Int, threads: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
        for index in 0..<count { body(index, 0) }
    }

    static func forEachRange(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        if count > 0 { body(0..<count) }
    }
}

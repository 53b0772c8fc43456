/// Any bytes as an isotonic distribution, as they are and with the checksum put right: refused with a good
/// message, or functions that are written as the same bytes and are in order wherever they are asked.
@c(LLVMFuzzerTestOneInput) public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    fuzz(bytes)
    guard size >= StoredBytes.checksumBytes else { return 0 }
    let sealed = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { sealed.deallocate() }
    sealed.copyMemory(from: bytes)
    let contents = size - StoredBytes.checksumBytes
    let checksum = StoredBytes.checksum(UnsafeRawBufferPointer(rebasing: sealed[..<contents]))
    sealed.storeBytes(of: checksum.littleEndian, toByteOffset: contents, as: UInt64.self)
    fuzz(UnsafeRawBufferPointer(sealed))
    return 0
}

private func fuzz(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let functions = try IsotonicDistributionFunctions(bytes: bytes)
        require(functions.byteCount == bytes.count, "another size")
        var written = [UInt8](repeating: 0, count: bytes.count)
        written.withUnsafeMutableBytes { functions.write(to: $0.baseAddress!) }
        require(written.elementsEqual(bytes), "other bytes")
        requireOrder(functions)
        requireLists(functions.runs)
    } catch { requireGoodMessage(error) }
}

/// At each knot, between it and the next, and beyond the last.
private func requireOrder(_ functions: borrowing IsotonicDistributionFunctions) {
    let knots = functions.knots.elements
    let sign: Double = functions.direction == .decreasing ? -1 : 1
    var above = [Double](repeating: 1, count: functions.outcomes.count)
    for index in knots.indices {
        let next = index + 1 < knots.count ? knots[index + 1] : Double.infinity
        for knot in [knots[index], knots[index] / 2 + next / 2] {
            let place = functions.place(sign * knot)
            var value = 0.0
            for threshold in above.indices {
                let next = functions.value(place, after: threshold + 1)
                require(next >= value && next <= above[threshold], "values out of order")
                (value, above[threshold]) = (next, next)
            }
        }
    }
}

/// The runs over a group, all at once, have the values that it has threshold by threshold.
private func requireLists(_ runs: borrowing IsotonicDistributionRuns) {
    var list = [UInt32](repeating: 0, count: runs.longestList)
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

/// Any bytes as a state of online conformal prediction, as they are, with the checksum put right, and with an extreme
/// number in a place that the checksum chooses: refused with a good message, or a state that is written as the same
/// bytes, has a threshold, takes scores, and goes on as its copy does.
@c(LLVMFuzzerTestOneInput) public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    fuzz(bytes)
    guard size >= StoredBytes.checksumBytes + 8 else { return 0 }
    var sealed = Array(bytes)
    let choice = seal(&sealed)
    sealed.withUnsafeBytes { fuzz($0) }
    let extremes = [1.7e308, -1.7e308, 1e300, 4.5e-308, 1e-300, 0, 1]
    let places = UInt64(size - StoredBytes.checksumBytes) / 8
    let place = 8 * Int(choice % places)
    put(extremes[Int((choice >> 32) % UInt64(extremes.count))].bitPattern, in: &sealed, at: place)
    _ = seal(&sealed)
    sealed.withUnsafeBytes { fuzz($0) }
    return 0
}

/// Puts the checksum right, and returns it.
private func seal(_ bytes: inout [UInt8]) -> UInt64 {
    let body = bytes.count - StoredBytes.checksumBytes
    let checksum = bytes.withUnsafeBytes {
        StoredBytes.checksum(UnsafeRawBufferPointer(rebasing: $0[..<body]))
    }
    put(checksum, in: &bytes, at: body)
    return checksum
}

private func put(_ word: UInt64, in bytes: inout [UInt8], at place: Int) {
    for byte in 0..<8 { bytes[place + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)) }
}

private func fuzz(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let state = try ConformalOnline(bytes: bytes)
        require(written(state).elementsEqual(bytes), "other bytes")
        let copy = try state.copy()
        for score in [2, .nan, -1e300, 0, 4.5e-308, 7] {
            let (interval, again) = (try state.interval(), try copy.interval())
            require(!interval.upper.isNaN && !interval.lower.isNaN, "a threshold that is NaN")
            require(interval == again, "a copy that goes another way")
            let outcome = try state.observe(score)
            require(try copy.observe(score) == outcome, "a copy that sees another outcome")
        }
    } catch { requireGoodMessage(error) }
}

private func written(_ state: ConformalOnline) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: state.serializedSize)
    bytes.withUnsafeMutableBytes { state.serialize($0.baseAddress!) }
    return bytes
}

/// What stands here for the core's checks: the levels that ranks are asked for are checked before.
enum Require {
    static func level(_ alpha: Double, _ name: String) throws(QuantcalError) {
        require(alpha > 0 && alpha < 1, "a level that no rank has")
    }
}

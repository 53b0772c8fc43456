/// The entry of the readers of stored objects, which end with a checksum. A target's `fuzzStored` gets the bytes as
/// they are; with the checksum put right; and with extreme numbers in up to four places besides, which the checksum
/// chooses: with the steps of a fuzzer alone, a second number of the right size in the right place would not come.
@c(LLVMFuzzerTestOneInput) public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    fuzzStored(bytes)
    guard size >= StoredBytes.checksumBytes else { return 0 }
    // In a room of its own, of just that size.
    let sealed = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { sealed.deallocate() }
    sealed.copyMemory(from: bytes)
    var choice = seal(sealed)
    fuzzStored(UnsafeRawBufferPointer(sealed))
    let places = UInt64(size - StoredBytes.checksumBytes) / 8
    guard places > 0 else { return 0 }
    for _ in 0...choice % 4 {
        choice = choice &* 0x9E37_79B9_7F4A_7C15 ^ choice >> 29
        let extreme = extremes[Int((choice >> 40) % UInt64(extremes.count))]
        sealed.storeBytes(of: extreme, toByteOffset: 8 * Int((choice >> 8) % places), as: UInt64.self)
    }
    _ = seal(sealed)
    fuzzStored(UnsafeRawBufferPointer(sealed))
    return 0
}

private let extremes =
    [1.7e308, -1.7e308, 1e300, 0x1p53, 4.5e-308, 1e-300, 0, 1, -1].map(\.bitPattern) + [
        1, 2, 1 << 40, 1 << 53, 1 << 63,
    ]

/// Puts the checksum right, and returns it.
private func seal(_ bytes: UnsafeMutableRawBufferPointer) -> UInt64 {
    let body = bytes.count - StoredBytes.checksumBytes
    let checksum = StoredBytes.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<body]))
    bytes.storeBytes(of: checksum.littleEndian, toByteOffset: body, as: UInt64.self)
    return checksum
}

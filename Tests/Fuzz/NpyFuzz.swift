/// Any bytes as a .npy file, as they are and with the header's length put right: refused with a good
/// message, or an array that reaches to the file's end. Reading by columns must give the same
/// elements as reading by rows, in another order.
@c(LLVMFuzzerTestOneInput) public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    fuzz(bytes)
    let width = size > 6 && bytes[6] == 1 ? 2 : 4
    withFittingLength(bytes, at: 8, width: width)?.withUnsafeBytes { fuzz($0) }
    return 0
}

private func fuzz(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let array = try Npy(bytes).array
        require(array.range.lowerBound >= 10 && array.range.upperBound == bytes.count, "a wrong range")
        requireConversions(array)
        let rows = sum(bytes, array, .rowMajor)
        require(rows == sum(bytes, array, .columnMajor), "the orders have other elements")
        try requireSameAgain(array)
    } catch { requireGoodMessage(error) }
}

private func sum(_ file: UnsafeRawBufferPointer, _ array: TensorView, _ order: TensorView.Order) -> Int64? {
    let view = TensorView(
        name: array.name, type: array.type, shape: array.shape, file: file, range: array.range, order: order,
        isBigEndian: array.isBigEndian)
    guard let values = try? view.integers() else { return nil }
    return values.reduce(0, &+)
}

/// What is laid out from what was read is read as the same, from a multiple of 64 bytes on.
private func requireSameAgain(_ array: TensorView) throws(QuantcalError) {
    let layout = try Npy.layout(array.type, shape: array.shape)
    let copy = layout.header + Array(repeating: 0, count: layout.fileSize - layout.header.count)
    let again = try copy.withUnsafeBytes { bytes in
        Result { () throws(QuantcalError) in try Npy(bytes).array }
    }.get()
    require(again.range == layout.ranges[0] && again.range.lowerBound % 64 == 0, "another place")
    require(again.type == array.type && again.shape == array.shape, "another array")
    require(again.order == .rowMajor && !again.isBigEndian, "another order")
}

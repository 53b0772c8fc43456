/// Any bytes as a GGUF file: refused with a good message, or tensors that follow each other; and what is
/// laid out from what was read is read as the same.
@c(LLVMFuzzerTestOneInput) public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    do throws(QuantcalError) {
        let file = try Gguf(bytes)
        check(file, bytes)
        requireSameAgain(file)
    } catch { requireGoodMessage(error) }
    return 0
}

private func check(_ file: Gguf, _ bytes: UnsafeRawBufferPointer) {
    var end = 0
    for tensor in file.tensors {
        require(tensor.range.lowerBound >= end, "an overlap")
        require(tensor.range.lowerBound % file.alignment == 0, "a tensor that is not aligned")
        require(tensor.range.upperBound <= bytes.count, "a tensor beyond the file")
        require(tensor.columns % tensor.type.blockLength == 0, "half a block")
        end = tensor.range.upperBound
    }
    for pair in file.metadata {
        require(file.metadata(pair.key) != nil, "a key that is not found")
        _ = pair.integer
        _ = pair.string
    }
}

/// What is laid out from what was read is read as the same: whatever is read may be written.
private func requireSameAgain(_ file: Gguf) {
    // Up to 2 GiB are lawful, and header and tensors are padded to them.
    guard file.alignment <= 1 << 12 else { return }
    let tensors = file.tensors.map { Gguf.Description(name: $0.name, type: $0.type, shape: $0.shape) }
    do throws(QuantcalError) {
        let layout = try Gguf.layout(tensors, metadata: file.metadata)
        require(layout.fileSize < 1 << 20, "a file much larger than what was read")
        let copy = layout.header + Array(repeating: 0, count: layout.fileSize - layout.header.count)
        let again = try copy.withUnsafeBytes { bytes in
            Result { () throws(QuantcalError) in try Gguf(bytes) }
        }.get()
        require(again.tensors.map(\.name) == file.tensors.map(\.name), "other names")
        require(again.tensors.map(\.shape) == file.tensors.map(\.shape), "other shapes")
        require(again.tensors.map(\.range) == layout.ranges, "other places")
        require(again.metadata.map(\.bytes) == file.metadata.map(\.bytes), "other metadata")
    } catch { require(false, "a file that cannot be laid out again: \(error.message)") }
}

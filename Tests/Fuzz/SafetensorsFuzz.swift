/// Any bytes as a safetensors file, as they are and with the header's length put right: refused with a
/// good message, or tensors that cover the data exactly; and then the file with a byte less, or one
/// more, is refused.
@c(LLVMFuzzerTestOneInput) public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    fuzz(bytes)
    withFittingLength(bytes, at: 0, width: 8)?.withUnsafeBytes { fuzz($0) }
    return 0
}

private func fuzz(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let file = try Safetensors(bytes)
        check(file, bytes)
        requireSameAgain(file)
        requireRefusal(Array(bytes.dropLast()))
        requireRefusal(Array(bytes) + [0])
    } catch { requireGoodMessage(error) }
}

private func check(_ file: Safetensors, _ bytes: UnsafeRawBufferPointer) {
    let header = Int(bytes.loadUnaligned(as: UInt64.self).littleEndian)
    var end = 8 + header
    for tensor in file.tensors {
        require(tensor.range.lowerBound == end, "a hole or an overlap")
        end = tensor.range.upperBound
        require(file.tensor(named: tensor.name)?.range == tensor.range, "a name that finds another tensor")
        requireConversions(tensor)
    }
    require(end == bytes.count, "bytes that no tensor covers")
}

/// What is laid out from what was read is read as the same; only a name that is not to be written again
/// may stand against it.
private func requireSameAgain(_ file: Safetensors) {
    let tensors = file.tensors.map { Safetensors.Description(name: $0.name, type: $0.type, shape: $0.shape) }
    do throws(QuantcalError) {
        let layout = try Safetensors.layout(tensors, metadata: file.metadata)
        let copy = layout.header + Array(repeating: 0, count: layout.fileSize - layout.header.count)
        // Only where the tensors lie is looked at, not their bytes.
        let again = try copy.withUnsafeBytes { bytes in
            Result { () throws(QuantcalError) in try Safetensors(bytes) }
        }.get()
        require(again.metadata.map(\.key) == file.metadata.map(\.key), "other keys")
        require(again.metadata.map(\.value) == file.metadata.map(\.value), "other metadata")
        for (tensor, range) in zip(file.tensors, layout.ranges) {
            let found = again.tensor(named: tensor.name)
            require(found?.range == range && found?.shape == tensor.shape, "another tensor")
        }
    } catch {
        requireGoodMessage(error, of: .domain)
        let isOdd = file.tensors.contains { $0.name.isEmpty || $0.name.utf8.contains(0) }
        require(isOdd, "a file that cannot be laid out again: \(error.message)")
    }
}

private func requireRefusal(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
        do throws(QuantcalError) {
            _ = try Safetensors(bytes)
            fatalError("a file of the wrong length was accepted")
        } catch { requireGoodMessage(error) }
    }
}

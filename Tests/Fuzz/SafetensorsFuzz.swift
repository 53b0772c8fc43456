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
        check(try Safetensors(bytes), bytes)
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

private func requireRefusal(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
        do throws(QuantcalError) {
            _ = try Safetensors(bytes)
            fatalError("a file of the wrong length was accepted")
        } catch { requireGoodMessage(error) }
    }
}

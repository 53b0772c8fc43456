/// A file of tensors that is to be written: everything before the data, and where each tensor goes. The
/// writer puts down the header, then each tensor's bytes at its place, and zeros between; so that no more
/// than one tensor need be in memory.
public struct TensorFileLayout: Sendable {
    /// The bytes before the first tensor.
    public let header: [UInt8]
    /// The places of the tensors' bytes in the file, in the order in which they were given.
    public let ranges: [Range<Int>]
    /// The order in which the tensors lie in the file.
    public let order: [Int]
    public let fileSize: Int
}

extension TensorFileLayout {
    /// Lays out tensors of so many bytes, in an order, behind a header.
    init(
        header: [UInt8], sizes: [Int], order: [Int], alignment: Int, isLastPadded: Bool
    ) throws(QuantcalError) {
        var ranges = Array(repeating: 0..<0, count: sizes.count)
        var position = header.count
        var end = position
        for index in order {
            let (last, overflow) = position.addingReportingOverflow(sizes[index])
            guard !overflow, let next = aligned(last, to: alignment) else {
                throw QuantcalError(.size, "the file's size is too large")
            }
            ranges[index] = position..<last
            (position, end) = (next, last)
        }
        self.init(
            header: header, ranges: ranges, order: order, fileSize: isLastPadded ? position : end)
    }
}

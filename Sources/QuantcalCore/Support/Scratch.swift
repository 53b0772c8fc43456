import Glibc

/// Memory for one call. Unlike an array, asking for too much is an error and not a trap; and the
/// memory is not touched before it is used.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
    let buffer: UnsafeMutableBufferPointer<Element>

    init(_ count: Int) throws(QuantcalError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow, let memory = malloc(max(bytes, 1)) else {
            throw QuantcalError(.noMemory, "no memory for \(count) elements of scratch")
        }
        buffer = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    /// Memory of zeros.
    init(zeroed count: Int) throws(QuantcalError) {
        guard let memory = calloc(max(count, 1), MemoryLayout<Element>.stride) else {
            throw QuantcalError(.noMemory, "no memory for \(count) elements of scratch")
        }
        buffer = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit { free(buffer.baseAddress) }
}

import Glibc

/// Memory for one call. Unlike an array, asking for too much is an error and not a trap; and the
/// memory is not touched before it is used.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
    let buffer: UnsafeMutableBufferPointer<Element>
    private let block: ScratchMemory.Block

    init(_ count: Int) throws(QuantcalError) { try self.init(count, isZeroed: false, isPopulated: false) }

    /// Memory that is about to be used as a whole: its pages come at once, not one by one as they are touched.
    init(populated count: Int) throws(QuantcalError) {
        try self.init(count, isZeroed: false, isPopulated: true)
    }

    /// Memory of zeros.
    init(zeroed count: Int) throws(QuantcalError) {
        try self.init(count, isZeroed: true, isPopulated: false)
    }

    private init(_ count: Int, isZeroed: Bool, isPopulated: Bool) throws(QuantcalError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow,
            let block = ScratchMemory.block(bytes, isZeroed: isZeroed, isPopulated: isPopulated)
        else { throw ScratchMemory.isMissing(count) }
        self.block = block
        buffer = UnsafeMutableBufferPointer(
            start: block.memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit { ScratchMemory.give(block) }
}

import Glibc

/// Memory for one call. Unlike an array, asking for too much is an error and not a trap; and the
/// memory is not touched before it is used.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
    let buffer: UnsafeMutableBufferPointer<Element>
    private let block: ScratchCache.Block

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
        if !overflow, let kept = ScratchCache.take(bytes) {
            if isZeroed { memset(kept.memory, 0, bytes) }
            block = kept
        } else {
            guard !overflow, let memory = isZeroed ? calloc(max(bytes, 1), 1) : malloc(max(bytes, 1)) else {
                throw QuantcalError(.noMemory, "no memory for \(count) elements of scratch")
            }
            Self.preferLargePages(memory, bytes)
            if isPopulated { Self.populate(memory, bytes) }
            block = ScratchCache.Block(memory: memory, bytes: bytes)
        }
        buffer = UnsafeMutableBufferPointer(
            start: block.memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    private static func populate(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        let page = 4096
        guard bytes >= 16 * page else { return }
        let first = (UInt(bitPattern: memory) + UInt(page) - 1) & ~(UInt(page) - 1)
        let length = (bytes - Int(first - UInt(bitPattern: memory))) & ~(page - 1)
        let populateWrite: Int32 = 23  // MADV_POPULATE_WRITE, Linux 5.14
        madvise(UnsafeMutableRawPointer(bitPattern: first), length, populateWrite)
    }

    /// For much memory the first touch of small pages would cost more than the work on it.
    private static func preferLargePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        let largePage = 1 << 21
        guard bytes >= 2 * largePage else { return }
        let first = (UInt(bitPattern: memory) + UInt(largePage) - 1) & ~(UInt(largePage) - 1)
        let length = bytes - Int(first - UInt(bitPattern: memory))
        // Advice: where it is not taken, nothing is lost.
        madvise(UnsafeMutableRawPointer(bitPattern: first), length & ~(largePage - 1), MADV_HUGEPAGE)
    }

    deinit { ScratchCache.give(block) }
}

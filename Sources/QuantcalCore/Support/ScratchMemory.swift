import Glibc
import Synchronization

/// Where scratch comes from: what calls have given back, or malloc. Memory of the system is paid for page by page
/// when it is touched, and again after malloc has returned what is at its end. At most 32 MB are kept.
enum ScratchMemory {
    /// Memory of malloc.
    struct Block: @unchecked Sendable {
        let memory: UnsafeMutableRawPointer
        let bytes: Int
    }

    /// What is worth to be kept: malloc keeps smaller blocks itself, and larger ones are worth their pages.
    private static let sizes = 1 << 16...1 << 24
    private static let capacity = 1 << 25
    private static let blocks = Mutex<[Block]>([])

    /// nil if there is no memory.
    @inline(never) static func block(_ bytes: Int, isZeroed: Bool, isPopulated: Bool) -> Block? {
        if let kept = take(bytes) {
            if isZeroed { memset(kept.memory, 0, bytes) }
            return kept
        }
        guard let memory = isZeroed ? calloc(max(bytes, 1), 1) : malloc(max(bytes, 1)) else { return nil }
        preferLargePages(memory, bytes)
        if isPopulated { populate(memory, bytes) }
        return Block(memory: memory, bytes: bytes)
    }

    @inline(never) static func isMissing(_ count: Int) -> QuantcalError {
        QuantcalError(.noMemory, "no memory for \(count) elements of scratch")
    }

    /// A block of at least so many bytes and at most four times as many, if there is one. The mutex may be held
    /// for ever in a process that was forked meanwhile: nobody waits for it.
    private static func take(_ bytes: Int) -> Block? {
        guard sizes.contains(bytes) else { return nil }
        return blocks.withLockIfAvailable { blocks in
            var best: Int?
            for (index, block) in blocks.enumerated() where block.bytes >= bytes && block.bytes / 4 <= bytes {
                if best.map({ blocks[$0].bytes > block.bytes }) ?? true { best = index }
            }
            return best.map { blocks.remove(at: $0) }
        } ?? nil
    }

    /// Takes a block back. The oldest go where there are too many.
    @inline(never) static func give(_ block: Block) {
        guard sizes.contains(block.bytes) else { return free(block.memory) }
        let isTaken: Void? = blocks.withLockIfAvailable { blocks in
            blocks.append(block)
            var total = blocks.reduce(0) { $0 + $1.bytes }
            while total > capacity {
                let oldest = blocks.removeFirst()
                total -= oldest.bytes
                free(oldest.memory)
            }
        }
        if isTaken == nil { free(block.memory) }
    }

    /// Pages at once instead of one by one as they are touched.
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
}

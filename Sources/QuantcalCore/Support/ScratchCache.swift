import Glibc
import Synchronization

/// Scratch that calls have given back, for the next: memory from the system is paid for page by page when it is
/// touched, and again after malloc has returned what is at its end. At most 16 MB are kept.
enum ScratchCache {
    /// Memory of malloc.
    struct Block: @unchecked Sendable {
        let memory: UnsafeMutableRawPointer
        let bytes: Int
    }

    /// What is worth to be kept: malloc keeps smaller blocks itself, and larger ones are worth their pages.
    private static let sizes = 1 << 16...1 << 23
    private static let capacity = 1 << 24
    private static let blocks = Mutex<[Block]>([])

    /// A block of at least so many bytes and at most four times as many, if there is one. The mutex may be held
    /// for ever in a process that was forked meanwhile: nobody waits for it.
    static func take(_ bytes: Int) -> Block? {
        guard sizes.contains(bytes) else { return nil }
        return blocks.withLockIfAvailable { blocks in
            var best: Int?
            for (index, block) in blocks.enumerated() where block.bytes >= bytes && block.bytes / 4 <= bytes {
                if best.map({ blocks[$0].bytes > block.bytes }) ?? true { best = index }
            }
            return best.map { blocks.remove(at: $0) }
        } ?? nil
    }

    /// The oldest go where there are too many.
    static func give(_ block: Block) {
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
}

/// A largest-first heap of keys with masses, in memory of the caller's. Four children to a node: they share
/// a line of cache, and half as many levels are far apart.
struct IsotonicHeap<Key: Comparable & BitwiseCopyable, Mass: BitwiseCopyable> {
    struct Entry: BitwiseCopyable {
        var key: Key
        var mass: Mass
    }

    private let entries: UnsafeMutablePointer<Entry>
    private(set) var count = 0

    init(_ memory: borrowing Scratch<Entry>) { entries = memory.buffer.baseAddress! }

    /// The entry of the largest key; there must be one. Its mass may be changed.
    var top: Entry {
        @inline(__always) get { entries[0] }
        @inline(__always) nonmutating _modify { yield &entries[0] }
    }

    @inline(__always) mutating func push(_ entry: Entry) {
        var place = count
        count &+= 1
        while place > 0 {
            let parent = (place &- 1) >> 2
            if entries[parent].key >= entry.key { break }
            entries[place] = entries[parent]
            place = parent
        }
        entries[place] = entry
    }

    @inline(__always) mutating func pop() {
        count &-= 1
        if count > 0 { replaceTop(with: entries[count]) }
    }

    /// The hole at the top sinks along the largest children until the entry fits.
    func replaceTop(with entry: Entry) {
        var place = 0
        while true {
            let first = 4 &* place &+ 1
            guard first < count else { break }
            var child = first
            if first &+ 3 < count {
                let left = entries[first].key >= entries[first &+ 1].key ? first : first &+ 1
                let right = entries[first &+ 2].key >= entries[first &+ 3].key ? first &+ 2 : first &+ 3
                child = entries[left].key >= entries[right].key ? left : right
            } else {
                for other in first..<count where entries[other].key > entries[child].key { child = other }
            }
            if entries[child].key <= entry.key { break }
            entries[place] = entries[child]
            place = child
        }
        entries[place] = entry
    }
}

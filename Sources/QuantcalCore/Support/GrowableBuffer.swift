import Glibc

/// Memory that grows by copying, for objects that live between calls. Unlike an array, asking for too
/// much is an error and not a trap.
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
    /// Nobody follows it before memory was reserved.
    private(set) var start = UnsafeMutablePointer<Element>(bitPattern: MemoryLayout<Element>.alignment)!
    /// How many elements are in use; the owner sets it.
    var count = 0
    private var capacity = 0

    var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: count) }

    /// Makes room for `wanted` elements in all; those in use stay. On an error nothing has changed.
    mutating func reserve(_ wanted: Int) throws(QuantcalError) {
        guard wanted > capacity else { return }
        // Half as much again, so that many small steps copy each element a few times only.
        let roomy = max(wanted, capacity + capacity / 2)
        let (bytes, overflow) = roomy.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow, let memory = realloc(capacity > 0 ? UnsafeMutableRawPointer(start) : nil, bytes)
        else { throw QuantcalError(.noMemory, "no memory for \(roomy) elements") }
        start = memory.bindMemory(to: Element.self, capacity: roomy)
        capacity = roomy
    }

    /// Gives back what is not in use.
    mutating func trim() {
        guard capacity > count, count > 0,
            let memory = realloc(start, count * MemoryLayout<Element>.stride)
        else { return }
        start = memory.bindMemory(to: Element.self, capacity: count)
        capacity = count
    }

    deinit {
        if capacity > 0 { free(start) }
    }
}

extension GrowableBuffer {
    var buffer: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: start, count: count) }

    mutating func append(_ element: Element) throws(QuantcalError) {
        try reserve(count + 1)
        (start + count).initialize(to: element)
        count += 1
    }
}

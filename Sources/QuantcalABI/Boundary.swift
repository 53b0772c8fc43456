import CQuantcal
import QuantcalCore

/// The rules of the boundary, in one place. A shim in `<Family>ABI.swift` states its arguments to these
/// functions, which prove pointers and lengths; what the values mean is checked in the core.
enum Boundary {
    /// Runs a call. An error becomes its status, and its message the thread's last error.
    static func call(_ body: () throws(QuantcalError) -> Void) -> qc_status {
        Parallel.enter()
        defer { Parallel.leave() }
        do throws(QuantcalError) {
            try body()
            return qc_status(QC_OK)
        } catch {
            LastError.set(error.message)
            return error.kind.rawValue
        }
    }

    /// An input array. NULL is allowed where there are no elements, or where the argument is optional.
    static func input<T>(
        _ pointer: UnsafePointer<T>?, _ count: Int, _ name: String
    ) throws(QuantcalError) -> UnsafeBufferPointer<T> {
        try check(pointer.map { UnsafeRawPointer($0) }, count, T.self, name)
        return UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count)
    }

    static func optionalInput<T>(
        _ pointer: UnsafePointer<T>?, _ count: Int, _ name: String
    ) throws(QuantcalError) -> UnsafeBufferPointer<T>? {
        pointer == nil ? nil : try input(pointer, count, name)
    }

    /// An output array; where there are no elements, a pointer that nobody follows.
    static func output<T>(
        _ pointer: UnsafeMutablePointer<T>?, _ count: Int, _ name: String
    ) throws(QuantcalError) -> UnsafeMutablePointer<T> {
        try check(UnsafeRawPointer(pointer), count, T.self, name)
        return pointer ?? UnsafeMutablePointer(bitPattern: MemoryLayout<T>.alignment)!
    }

    static func optionalOutput<T>(
        _ pointer: UnsafeMutablePointer<T>?, _ count: Int, _ name: String
    ) throws(QuantcalError) -> UnsafeMutablePointer<T>? {
        pointer == nil ? nil : try output(pointer, count, name)
    }

    /// rows * columns, if an array of that many elements can exist.
    static func product(
        _ rows: Int, _ columns: Int, _ names: (String, String)
    ) throws(QuantcalError) -> Int {
        try length(rows, names.0)
        try length(columns, names.1)
        let (product, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow else {
            throw QuantcalError(
                .size, "\(names.0) * \(names.1) is \(rows) * \(columns); the product is too large")
        }
        return product
    }

    /// A length that came as size_t: above Int.max it arrives negative.
    static func length(_ count: Int, _ name: String) throws(QuantcalError) {
        guard count >= 0 else {
            throw QuantcalError(.size, "\(name) is \(UInt(bitPattern: count)); it is too large")
        }
    }

    /// Room for a result whose size is known only now; an array of no room is one that is not wanted.
    static func room(
        _ capacity: Int, _ count: Int, isWanted: Bool, _ what: String
    ) throws(QuantcalError) {
        guard !isWanted || capacity >= count else {
            throw QuantcalError(.size, "capacity is \(capacity); there are \(count) \(what)")
        }
    }

    /// The same where a call has more than one such array, each with a capacity of its own name.
    static func capacity(
        _ capacity: Int, _ needed: Int, isWanted: Bool, _ name: String
    ) throws(QuantcalError) {
        guard !isWanted || capacity >= needed else {
            throw QuantcalError(.size, "\(name) is \(capacity); \(needed) are needed")
        }
    }

    /// Text that a NUL ends.
    static func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(QuantcalError) -> String {
        guard let pointer else { throw QuantcalError(.nullPointer, "\(name) is NULL") }
        guard let text = String(validatingCString: pointer) else {
            throw QuantcalError(.domain, "\(name) is not UTF-8")
        }
        return text
    }

    /// 1 to INT32_MAX, or from 2.
    static func classes(_ classes: Int, atLeast least: Int) throws(QuantcalError) {
        guard classes >= least, classes <= Int32.max else {
            throw QuantcalError(
                .size, "classes is \(UInt(bitPattern: classes)); classes must be \(least) to \(Int32.max)")
        }
    }

    private static func check<T>(
        _ pointer: UnsafeRawPointer?, _ count: Int, _ type: T.Type, _ name: String
    ) throws(QuantcalError) {
        try length(count, "the length of \(name)")
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
        guard !overflow else {
            throw QuantcalError(.size, "the length of \(name) is \(count); it is too large")
        }
        guard let pointer else {
            guard count == 0 else { throw QuantcalError(.nullPointer, "\(name) is NULL") }
            return
        }
        let address = UInt(bitPattern: pointer)
        guard address % UInt(MemoryLayout<T>.alignment) == 0 else {
            throw QuantcalError(
                .alignment, "\(name) is not aligned to \(MemoryLayout<T>.alignment) bytes")
        }
        guard UInt(bytes) <= UInt.max - address else {
            throw QuantcalError(.size, "the length of \(name) is \(count); it is too large")
        }
    }
}

/// Memory that a call reads or writes, to see that nothing overlaps.
struct Region {
    let name: String
    let start: UInt
    let bytes: Int

    init<T>(_ pointer: UnsafePointer<T>?, _ count: Int, _ name: String) {
        self.name = name
        start = UInt(bitPattern: pointer)
        bytes = pointer == nil ? 0 : count * MemoryLayout<T>.stride
    }

    init<T>(_ pointer: UnsafeMutablePointer<T>?, _ count: Int, _ name: String) {
        self.init(UnsafePointer(pointer), count, name)
    }

    private func overlaps(_ other: Region) -> Bool {
        bytes > 0 && other.bytes > 0 && start < other.start + UInt(other.bytes)
            && other.start < start + UInt(bytes)
    }

    /// Outputs overlap neither each other nor inputs; but an output may be the very memory of `inPlace`.
    static func requireDisjoint(
        outputs: [Region], inputs: [Region] = [], inPlace: Region? = nil
    ) throws(QuantcalError) {
        for (index, output) in outputs.enumerated() {
            for other in outputs[(index + 1)...] + inputs where output.overlaps(other) {
                throw QuantcalError(.alias, "\(output.name) overlaps \(other.name)")
            }
            if let inPlace, output.overlaps(inPlace), output.start != inPlace.start {
                throw QuantcalError(.alias, "\(output.name) overlaps \(inPlace.name) without being the same")
            }
        }
    }
}

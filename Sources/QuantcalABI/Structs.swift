import CQuantcal
import QuantcalCore

/// A struct that begins with its size.
protocol SizedStruct {
    /// Its size in the first release that had it.
    static var firstSize: Int { get }
}

extension SizedStruct {
    /// All of it, until a release appends a field.
    static var firstSize: Int { MemoryLayout<Self>.size }
}

protocol OptionsStruct: SizedStruct {
    static var defaults: Self { get }
    /// The argument's name in messages.
    static var argumentName: String { get }
}

extension OptionsStruct {
    static var argumentName: String { "options" }

    /// The caller's options over the defaults.
    static func given(_ pointer: UnsafePointer<Self>?) throws(QuantcalError) -> Self {
        try Structs.options(pointer, defaults: defaults, firstSize: firstSize, argumentName)
    }

    /// Fills a caller's struct.
    static func initialise(
        _ pointer: UnsafeMutablePointer<Self>?, _ size: Int, with values: Self
    ) throws(QuantcalError) {
        try Structs.initialise(pointer, size, defaults: values, firstSize: firstSize, argumentName)
    }

    /// Fills a caller's options with the defaults.
    static func initialise(_ pointer: UnsafeMutablePointer<Self>?, _ size: Int) -> qc_status {
        Boundary.call { () throws(QuantcalError) in
            try initialise(pointer, size, with: defaults)
        }
    }
}

/// Where a result goes, proven before the work.
struct ResultPlace<Value: SizedStruct> {
    private let memory: UnsafeMutableRawPointer
    private let size: Int

    init(_ pointer: UnsafeMutablePointer<Value>?) throws(QuantcalError) {
        (memory, size) = try Structs.result(pointer, firstSize: Value.firstSize)
    }

    var region: Region { Region(memory.assumingMemoryBound(to: UInt8.self), size, "result") }

    func write(_ value: Value) { Structs.write(value, memory, size) }
}

/// Options and results: structs that begin with their size and may grow at the end.
///
/// A caller's struct may be longer than ours (a newer header), if what we do not know is zero; or
/// shorter (an older header), and then the defaults fill it up. Nothing beyond its size is touched.
enum Structs {
    /// Above this a size is garbage, and reading so far would not be safe.
    private static let largest = 4096

    /// The caller's options over the defaults. `firstSize` is the size in the first release that had
    /// them.
    static func options<T>(
        _ pointer: UnsafePointer<T>?, defaults: T, firstSize: Int, _ name: String
    ) throws(QuantcalError) -> T {
        guard let pointer else { return defaults }
        try aligned(UnsafeRawPointer(pointer), T.self, name)
        let bytes = UnsafeRawPointer(pointer)
        let size = bytes.load(as: Int.self)
        try checkSize(size, firstSize, T.self, name)
        let known = min(size, MemoryLayout<T>.size)
        for offset in known..<size where bytes.load(fromByteOffset: offset, as: UInt8.self) != 0 {
            throw QuantcalError(
                .options, "\(name) has a field that this version does not know (byte \(offset) is not 0)")
        }
        var result = defaults
        withUnsafeMutableBytes(of: &result) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: known))
        }
        return result
    }

    /// Fills a caller's options with the defaults, as far as its size goes.
    static func initialise<T>(
        _ pointer: UnsafeMutablePointer<T>?, _ size: Int, defaults: T, firstSize: Int, _ name: String
    ) throws(QuantcalError) {
        guard let pointer else { throw QuantcalError(.nullPointer, "\(name) is NULL") }
        try aligned(UnsafeRawPointer(pointer), T.self, name)
        try checkSize(size, firstSize, T.self, name)
        write(defaults, UnsafeMutableRawPointer(pointer), size)
    }

    /// A result's memory, and the size that the caller has set in it.
    static func result<T>(
        _ pointer: UnsafeMutablePointer<T>?, firstSize: Int
    ) throws(QuantcalError) -> (UnsafeMutableRawPointer, Int) {
        guard let pointer else { throw QuantcalError(.nullPointer, "result is NULL") }
        let memory = UnsafeMutableRawPointer(pointer)
        try aligned(UnsafeRawPointer(memory), T.self, "result")
        let size = memory.load(as: Int.self)
        try checkSize(size, firstSize, T.self, "result")
        return (memory, size)
    }

    /// Writes `value` with the caller's size as first field, and zeros beyond what we know.
    static func write<T>(_ value: T, _ target: UnsafeMutableRawPointer, _ size: Int) {
        let known = min(size, MemoryLayout<T>.size)
        withUnsafeBytes(of: value) { target.copyMemory(from: $0.baseAddress!, byteCount: known) }
        for offset in known..<size { target.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
        target.storeBytes(of: size, as: Int.self)
    }

    /// An enumeration's value, or an error that names the field.
    static func value<E: RawRepresentable & CaseIterable>(
        _ raw: Int32, _ name: String, as type: E.Type = E.self
    ) throws(QuantcalError) -> E where E.RawValue == Int32 {
        guard let value = E(rawValue: raw) else {
            throw QuantcalError(.options, "\(name) is \(raw); it must be 0 to \(E.allCases.count - 1)")
        }
        return value
    }

    static func flag(_ value: Int32, _ name: String) throws(QuantcalError) -> Bool {
        guard value == 0 || value == 1 else {
            throw QuantcalError(.options, "\(name) is \(value); it must be 0 or 1")
        }
        return value == 1
    }

    static func reserved(_ value: Int32, _ name: String = "reserved") throws(QuantcalError) {
        guard value == 0 else { throw QuantcalError(.options, "\(name) is \(value); it must be 0") }
    }

    static func progress(_ progress: qc_progress) -> Progress {
        guard let report = progress.report else { return .none }
        return Progress { report(progress.context, $0) != 0 }
    }

    /// A size is a multiple of the alignment in every version.
    private static func checkSize<T>(
        _ size: Int, _ firstSize: Int, _ type: T.Type, _ name: String
    ) throws(QuantcalError) {
        guard size >= firstSize, size <= largest, size % MemoryLayout<T>.alignment == 0 else {
            throw QuantcalError(
                .options, "\(name).struct_size is \(UInt(bitPattern: size)); no version has that size")
        }
    }

    private static func aligned<T>(
        _ pointer: UnsafeRawPointer, _ type: T.Type, _ name: String
    ) throws(QuantcalError) {
        guard UInt(bitPattern: pointer) % UInt(MemoryLayout<T>.alignment) == 0 else {
            throw QuantcalError(.alignment, "\(name) is not aligned to \(MemoryLayout<T>.alignment) bytes")
        }
    }
}

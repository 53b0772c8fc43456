/// Buffers for the outputs of C calls, and what a call may do to them.

import CQuantcal

/// An output array with room for guard bytes behind it. After a call that failed every byte must be as
/// before; after one that succeeded, the guard must be.
final class ABIBuffer<Element> {
    private static var fill: UInt8 { 0xA5 }
    private static var guardSize: Int { 64 }

    private let bytes: UnsafeMutableRawBufferPointer
    let count: Int

    init(_ count: Int) {
        self.count = count
        bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: count * MemoryLayout<Element>.stride + ABIBuffer.guardSize, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: ABIBuffer.fill)
    }

    deinit { bytes.deallocate() }

    var pointer: UnsafeMutablePointer<Element> {
        bytes.baseAddress!.assumingMemoryBound(to: Element.self)
    }

    var elements: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

protocol ABIOutput {
    var isUntouched: Bool { get }
    var guardIsUntouched: Bool { get }
}

extension ABIBuffer: ABIOutput {
    var isUntouched: Bool { bytes.allSatisfy { $0 == ABIBuffer.fill } }
    var guardIsUntouched: Bool { bytes.suffix(ABIBuffer.guardSize).allSatisfy { $0 == ABIBuffer.fill } }
}

/// A call wrote where it may not.
struct ABIViolation: Error, CustomStringConvertible {
    let description: String
}

/// Turns a status into an error, after a look at the outputs.
func abiCall(_ status: qc_status, _ outputs: any ABIOutput...) throws {
    guard outputs.allSatisfy(\.guardIsUntouched) else {
        throw ABIViolation(description: "wrote beyond an output")
    }
    if status == qc_status(QC_OK) { return }
    guard outputs.allSatisfy(\.isUntouched) else {
        throw ABIViolation(description: "failed, and changed an output")
    }
    throw VectorRefusal(
        status: String(cString: qc_status_name(status)), message: String(cString: qc_last_error()))
}

/// Picks the constant of a word.
func abiConstant(_ word: String, _ constants: [String: Int]) throws -> Int32 {
    guard let constant = constants[word] else {
        throw VectorInputs.Malformed(description: "\(word) is none of \(constants.keys.sorted())")
    }
    return Int32(constant)
}

/// What a refused call has to say: a kind that a program can act on, and a sentence that a person
/// can. The kinds are those of `qc_status` in `base.h`; the C ABI maps them one to one.
public struct QuantcalError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Int32, CaseIterable, Sendable {
        case nullPointer = -1
        case size = -2
        case notFinite = -3
        case domain = -4
        case options = -5
        case alignment = -6
        case alias = -7
        case noMemory = -8
        case cancelled = -9
        case format = -10
        case infeasible = -11
        case io = -12
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

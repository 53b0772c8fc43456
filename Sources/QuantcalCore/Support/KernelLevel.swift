import CQuantcalKernels
import Glibc

/// Which form of the inner loops runs. Every kernel has a reference in Swift, which is its
/// specification; the others only do the same faster.
public enum KernelLevel: Int32, CaseIterable, Sendable, Comparable {
    case reference = 0
    case avx2 = 1
    case avx512 = 2

    public var name: String {
        switch self {
        case .reference: "reference"
        case .avx2: "avx2"
        case .avx512: "avx512"
        }
    }

    /// The best that this processor can run.
    public static let supported = KernelLevel(rawValue: quantcal_kernels_supported()) ?? .reference

    /// The level in use, chosen once.
    public static let current: KernelLevel = {
        guard let text = getenv("QUANTCAL_KERNELS") else { return supported }
        let wanted = allCases.first { $0.name == String(cString: text) } ?? .reference
        return min(wanted, supported)
    }()

    public static func < (a: KernelLevel, b: KernelLevel) -> Bool { a.rawValue < b.rawValue }
}

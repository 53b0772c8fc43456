/// The library's version: the headers state the same, and a test holds them together.
public enum Version {
    public static let string = "0.1.0"
}

extension QuantcalError.Kind {
    /// The name of the kind's constant in `base.h`.
    public var constantName: String {
        switch self {
        case .nullPointer: "QC_ERR_NULL_POINTER"
        case .size: "QC_ERR_SIZE"
        case .notFinite: "QC_ERR_NOT_FINITE"
        case .domain: "QC_ERR_DOMAIN"
        case .options: "QC_ERR_OPTIONS"
        case .alignment: "QC_ERR_ALIGNMENT"
        case .alias: "QC_ERR_ALIAS"
        case .noMemory: "QC_ERR_NO_MEMORY"
        case .cancelled: "QC_CANCELLED"
        case .format: "QC_ERR_FORMAT"
        case .infeasible: "QC_INFEASIBLE"
        case .io: "QC_ERR_IO"
        }
    }
}

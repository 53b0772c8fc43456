import CQuantcal
import Glibc
import QuantcalCore

/// A string that is handed out and lives as long as the library: never written, never freed.
struct PermanentString: @unchecked Sendable {
    let pointer: UnsafePointer<CChar>

    init(_ text: String) { pointer = UnsafePointer(strdup(text)!) }
}

private enum Names {
    static let version = PermanentString(Version.string)
    static let unknown = PermanentString("QC_UNKNOWN")
    static let kernelLevel = PermanentString(KernelLevel.current.name)

    static let statuses: [Int32: PermanentString] = {
        var names = [Int32(QC_OK): PermanentString("QC_OK")]
        for kind in QuantcalError.Kind.allCases { names[kind.rawValue] = PermanentString(kind.constantName) }
        return names
    }()
}

@c @implementation
public func qc_version() -> UnsafePointer<CChar>! { Names.version.pointer }

@c @implementation
public func qc_status_name(_ status: qc_status) -> UnsafePointer<CChar>! {
    (Names.statuses[status] ?? Names.unknown).pointer
}

@c @implementation
public func qc_last_error() -> UnsafePointer<CChar>! { LastError.current }

@c @implementation
public func qc_set_thread_count(_ count: Int32) -> qc_status {
    Boundary.call { () throws(QuantcalError) in try Parallel.setThreadCount(Int(count)) }
}

@c @implementation
public func qc_thread_count() -> Int32 { Int32(Parallel.threadCount) }

@c @implementation
public func qc_kernel_level() -> UnsafePointer<CChar>! { Names.kernelLevel.pointer }

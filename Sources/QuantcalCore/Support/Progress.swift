/// A caller's wish to hear how far long work has come, and to stop it.
public struct Progress {
    /// Gets the fraction done; returns true to stop the work.
    public typealias Report = (Double) -> Bool

    let report: Report?

    public init(_ report: Report? = nil) { self.report = report }

    public static var none: Progress { Progress() }

    /// Whether nobody wants to hear.
    var isNone: Bool { report == nil }

    /// The report of a part of the work, as one of the whole.
    func part(from begin: Double, to end: Double) -> Progress {
        Progress(report.map { report in { report(begin + $0 * (end - begin)) } })
    }

    func callAsFunction(_ fraction: Double) throws(QuantcalError) {
        if let report, report(fraction) {
            throw QuantcalError(.cancelled, "cancelled by the progress callback at \(fraction)")
        }
    }
}

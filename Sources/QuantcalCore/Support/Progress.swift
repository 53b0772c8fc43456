/// A caller's wish to hear how far long work has come, and to stop it.
public struct Progress {
    /// Gets the fraction done; returns true to stop the work.
    public typealias Report = (Double) -> Bool

    let report: Report?

    public init(_ report: Report? = nil) { self.report = report }

    public static var none: Progress { Progress() }

    func callAsFunction(_ fraction: Double) throws(QuantcalError) {
        if let report, report(fraction) {
            throw QuantcalError(.cancelled, "cancelled by the progress callback at \(fraction)")
        }
    }
}

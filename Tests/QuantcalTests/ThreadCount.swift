import Quantcal
import Synchronization
import Testing

/// The number of threads is a setting of the process, and tests run side by side: whoever sets it does so
/// in here.
enum ThreadCount {
    private static let mutex = Mutex(())

    static func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
        try mutex.withLock { _ in try body() }
    }

    /// Calls with several numbers of threads, and expects equal results.
    static func expectNoInfluence<Result: Equatable>(_ call: () throws -> Result) throws {
        try exclusively {
            defer { try? setThreadCount(0) }
            try setThreadCount(1)
            let alone = try call()
            for count in [2, 3, 7, 16] {
                try setThreadCount(count)
                let together = try call()
                #expect(together == alone, "\(count) threads")
            }
        }
    }
}

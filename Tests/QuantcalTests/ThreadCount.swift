import Synchronization

/// The number of threads is a setting of the process, and tests run side by side: whoever sets it does so in here.
enum ThreadCount {
    private static let mutex = Mutex(())

    static func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
        try mutex.withLock { _ in try body() }
    }
}

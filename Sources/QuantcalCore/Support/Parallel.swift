import CQuantcalKernels
import Glibc
import Synchronization

/// Parallel loops on short-lived threads. There is no pool: a pool's threads do not survive
/// `fork()`, which R and Python do.
///
/// A loop body writes its result to the slot of its index, and whoever folds the slots does so in
/// an order that depends on the indices only. So a result cannot depend on the number of threads.
public enum Parallel {
    public static let maximumThreadCount = 1024

    private static let chosen = Atomic<Int>(0)

    private static let standard: Int = {
        if let text = getenv("QUANTCAL_THREADS"), let count = Int(String(cString: text)),
            (1...maximumThreadCount).contains(count)
        {
            return count
        }
        return min(max(1, Int(quantcal_processor_count())), maximumThreadCount)
    }()

    /// How many threads a call may use.
    public static var threadCount: Int {
        let count = chosen.load(ordering: .relaxed)
        return count == 0 ? standard : count
    }

    /// Sets how many threads a call may use; 0 is the default.
    public static func setThreadCount(_ count: Int) throws(QuantcalError) {
        guard (0...maximumThreadCount).contains(count) else {
            throw QuantcalError(.domain, "count is \(count); count must be 0 to \(maximumThreadCount)")
        }
        chosen.store(count, ordering: .relaxed)
    }

    /// A thread costs about as much to start as the work on so many numbers.
    private static let leastWork = 1 << 17

    /// How many threads serve a loop of `count` bodies over `work` numbers in all.
    static func threads(for count: Int, work: Int) -> Int {
        max(1, min(threadCount, count, work / leastWork))
    }

    /// Calls `body` once for each index below `count`, with the number of the thread that does it: one
    /// below `threads`, for scratch of its own.
    static func forEach(_ count: Int, threads: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
        guard threads > 1 else {
            for index in 0..<count { body(index, 0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let workers = (0..<threads).map { Worker(number: $0, of: threads, count: count, body: body) }
            let started = workers.dropFirst().map { ($0, $0.start()) }
            workers[0].run()
            for (worker, thread) in started {
                if let thread { pthread_join(thread, nil) } else { worker.run() }
            }
        }
    }

    /// Calls `body` for ranges of `grain` neighbours (the last may be shorter) that cover 0 to `count`. A
    /// grain is as much as is worth a thread's while.
    static func forEachRange(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let tasks = (count + grain - 1) / grain
        forEach(tasks, threads: threads(for: tasks, work: .max)) { task, _ in
            body(task * grain..<min(count, (task + 1) * grain))
        }
    }

    /// One thread's share: every `threads`-th index.
    private final class Worker {
        let number: Int, threads: Int, count: Int
        let body: (Int, Int) -> Void

        init(number: Int, of threads: Int, count: Int, body: @escaping (Int, Int) -> Void) {
            (self.number, self.threads, self.count, self.body) = (number, threads, count, body)
        }

        func run() {
            for index in stride(from: number, to: count, by: threads) { body(index, number) }
        }

        /// nil if the system has no thread to give; the caller then does the work itself.
        func start() -> pthread_t? {
            var thread = pthread_t()
            let context = Unmanaged.passUnretained(self).toOpaque()
            let failure = pthread_create(
                &thread, nil,
                { context in
                    Unmanaged<Worker>.fromOpaque(context!).takeUnretainedValue().run()
                    return nil
                }, context)
            return failure == 0 ? thread : nil
        }
    }
}

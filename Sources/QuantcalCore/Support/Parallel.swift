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
            let indices = SharedIndices(count: count, threads: threads)
            let workers = (0..<threads).map { Worker(number: $0, indices, body: body) }
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

    /// The indices that no thread has taken yet: a thread that gets less of a busy machine takes fewer.
    private final class SharedIndices: Sendable {
        private let next = Atomic<Int>(0)
        private let count: Int
        /// So many at a time that taking them costs nothing.
        private let share: Int

        init(count: Int, threads: Int) {
            self.count = count
            share = max(1, count / (threads * 64))
        }

        func take() -> Range<Int>? {
            let first = next.add(share, ordering: .relaxed).oldValue
            return first < count ? first..<min(first + share, count) : nil
        }
    }

    private final class Worker {
        let number: Int
        let indices: SharedIndices
        let body: (Int, Int) -> Void

        init(number: Int, _ indices: SharedIndices, body: @escaping (Int, Int) -> Void) {
            (self.number, self.indices, self.body) = (number, indices, body)
        }

        func run() {
            while let taken = indices.take() {
                for index in taken { body(index, number) }
            }
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

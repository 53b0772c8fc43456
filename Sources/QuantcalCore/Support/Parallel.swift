import CQuantcalKernels
import Glibc
import Synchronization

/// Parallel loops on threads that live as long as a call. There is no pool: a pool's threads do not
/// survive `fork()`, which R and Python do.
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

    /// Where a thread's calls keep their team between loops.
    private struct Bench {
        /// How many calls the thread is in: a callback may call.
        var depth = 0
        var team: Team?
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { $0?.assumingMemoryBound(to: Bench.self).deallocate() }
        return key
    }()

    /// nil on a thread that never was in a call.
    private static var bench: UnsafeMutablePointer<Bench>? {
        pthread_getspecific(key)?.assumingMemoryBound(to: Bench.self)
    }

    /// Begins a call: its loops share their threads, which end with it. A loop outside of a call has threads of its
    /// own.
    @inline(never) public static func enter() {
        if let bench {
            bench.pointee.depth += 1
            return
        }
        let bench = UnsafeMutablePointer<Bench>.allocate(capacity: 1)
        bench.initialize(to: Bench(depth: 1))
        pthread_setspecific(key, bench)
    }

    /// Ends a call.
    @inline(never) public static func leave() {
        guard let bench else { return }
        bench.pointee.depth -= 1
        if bench.pointee.depth == 0 { bench.pointee.team.take()?.dismiss() }
    }

    /// Calls `body` once for each index below `count`, with the number of the thread that does it: one
    /// below `threads`, for scratch of its own.
    static func forEach(_ count: Int, threads: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
        guard threads > 1 else {
            for index in 0..<count { body(index, 0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: Team.Body(run: body)) {
                share(Team.Loop(count: count, threads: threads, body: $0))
            }
        }
    }

    @inline(never) private static func share(_ loop: Team.Loop) {
        let bench = bench.flatMap { $0.pointee.depth > 0 ? $0 : nil }
        // A loop inside of a body of this one finds the bench empty.
        let team = bench?.pointee.team.take().flatMap { $0.isHere ? $0 : nil } ?? Team()
        team.run(loop)
        if let bench, bench.pointee.team == nil {
            bench.pointee.team = team
        } else {
            team.dismiss()
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
}

import CQuantcalKernels
import Glibc
import Synchronization

/// The threads of a call, which wait between its loops. To start new ones for each loop takes longer than
/// most loops: a new thread may find the processor that it was meant for still busy with the end of the last.
final class Team: @unchecked Sendable {
    struct Body {
        let run: (_ index: Int, _ thread: Int) -> Void
    }

    /// A loop, and who is in it.
    final class Loop: Sendable {
        fileprivate let threads: Int
        private let count: Int
        /// So many indices at a time that taking them costs nothing.
        private let share: Int
        /// The indices from here on are not taken: a thread that gets less of a busy machine takes fewer.
        private let next = Atomic<Int>(0)
        /// How many threads are in the loop, beside the caller's.
        private let members = Atomic<Int>(0)
        /// Valid while the loop is open or has members.
        nonisolated(unsafe) private let body: UnsafePointer<Body>

        /// What is added to the members once nobody may enter any more.
        private static let closed = 1 << 32

        init(count: Int, threads: Int, body: UnsafePointer<Body>) {
            (self.count, self.threads, self.body) = (count, threads, body)
            share = max(1, count / (threads * 64))
        }

        fileprivate func run(_ number: Int) {
            while true {
                let first = next.add(share, ordering: .relaxed).oldValue
                guard first < count else { return }
                for index in first..<min(first + share, count) { body.pointee.run(index, number) }
            }
        }

        /// A thread that wakes up late finds the work done: nobody waits for it.
        fileprivate func enter() -> Bool {
            var present = members.load(ordering: .relaxed)
            while present < Self.closed {
                let (isIn, found) = members.compareExchange(
                    expected: present, desired: present + 1, ordering: .acquiring)
                if isIn { return true }
                present = found
            }
            return false
        }

        fileprivate func leave() { members.subtract(1, ordering: .releasing) }

        fileprivate func close() { members.add(Self.closed, ordering: .acquiringAndReleasing) }

        fileprivate var isLeft: Bool { members.load(ordering: .acquiring) == Self.closed }
    }

    private let process = getpid()
    private var threads: [pthread_t] = []
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// A loop has begun, or the call is at its end.
    private let news = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Somebody has left a loop.
    private let departure = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// The loop that goes on or was last; under the mutex.
    private var loop: Loop?
    /// How often there was news; written under the mutex.
    private let newsCount = Atomic<Int>(0)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(news, nil)
        pthread_cond_init(departure, nil)
    }

    deinit {
        pthread_cond_destroy(departure)
        pthread_cond_destroy(news)
        pthread_mutex_destroy(mutex)
        departure.deallocate()
        news.deallocate()
        mutex.deallocate()
    }

    /// Whether the threads are of this process: a callback may have forked it.
    var isHere: Bool { process == getpid() }

    /// Runs a loop; the caller is its thread 0.
    func run(_ loop: Loop) {
        announce(loop)
        // If the system has no thread to give, the others do the work.
        while threads.count < loop.threads - 1, let thread = start(threads.count + 1) {
            threads.append(thread)
        }
        loop.run(0)
        loop.close()
        if Self.wait(until: { loop.isLeft }) { return }
        pthread_mutex_lock(mutex)
        while !loop.isLeft { pthread_cond_wait(departure, mutex) }
        pthread_mutex_unlock(mutex)
    }

    /// Ends the threads.
    func dismiss() {
        guard isHere else { return }
        announce(nil)
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }

    private func announce(_ loop: Loop?) {
        pthread_mutex_lock(mutex)
        self.loop = loop
        newsCount.add(1, ordering: .releasing)
        pthread_cond_broadcast(news)
        pthread_mutex_unlock(mutex)
    }

    /// What a thread does until the team is dismissed.
    private func work(_ number: Int) {
        var heard = 0
        while let loop = next(&heard) {
            guard number < loop.threads, loop.enter() else { continue }
            loop.run(number)
            loop.leave()
            pthread_mutex_lock(mutex)
            pthread_cond_signal(departure)
            pthread_mutex_unlock(mutex)
        }
    }

    /// Waits for news.
    private func next(_ heard: inout Int) -> Loop? {
        let last = heard
        _ = Self.wait { newsCount.load(ordering: .relaxed) != last }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while newsCount.load(ordering: .relaxed) == last { pthread_cond_wait(news, mutex) }
        heard = newsCount.load(ordering: .relaxed)
        return loop
    }

    /// Waits for as long as it would take to fall asleep and be woken. Returns whether it came true.
    private static func wait(until condition: () -> Bool) -> Bool {
        for _ in 0..<1000 {
            if condition() { return true }
            quantcal_pause()
        }
        return false
    }

    private func start(_ number: Int) -> pthread_t? {
        /// A member and its number, on the way to its thread.
        final class Member {
            let team: Team
            let number: Int
            init(_ team: Team, _ number: Int) { (self.team, self.number) = (team, number) }
        }
        var thread = pthread_t()
        let member = Unmanaged.passRetained(Member(self, number))
        let failure = pthread_create(
            &thread, nil,
            { context in
                let member = Unmanaged<Member>.fromOpaque(context!).takeRetainedValue()
                member.team.work(member.number)
                return nil
            }, member.toOpaque())
        guard failure != 0 else { return thread }
        member.release()
        return nil
    }
}

/// Loops on one thread: the library's way asks its kernels how many there are.
enum Parallel {
    static func threads(for tasks: Int, work: Int) -> Int { 1 }

    static func forEach(_ count: Int, threads: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
        for index in 0..<count { body(index, 0) }
    }
}

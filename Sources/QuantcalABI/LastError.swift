import Glibc

/// The calling thread's last message, in memory of that thread which goes when the thread ends.
enum LastError {
    private static let capacity = 512

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { free($0) }
        return key
    }()

    private static let empty = PermanentString("")

    static func set(_ message: String) {
        var memory = pthread_getspecific(key)
        if memory == nil {
            memory = malloc(capacity)
            pthread_setspecific(key, memory)
        }
        // Without memory for a message the status has to speak for itself.
        guard let memory else { return }
        var utf8 = Array(message.utf8.prefix(capacity - 1))
        // Do not cut a character in two.
        while !utf8.isEmpty, String(validating: utf8, as: UTF8.self) == nil { utf8.removeLast() }
        utf8.append(0)
        memory.copyMemory(from: utf8, byteCount: utf8.count)
    }

    static var current: UnsafePointer<CChar> {
        pthread_getspecific(key).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
            ?? empty.pointer
    }
}

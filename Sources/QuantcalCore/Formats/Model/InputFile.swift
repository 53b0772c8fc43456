import Glibc

/// A regular file that is open for reading.
///
/// Its header is parsed through a mapping that lasts as long as that; tensors are read. So a file that
/// another program shortens while it is in use gives an error, and no signal.
final class InputFile: Sendable {
    let path: String
    let size: Int
    private let descriptor: Int32
    /// What tells this content from another one, short of reading it: device, file, size and time of change.
    let identity: [UInt64]

    init(_ path: String) throws(QuantcalError) {
        try requirePath(path)
        // Not blocking, because a pipe without a writer would wait for one.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw systemError(path, "cannot be opened") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = systemError(path, "cannot be read")
            close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            throw QuantcalError(
                .io, "\(quotedPath(path)) is \(isDirectory ? "a directory" : "not a regular file")")
        }
        (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
        identity = [
            UInt64(status.st_dev), UInt64(status.st_ino), UInt64(status.st_size),
            UInt64(bitPattern: Int64(status.st_mtim.tv_sec)),
            UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)),
        ]
    }

    deinit { close(descriptor) }

    /// Calls `body` with the whole file, mapped.
    func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(QuantcalError) -> Result
    ) throws(QuantcalError) -> Result {
        guard size > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED
        else { throw systemError(path, "cannot be mapped") }
        defer { munmap(memory, size) }
        return try body(UnsafeRawBufferPointer(start: memory, count: size))
    }

    /// Reads `count` bytes that lie at `offset`.
    func read(
        _ count: Int, at offset: Int, into target: UnsafeMutableRawPointer
    ) throws(QuantcalError) {
        var done = 0
        while done < count {
            let got = pread(descriptor, target + done, count - done, off_t(offset + done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw systemError(path, "cannot be read") }
            guard got > 0 else {
                throw QuantcalError(
                    .io, "\(quotedPath(path)) cannot be read: it ends at byte \(offset + done) now")
            }
            done += got
        }
    }
}

/// A path that the system would not understand otherwise than it was meant.
func requirePath(_ path: String) throws(QuantcalError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
        throw QuantcalError(.domain, "the path \(quotedPath(path)) is empty, or has a NUL")
    }
}

/// Longer than other texts, because what matters may stand at its end.
func quotedPath(_ path: String) -> String { quoted(path, atMost: 240) }

/// What the last system call that failed says.
func systemError(_ path: String, _ what: String) -> QuantcalError {
    let number = errno
    let message = String(cString: strerror(number))
    return QuantcalError(number == ENOMEM ? .noMemory : .io, "\(quotedPath(path)) \(what): \(message)")
}

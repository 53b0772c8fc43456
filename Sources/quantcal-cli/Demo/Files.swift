#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is wrong with a file, said so that its owner can mend it.
struct InputError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ what: String) { description = "\(path): \(what)" }
}

/// Calls `body` with the content of a file. Read, not mapped: a file that another program shortens
/// meanwhile is then an error, and no signal.
func withFile<Result>(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    // Not blocking, because a pipe without a writer would wait for one.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw InputError(path, "cannot be opened: \(systemMessage())") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw InputError(path, "cannot be read: \(systemMessage())") }
    guard status.st_mode & S_IFMT == S_IFREG else {
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        throw InputError(path, isDirectory ? "is a directory; a file is needed" : "is not a regular file")
    }
    let size = Int(status.st_size)
    guard let memory = malloc(max(size, 1)) else {
        throw InputError(path, "its \(size) bytes do not fit in memory")
    }
    defer { free(memory) }
    var done = 0
    while done < size {
        let count = read(file, memory + done, size - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
            let why = count == 0 ? "it ended after \(done) of \(size) bytes" : systemMessage()
            throw InputError(path, "cannot be read: \(why)")
        }
        done += count
    }
    return try body(UnsafeRawBufferPointer(start: memory, count: size))
}

/// Writes a text as a file, in place of one that is there.
func writeFile(_ path: String, _ text: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw InputError(path, "cannot be written: \(systemMessage())") }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
            let why = systemMessage()
            close(file)
            throw InputError(path, "cannot be written: \(why)")
        }
        rest = rest.dropFirst(count)
    }
    guard close(file) == 0 else { throw InputError(path, "cannot be written: \(systemMessage())") }
}

func isReadableFile(_ path: String) -> Bool { access(path, R_OK) == 0 }

/// The running program's own file, with symbolic links followed.
func executablePath() -> String {
    guard let path = realpath("/proc/self/exe", nil) ?? realpath(CommandLine.arguments[0], nil) else {
        return CommandLine.arguments[0]
    }
    defer { free(path) }
    return String(cString: path)
}

private func systemMessage() -> String { String(cString: strerror(errno)) }

import Glibc

/// A file while it is written, under the target's name with ".quantcal-partial", which the target takes its
/// place from at the end. It can be continued after an interruption.
///
/// Behind the room of the output lies a journal: the plan's digest, then a record for each tensor that is
/// done, with a checksum. A record is written only when the tensor's bytes are on the disk. So whatever
/// ended the writing, what the journal says is there; and a file of another plan is begun anew. A lock
/// keeps two writers apart.
final class PartialFile {
    /// What is known of a tensor that is done.
    struct Record: Equatable {
        var index: UInt64
        var error: Double
        var square: Double

        fileprivate var bytes: [UInt8] {
            littleEndianBytes(index) + littleEndianBytes(error.bitPattern)
                + littleEndianBytes(square.bitPattern)
        }
    }

    private static let recordBytes = 40
    /// Bytes after which what was written is put on the disk, so that no more is lost.
    private static let syncBytes = 1 << 26

    let path: String
    private let target: String
    private let descriptor: Int32
    private let layout: TensorFileLayout
    private let digest: [UInt8]
    /// The records that the file had, and has.
    private(set) var records: [Record] = []
    private var pending: [Record] = []
    private var unsynced = 0

    init(for target: String, _ layout: TensorFileLayout, digest: [UInt8]) throws(QuantcalError) {
        (self.target, self.layout, self.digest) = (target, layout, digest)
        path = target + ".quantcal-partial"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { throw systemError(target, "cannot be written") }
        do {
            try begin()
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    private func begin() throws(QuantcalError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw QuantcalError(.io, "\(quotedPath(path)) is being written by another process")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw QuantcalError(.io, "\(quotedPath(path)) is not a regular file")
        }
        readJournal(size: Int(status.st_size))
        guard records.isEmpty else { return }
        let (size, overflow) = journalOffset.addingReportingOverflow(
            digest.count + layout.ranges.count * Self.recordBytes)
        guard !overflow else { throw QuantcalError(.size, "the file's size is too large") }
        guard ftruncate(descriptor, 0) == 0 else { throw failure() }
        // A full disk is seen here, before any work.
        let result = posix_fallocate(descriptor, 0, off_t(size))
        guard result == 0 else {
            errno = result
            let error = failure()
            unlink(path)
            throw error
        }
        try put(digest, at: journalOffset)
    }

    private var journalOffset: Int { layout.fileSize }

    /// Takes over the records of the same plan; none, if there is anything that is not as it should be.
    private func readJournal(size: Int) {
        guard size >= journalOffset + digest.count, get(digest.count, at: journalOffset) == digest else {
            return
        }
        var seen = Set<UInt64>()
        for number in 0..<layout.ranges.count {
            let offset = journalOffset + digest.count + number * Self.recordBytes
            guard let bytes = get(Self.recordBytes, at: offset) else { return }
            let words = bytes.withUnsafeBytes { bytes in
                (0..<3).map {
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
                }
            }
            let record = Record(
                index: words[0], error: Double(bitPattern: words[1]), square: Double(bitPattern: words[2]))
            guard Array(bytes.dropFirst(24)) == checksum(record), seen.insert(record.index).inserted else {
                return
            }
            records.append(record)
        }
    }

    private func checksum(_ record: Record) -> [UInt8] {
        var hash = Blake2b(digestBytes: 16)
        hash.update(digest)
        hash.update(record.bytes)
        return hash.digest()
    }

    /// Writes bytes of the output.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(QuantcalError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            done += count
        }
        unsynced += bytes.count
    }

    /// Notes that a tensor is done.
    func finish(_ record: Record) throws(QuantcalError) {
        pending.append(record)
        if unsynced >= Self.syncBytes { try sync() }
    }

    private func sync() throws(QuantcalError) {
        guard fdatasync(descriptor) == 0 else { throw failure() }
        for record in pending {
            let offset = journalOffset + digest.count + records.count * Self.recordBytes
            try put(record.bytes + checksum(record), at: offset)
            records.append(record)
        }
        pending = []
        unsynced = 0
    }

    /// Ends the file: the header before the tensors, no journal behind them, the target's name.
    func complete(overwrites: Bool) throws(QuantcalError) {
        try put(layout.header, at: 0)
        guard ftruncate(descriptor, off_t(layout.fileSize)) == 0, fsync(descriptor) == 0 else {
            throw failure()
        }
        try requireFree(target, overwrites: overwrites)
        guard rename(path, target) == 0 else { throw failure() }
        syncDirectory()
    }

    /// After an error. What is done stays if the next time may go better; if nothing is, nothing stays.
    /// Returns whether it can be continued.
    func abandon(keeping isWanted: Bool) -> Bool {
        if isWanted {
            do { try sync() } catch { pending = [] }
            if !records.isEmpty { return true }
        }
        unlink(path)
        return false
    }

    /// So that the name is on the disk too. Where a directory cannot be synced, nothing is lost but that.
    private func syncDirectory() {
        let directory = target.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(target[...$0]) } ?? "."
        let handle = open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard handle >= 0 else { return }
        fsync(handle)
        close(handle)
    }

    private func put(_ bytes: [UInt8], at offset: Int) throws(QuantcalError) {
        var failure: QuantcalError?
        bytes.withUnsafeBytes { buffer in
            do throws(QuantcalError) { try write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func get(_ count: Int, at offset: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor, &bytes, count, off_t(offset))
        return got == count ? bytes : nil
    }

    private func failure() -> QuantcalError { systemError(target, "cannot be written") }
}

/// Nothing has the target's name, or a file that may be replaced has.
func requireFree(_ path: String, overwrites: Bool) throws(QuantcalError) {
    try requirePath(path)
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT != S_IFDIR else {
        throw QuantcalError(.io, "\(quotedPath(path)) is a directory")
    }
    guard overwrites else {
        throw QuantcalError(.io, "\(quotedPath(path)) exists already, and is not to be overwritten")
    }
}

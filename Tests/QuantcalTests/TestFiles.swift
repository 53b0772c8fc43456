import Foundation

/// Calls `body` with the path of a file of these bytes, which then is taken away.
func withTestFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    try withTestDirectory { directory in
        let path = directory + "/file"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try body(path)
    }
}

/// The same with a directory, and all that is in it.
func withTestDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "quantcal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.path)
}

/// The bytes of a file.
func contentOfTestFile(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

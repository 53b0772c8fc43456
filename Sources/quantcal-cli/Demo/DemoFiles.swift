/// The files that the demo reads: the user's, or the digits that come with the library.
struct DemoFiles {
    let model: String
    let calibration: String
    let test: String
    let areBundled: Bool

    /// All three paths, or none.
    init(model: String?, calibration: String?, test: String?) throws {
        if let model, let calibration, let test {
            (self.model, self.calibration, self.test) = (model, calibration, test)
            areBundled = false
        } else {
            let directory = try Self.bundledDirectory()
            self.model = "\(directory)/model.safetensors"
            self.calibration = "\(directory)/calibration"
            self.test = "\(directory)/test"
            areBundled = true
        }
    }

    /// Beside an installed program, or in the repository that a built one lies in.
    private static func bundledDirectory() throws -> String {
        var candidates: [String] = []
        var parts = executablePath().split(separator: "/").dropLast()
        candidates.append("/" + (parts.dropLast() + ["share", "quantcal", "digits"]).joined(separator: "/"))
        while !parts.isEmpty {
            candidates.append("/" + (parts + ["Tests", "Data", "digits"]).joined(separator: "/"))
            parts = parts.dropLast()
        }
        for directory in candidates where isReadableFile("\(directory)/model.safetensors") {
            return directory
        }
        throw InputError(
            candidates[0], "the demo's data is not there; give --model, --calibration and --test")
    }
}

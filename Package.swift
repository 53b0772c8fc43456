// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "quantcal",
    products: [
        // For Swift programs: the overlay, arrays in and values out.
        .library(name: "Quantcal", targets: ["Quantcal"]),
        // For everyone else: libquantcal.so. cmake/ builds it with the flags a shipped library needs.
        .library(name: "quantcal", type: .dynamic, targets: ["QuantcalABI"]),
        .executable(name: "quantcal-cli", targets: ["quantcal-cli"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "CQuantcal", path: "include"),
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"])]),
        .target(
            name: "CQuantcalKernels",
            cSettings: [.define("NDEBUG", .when(configuration: .release))]),
        .target(name: "QuantcalCore", dependencies: ["CQuantcalKernels", "COpenBLAS"]),
        .target(name: "QuantcalABI", dependencies: ["CQuantcal", "QuantcalCore"]),
        .target(name: "Quantcal", dependencies: ["QuantcalCore"]),
        .executableTarget(
            name: "quantcal-cli",
            dependencies: [
                "Quantcal", "QuantcalCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "QuantcalTests",
            dependencies: ["Quantcal", "QuantcalCore", "QuantcalABI", "CQuantcal"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)

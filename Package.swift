// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Nothing outside `Plugins/` depends on anything inside it. `MNEME_WITHOUT_PLUGINS=1` proves it:
// the host is then built and run with no plugin present (DESIGN §3).
let withoutPlugins = ProcessInfo.processInfo.environment["MNEME_WITHOUT_PLUGINS"] == "1"

// Scripts/fuzz.sh sets it to the toolchain's libFuzzer: the parsers are then instrumented and mneme-fuzz is built.
let fuzzer = ProcessInfo.processInfo.environment["MNEME_FUZZER"]

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

var targets: [Target] = [
    // Leaves: contracts, arithmetic and pure functions.
    .target(name: "PluginABI", exclude: ["mneme.rs"]),
    .target(name: "Kernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Platform"),
    .target(
        name: "CSimdjson", cxxSettings: [.unsafeFlags(["-O3"])],
        linkerSettings: [.linkedLibrary("simdjson")]),
    // Debian's libffi, for the worker alone.
    .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
    .target(name: "Features"),
    .target(name: "Heuristic"),
    .target(name: "Evaluation"),
    // Tables and plots as one HTML file.
    .target(name: "Report"),
    .target(name: "StateSpace", dependencies: ["Kernels"]),
    .target(name: "Training", dependencies: ["StateSpace", "Gate", "Kernels"]),
    .target(name: "Gate", dependencies: ["Kernels"]),
    // Planted worlds: what is true of them is known.
    .target(name: "Synthetic", dependencies: ["Features", "Evaluation"]),

    // Rooms that build on them.
    .target(
        name: "PluginSDK", dependencies: ["PluginABI"],
        swiftSettings: [.enableExperimentalFeature("Lifetimes")]),
    .target(name: "Storage", dependencies: [grdb, sqlite, "Kernels"]),
    // What host and worker must agree on, once.
    .target(name: "Wire", dependencies: ["PluginABI", "Platform"]),
    .target(name: "Host", dependencies: ["PluginABI", "Heuristic", "Gate", "Platform", "Wire"]),
    .executableTarget(
        name: "mneme-worker", dependencies: ["PluginABI", "Platform", "Wire", "CFFI"], path: "Sources/Worker"),
    .target(
        name: "Engine",
        dependencies: ["Host", "Storage", "Features", "Evaluation", "StateSpace", "Training", "Gate", "Heuristic", "Synthetic"]),
    .target(name: "Conformance", dependencies: ["Host", "Wire", "Platform", "PluginABI"]),
    .target(name: "Server", dependencies: ["Engine", "CSimdjson"]),
    .executableTarget(
        name: "mneme", dependencies: ["Engine", "Server", "Conformance", "Report", arguments], path: "Sources/CLI",
        // Links to the contract's own files: `plugin new` hands them out.
        resources: [.embedInCode("Templates/mneme_plugin.h"), .embedInCode("Templates/mneme.rs")]),

    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "FeaturesTests", dependencies: ["Features"]),
    .testTarget(name: "HeuristicTests", dependencies: ["Heuristic", "Features"]),
    .testTarget(name: "EvaluationTests", dependencies: ["Evaluation"]),
    .testTarget(name: "ReportTests", dependencies: ["Report"]),
    .testTarget(
        name: "EngineTests", dependencies: ["Engine", "Storage", "Evaluation", "Features", "Heuristic", "Host", "StateSpace", "Training", "Gate", "Synthetic"]),
    .testTarget(name: "ImportTests", dependencies: ["Engine", "Storage"]),
    .testTarget(
        name: "HostTests",
        dependencies: ["Host", "Platform", "PluginABI", "Heuristic", "Gate", "Wire", "FuzzTargets", "mneme-worker"], exclude: ["Corpus"]),
    // The parsers as the fuzzer and the replay of its corpus feed them.
    .target(name: "FuzzTargets", dependencies: ["Host", "Platform", "PluginABI", "Wire", "StateSpace", "Gate"], path: "Fuzz/Targets"),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "Features"]),
    .testTarget(name: "ServerTests", dependencies: ["Server", "Engine"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "StateSpace", "Differences"]),
    .testTarget(
        name: "StateSpaceTests", dependencies: ["StateSpace", "Kernels", "Engine", "Differences"]),
    .testTarget(name: "TrainingTests", dependencies: ["Training", "StateSpace", "Gate", "Differences"]),
    .testTarget(name: "GateTests", dependencies: ["Gate", "Training", "StateSpace"]),
    .testTarget(name: "SyntheticTests", dependencies: ["Synthetic", "Features", "Evaluation"]),
    // How far one answer is from another.
    .target(name: "Differences", path: "Tests/Differences"),
    .testTarget(name: "PluginABITests", dependencies: ["PluginABI"]),
    .testTarget(name: "CLITests", dependencies: ["mneme", "Engine", "Server", "Report"]),
    .testTarget(
        name: "ConformanceTests", dependencies: ["Conformance", "Engine", "Host", "Platform", "StateSpace", "mneme-worker", "mneme"]),
    .testTarget(name: "ExamplesTests", dependencies: ["Host", "PluginHarness", "mneme"]),
    .target(name: "PluginHarness", dependencies: ["PluginABI"], path: "Tests/PluginHarness"),
    .testTarget(name: "PluginSDKTests", dependencies: ["PluginSDK", "PluginHarness"]),
]

var products: [Product] = [
    .executable(name: "mneme", targets: ["mneme"]),
    .executable(name: "mneme-worker", targets: ["mneme-worker"]),
    .library(name: "PluginSDK", targets: ["PluginSDK"]),
]

/// A plugin exports one function and keeps everything else to itself.
let pluginExports: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map"])
]

if !withoutPlugins {
    targets += [
        // The manifest's note stands in a C target: it survives debug and release builds there.
        .target(
            name: "HeuristicManifest", dependencies: ["PluginABI"],
            path: "Plugins/HeuristicScorer/Manifest"),
        .target(
            name: "HeuristicScorer", dependencies: ["PluginSDK", "HeuristicManifest", "Heuristic"],
            path: "Plugins/HeuristicScorer", exclude: ["Manifest"], linkerSettings: pluginExports),
    ]
    products.append(.library(name: "HeuristicScorer", type: .dynamic, targets: ["HeuristicScorer"]))
    targets += [
        .target(name: "MambaManifest", dependencies: ["PluginABI"], path: "Plugins/MambaScorer/Manifest"),
        .target(
            name: "MambaScorer", dependencies: ["PluginSDK", "MambaManifest", "Heuristic", "StateSpace"],
            path: "Plugins/MambaScorer", exclude: ["Manifest"],
            linkerSettings: pluginExports),
        .target(name: "S4DPathsManifest", dependencies: ["PluginABI"], path: "Plugins/S4DPathScorer/Manifest"),
        .target(
            name: "S4DPathScorer", dependencies: ["PluginSDK", "S4DPathsManifest", "Heuristic", "StateSpace"],
            path: "Plugins/S4DPathScorer", exclude: ["Manifest"], linkerSettings: pluginExports),
    ]
    products.append(.library(name: "MambaScorer", type: .dynamic, targets: ["MambaScorer"]))
    products.append(.library(name: "S4DPathScorer", type: .dynamic, targets: ["S4DPathScorer"]))
}

// Figures of the runtime (Benchmarks/runtime.sh); nobody else needs to build it.
if ProcessInfo.processInfo.environment["MNEME_BENCHMARKS"] == "1" {
    targets.append(.executableTarget(name: "runtime-bench", dependencies: ["Host", "Platform"], path: "Benchmarks/Runtime"))
    products.append(.executable(name: "runtime-bench", targets: ["runtime-bench"]))
    targets.append(.executableTarget(name: "mamba-bench", dependencies: ["StateSpace", "Kernels"], path: "Benchmarks/Mamba"))
    products.append(.executable(name: "mamba-bench", targets: ["mamba-bench"]))
    targets.append(
        .executableTarget(name: "training-bench", dependencies: ["StateSpace", "Training"], path: "Benchmarks/Training"))
    products.append(.executable(name: "training-bench", targets: ["training-bench"]))
}

if let fuzzer {
    targets.append(
        .executableTarget(
            name: "mneme-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Runner",
            swiftSettings: [.enableExperimentalFeature("Extern")],
            linkerSettings: [.unsafeFlags([fuzzer]), .linkedLibrary("stdc++")]))
    for target in targets where ["Host", "Wire", "StateSpace", "Gate", "FuzzTargets"].contains(target.name) {
        target.swiftSettings = [
            .unsafeFlags(["-sanitize=address", "-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table"])
        ]
    }
    products = [.executable(name: "mneme-fuzz", targets: ["mneme-fuzz"])]
}

// Every target alike, so that none forgets.
for target in targets where target.type != .system { target.swiftSettings = (target.swiftSettings ?? []) + strict }

let package = Package(
    name: "mneme",
    products: products,
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: targets,
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17)

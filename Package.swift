// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Nothing outside `Plugins/` depends on anything inside it. `MNEME_WITHOUT_PLUGINS=1` proves it:
// the host is then built, tested and run with no plugin present (DESIGN §3).
let withoutPlugins = ProcessInfo.processInfo.environment["MNEME_WITHOUT_PLUGINS"] == "1"

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

var targets: [Target] = [
    // Leaves: contracts, arithmetic and pure functions.
    .target(name: "PluginABI"),
    .target(name: "Kernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Platform"),
    .target(
        name: "CSimdjson",
        cxxSettings: [.unsafeFlags(["-O3"])],
        linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "Features"),
    .target(name: "Heuristic"),
    .target(name: "Evaluation"),

    // Rooms that build on them.
    .target(name: "PluginSDK", dependencies: ["PluginABI"]),
    .target(name: "Storage", dependencies: [grdb, sqlite, "Kernels"]),
    .target(name: "Host", dependencies: ["PluginABI", "Heuristic", "Platform"]),
    .target(name: "Engine", dependencies: ["Host", "Storage", "Features", "Evaluation"]),
    .target(name: "Server", dependencies: ["Engine", "CSimdjson", logging]),
    .executableTarget(name: "mneme", dependencies: ["Engine", "Server", arguments], path: "Sources/CLI"),
]

var products: [Product] = [
    .executable(name: "mneme", targets: ["mneme"]),
    .library(name: "PluginABI", targets: ["PluginABI"]),
    .library(name: "PluginSDK", targets: ["PluginSDK"]),
]

if !withoutPlugins {
    targets.append(
        .target(
            name: "HeuristicScorer", dependencies: ["PluginSDK", "Heuristic"],
            path: "Plugins/HeuristicScorer"))
    products.append(.library(name: "HeuristicScorer", type: .dynamic, targets: ["HeuristicScorer"]))
}

for target in targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}

let package = Package(
    name: "mneme",
    products: products,
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: targets,
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17)

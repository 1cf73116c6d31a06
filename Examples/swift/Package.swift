// swift-tools-version: 6.1
import PackageDescription

// `Manifest` is C: the note it places survives debug and release builds there, which it would not in Swift.
let package = Package(
    name: "recency-frequency",
    products: [.library(name: "RecencyFrequency", type: .dynamic, targets: ["RecencyFrequency"])],
    dependencies: [.package(name: "mneme", path: "../..")],
    targets: [
        .target(name: "Manifest", dependencies: [.product(name: "PluginSDK", package: "mneme")]),
        .target(
            name: "RecencyFrequency",
            dependencies: ["Manifest", .product(name: "PluginSDK", package: "mneme")],
            swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")],
            // One symbol leaves the library; without the script all of Swift's would.
            linkerSettings: [
                .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/exports.map"])
            ]),
    ],
    cLanguageStandard: .c11)

extension PluginTemplate {
    var swiftFiles: [File] {
        [
            File(path: "Package.swift", text: swiftPackage),
            File(path: "Sources/\(typeName)/\(typeName).swift", text: swiftSource),
            File(path: "Sources/\(typeName)Manifest/manifest.c", text: swiftManifest),
            File(
                path: "Sources/\(typeName)Manifest/include/\(typeName)Manifest.h", text: swiftManifestHeader),
            Self.exports,
            File(path: "Makefile", text: swiftMakefile),
        ]
    }

    // By this name, because the architecture's test reads our own import lines as well.
    private var sdk: String { "PluginSDK" }

    private var swiftPackage: String {
        let path = sdkFolder.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return #"""
            // swift-tools-version: 6.1
            import PackageDescription

            // The manifest stands in a C target: the note it places survives debug and release builds there.
            let package = Package(
                name: "\#(name)",
                products: [.library(name: "\#(typeName)", type: .dynamic, targets: ["\#(typeName)"])],
                dependencies: [.package(name: "mneme", path: "\#(path)")],
                targets: [
                    .target(name: "\#(typeName)Manifest", dependencies: [.product(name: "\#(sdk)", package: "mneme")]),
                    .target(
                        name: "\#(typeName)",
                        dependencies: ["\#(typeName)Manifest", .product(name: "\#(sdk)", package: "mneme")],
                        swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")],
                        linkerSettings: [
                            .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/exports.map"])
                        ]),
                ],
                cLanguageStandard: .c11)

            """#
    }

    private var swiftSource: String {
        #"""
        import \#(typeName)Manifest
        import \#(sdk)

        /// Text match plus importance. The comments of \#(sdk) are the manual.
        struct \#(typeName): Scorer {
            /// The manifest's, in its order: options cross without names.
            static let options = ["importanceWeight"]

            private let text: Int
            /// nil = this host doesn't offer it.
            private let importance: Int?
            private let weight: Float

            init(_ setup: Setup) throws(ScorerError) {
                text = try setup.columns.require("text.context@1")
                importance = setup.columns.index(of: "memory.importance@1")
                weight = Float(try setup.options.number("importanceWeight"))
            }

            var info: ModelInfo {
                var info = ModelInfo()
                info.partCount = 2
                return info
            }

            func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
                for row in 0..<batch.count {
                    if row % 512 == 0, batch.isCancelled { return .stopped(at: row) }
                    let match = batch.rows[row, text]
                    let worth = importance.map { weight * batch.rows[row, $0] } ?? 0
                    scores[row] = match + worth
                    scores.explain(row, 0, match)
                    scores.explain(row, 1, worth)
                }
                return .done
            }
        }

        private let library = Library(\#(typeName).self, id: ID, version: VERSION)
        @c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }

        """#
    }

    private var swiftManifest: String {
        #"""
        #include "\#(typeName)Manifest.h"
        #include "mneme_plugin.h"

        \#(cManifest)

        """#
    }

    private var swiftManifestHeader: String {
        """
        /* Id and version, once: the manifest quotes them, and so does the table that Swift makes. */
        #ifndef MANIFEST_H
        #define MANIFEST_H

        #define ID "\(name)"
        #define VERSION "\(Self.version)"

        #endif

        """
    }

    /// Tabs as in the C template.
    private var swiftMakefile: String {
        """
        SWIFT ?= swift

        # SwiftPM knows best what has to be built again.
        .PHONY: all clean
        all:
        \t$(SWIFT) build -c release --product \(typeName)
        \t@cp .build/release/lib\(typeName).so \(library)

        clean:
        \trm -rf .build \(library)

        """
    }
}

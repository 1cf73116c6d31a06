import ArgumentParser

/// What `plugin new` can write a scorer in.
enum PluginLanguage: String, CaseIterable, ExpressibleByArgument {
    case c, cpp, rust, swift
}

/// A scorer to start from: the same small one in every language, so that a reader can compare them.
///
/// Its value is `text.context@1` plus a weight times `memory.importance@1`: little, but it ranks, it has an
/// option, an optional column and parts, and every promise of its manifest is true.
struct PluginTemplate {
    struct File: Equatable {
        let path: String
        let text: String
    }

    /// Id of the scorer, and name of its library: a–z, 0–9, '-', '_'.
    let name: String
    let language: PluginLanguage
    /// Folder of the package that has the Swift SDK; only the Swift template reads it.
    let sdkFolder: String

    static let version = "0.1.0"

    /// What `make` leaves in the folder.
    var library: String { "\(name).so" }

    var files: [File] {
        let own =
            switch language {
            case .c: cFiles
            case .cpp: cppFiles
            case .rust: rustFiles
            case .swift: swiftFiles
            }
        return own + [File(path: ".gitignore", text: "*.so\n.build/\n"), trial]
    }

    /// Unpinned, so that it need not be edited after every build: for trying, not for keeping.
    private var trial: File {
        File(
            path: "plugins.json",
            text: """
                {
                  "version": 1,
                  "note": "For trying: unpinned, so that every build counts. Pin the library in your own file.",
                  "trust": { "unpinned": "allow" },
                  "scorers": [
                    { "id": "\(name)", "library": "./\(library)", "tier": "watched", "deadlineMilliseconds": 5 }
                  ],
                  "fallback": ["@floor"]
                }

                """)
    }

    static let header = File(
        path: "mneme_plugin.h", text: String(decoding: PackageResources.mneme_plugin_h, as: UTF8.self))
    static let rustTwin = File(
        path: "mneme.rs", text: String(decoding: PackageResources.mneme_rs, as: UTF8.self))

    static let exports = File(
        path: "exports.map",
        text: """
            /* One symbol leaves the library. */
            {
                global: mneme_plugin;
                local: *;
            };

            """)

    /// `my-scorer` → `MyScorer`: a module and a type, so it starts with a letter and never hides one of the SDK's.
    var typeName: String {
        let words = name.split { $0 == "-" || $0 == "_" }
        var type = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        if type.first?.isLetter != true { type = "Plugin" + type }
        let isTaken = ["Scorer", "SessionScorer"].contains(type)
        return type.hasSuffix("Scorer") && !isTaken ? type : type + "Scorer"
    }
}

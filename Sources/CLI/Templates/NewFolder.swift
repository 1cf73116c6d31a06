import Foundation

/// A folder that holds nothing yet: somebody's files are never written over.
struct NewFolder {
    /// Absolute.
    let path: String

    /// Refuses what exists, unless it is an empty folder.
    init(_ path: String) throws {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: self.path, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else {
            throw CommandFailure(
                .cannotCreate, "it is a file", place: self.path, allowed: "a new or empty folder",
                remedy: "choose another place with --folder")
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: self.path)
        } catch {
            throw CommandFailure(
                .cannotCreate, "can't read the folder", place: self.path, remedy: "check its permissions")
        }
        guard names.isEmpty else {
            throw CommandFailure(
                .cannotCreate, "the folder isn't empty", place: self.path,
                found: names.sorted().prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : ""),
                allowed: "a new or empty folder", remedy: "choose another place with --folder")
        }
    }

    func write(_ files: [PluginTemplate.File]) throws {
        for file in files {
            let place = URL(fileURLWithPath: path).appendingPathComponent(file.path)
            do {
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: place, options: .withoutOverwriting)
            } catch {
                throw CommandFailure(
                    .cannotCreate, "can't write the file", place: place.path,
                    found: (error as NSError).localizedDescription,
                    remedy: "check space and permissions of the folder")
            }
        }
    }
}

/// The package whose SDK a Swift scorer is built with.
struct SDKFolder {
    let path: String

    /// The named one; else the first folder above this program that is one (`.build/release/mneme`).
    static func find(named: String?) throws -> SDKFolder {
        if let named {
            let path = URL(fileURLWithPath: try nonEmpty(named, option: "--sdk")).standardizedFileURL.path
            guard isSDK(path) else {
                throw CommandFailure(
                    .missingInput, "no PluginSDK there", place: "--sdk", found: path,
                    allowed: "the folder of mneme's sources: Package.swift and Sources/PluginSDK")
            }
            return SDKFolder(path: path)
        }
        var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        while let candidate = folder, candidate.path != "/" {
            if isSDK(candidate.path) { return SDKFolder(path: candidate.path) }
            folder = candidate.deletingLastPathComponent()
        }
        throw CommandFailure(
            .usage, "a Swift scorer is built with mneme's sources, and they aren't above this program",
            place: "--sdk", allowed: "the folder of mneme's sources: Package.swift and Sources/PluginSDK",
            remedy: "clone them and name the folder with --sdk, or choose --language c")
    }

    private static func isSDK(_ path: String) -> Bool {
        ["Package.swift", "Sources/PluginSDK"].allSatisfy {
            FileManager.default.fileExists(atPath: "\(path)/\($0)")
        }
    }
}

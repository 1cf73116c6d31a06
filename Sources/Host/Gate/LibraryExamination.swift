/// What can be said of a library's bytes, fact by fact and without stopping at the first: for `plugin check`.
package struct LibraryExamination: Sendable {
    package let path: String
    package let bytes: [UInt8]
    package let trustProblem: String?
    package let image: Result<ELFImage, ELFError>
    /// nil = no image, or no note in it.
    package let manifest: Result<Manifest, ManifestError>?
    /// What the dynamic loader wouldn't find, or would find beside the library.
    package let dependencyProblem: String?
    /// Libraries that only its run path finds.
    package let carriedLibraries: [String]

    /// - Throws: only if there is no readable file.
    package init(path: String) throws(LoadError) {
        self.path = path
        do {
            bytes = try FileBytes.read(path, limit: ObjectStore.limit)
        } catch {
            throw LoadError(.locate, error.reason)
        }
        trustProblem = FileTrust.problem(path)
        let read: Result<ELFImage, ELFError>
        do throws(ELFError) { read = .success(try ELFImage.read(bytes)) } catch { read = .failure(error) }
        image = read
        guard case .success(let found) = read else {
            (manifest, dependencyProblem, carriedLibraries) = (nil, nil, [])
            return
        }
        dependencyProblem = Dependencies.problem(found, originalFolder: Path.folder(of: Path.real(path) ?? path))
        carriedLibraries = Dependencies.carried(found)
        manifest = found.manifest.map { text in
            do throws(ManifestError) { return .success(try Manifest.read(text)) } catch { return .failure(error) }
        }
    }
}

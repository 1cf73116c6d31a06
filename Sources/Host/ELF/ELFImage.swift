/// What a shared library says about itself, read from its bytes before any of its code could run.
///
/// A truncated library is SIGBUS inside `dlopen`, or loads cleanly and crashes later; so everything the dynamic
/// loader will follow must lie inside the file.
package struct ELFImage: Sendable, Equatable {
    package var soname: String?
    package var needed: [String] = []
    /// RPATH and RUNPATH, as written.
    package var runPath: [String] = []
    /// Defined symbols of binding STB_GNU_UNIQUE: the process keeps one per name, so a second version of the
    /// library would run on the first one's data.
    package var uniqueSymbols: [String] = []
    /// Defined GLOBAL or WEAK functions and objects, without the linker's own names.
    package var exports: [String] = []
    /// Relocations in code (DT_TEXTREL): its pages become writable and private.
    package var hasTextRelocations = false
    /// Thread-local storage of the initial-exec model (DF_STATIC_TLS): dlopen fails once the spare room is used up.
    package var hasStaticTLS = false
    package var hasExecutableStack = false
    package var hasWritableCode = false
    /// The text of the manifest note; nil = there is none.
    package var manifest: String?

    /// Programs and libraries may not have more program headers than this.
    static let maximumSegments = 512

    package static func read(_ bytes: [UInt8]) throws(ELFError) -> ELFImage {
        // Typed throws don't pass through withUnsafeBytes, so the result does.
        let result: Result<ELFImage, ELFError> = bytes.withUnsafeBytes { raw in
            do throws(ELFError) {
                return .success(try ELFReader(ELFBytes(bytes: raw)).image())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

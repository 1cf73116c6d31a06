import PluginABI

/// One file of plugins.json, opened, hashed and mapped read-only by the host. Its content is the scorer's to
/// validate: the hash was right, the maker may still have been wrong.
public struct Asset: @unchecked Sendable {
    // @unchecked Sendable: read-only memory of the host that stays mapped until `destroy` returns, which is
    // as long as a scorer lives.
    private let memory: UnsafeRawBufferPointer
    public let name: String

    init(_ asset: mneme_asset) {
        name = asset.name.map { String(cString: $0) } ?? ""
        memory = UnsafeRawBufferPointer(start: asset.data, count: asset.data == nil ? 0 : Int(asset.bytes))
    }

    /// The file, 64-byte aligned. Keep the asset in the scorer and take the span where it is needed.
    public var bytes: RawSpan {
        @_lifetime(borrow self) borrowing get { memory.bytes }
    }
}

import PluginABI

/// What a test asks `create` for.
package struct Configuration {
    package enum Option {
        case number(Double)
        case integer(Int)
        case bool(Bool)
        case text(String)
    }

    package var options: [Option] = []
    package var columns: [String] = []
    package var eventColumns: [String] = []
    package var assets: [(name: String, bytes: [UInt8])] = []
    package init(options: [Option] = [], columns: [String] = [], eventColumns: [String] = []) {
        self.eventColumns = eventColumns
        self.options = options
        self.columns = columns
    }
}

/// Why a call failed.
package struct Refusal: Error, CustomStringConvertible {
    package let status: mneme_status
    package let message: String
    package var description: String { "\(status): \(message)" }
}

/// A model behind a plugin's table, called as a host calls it: crossing structs of exact size, each against a
/// guard page, and nothing but the table's functions.
package final class PluginModel {
    package static let schema: UInt64 = 0x5EED
    package let table: UnsafePointer<mneme_plugin_table>
    package let handle: OpaquePointer
    package let info: mneme_info
    private let host = Guarded<mneme_host>()
    private let memory: [GuardedMemory]

    package init(_ table: UnsafePointer<mneme_plugin_table>, _ wanted: Configuration) throws {
        var memory: [GuardedMemory] = []
        func place<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
            let block = GuardedMemory(bytes: elements.count * MemoryLayout<Element>.stride)
            memory.append(block)
            let start = block.start.assumingMemoryBound(to: Element.self)
            start.initialize(from: elements, count: elements.count)
            return start
        }
        func text(_ text: String) -> UnsafePointer<CChar> { UnsafePointer(place(Array(text.utf8CString))) }

        let options = wanted.options.map { option in
            var it = mneme_option(
                struct_size: UInt32(MemoryLayout<mneme_option>.size), kind: 0, number: 0, text: nil)
            switch option {
            case .number(let number): (it.kind, it.number) = (UInt32(MNEME_OPTION_NUMBER), number)
            case .integer(let integer): (it.kind, it.number) = (UInt32(MNEME_OPTION_INTEGER), Double(integer))
            case .bool(let bool): (it.kind, it.number) = (UInt32(MNEME_OPTION_BOOL), bool ? 1 : 0)
            case .text(let value): (it.kind, it.text) = (UInt32(MNEME_OPTION_TEXT), text(value))
            }
            return it
        }
        let assets = wanted.assets.map { asset in
            mneme_asset(
                struct_size: UInt32(MemoryLayout<mneme_asset>.size), reserved: 0, name: text(asset.name),
                data: place(asset.bytes), bytes: UInt64(asset.bytes.count))
        }
        let columns: [UnsafePointer<CChar>?] = wanted.columns.map(text)
        let eventColumns: [UnsafePointer<CChar>?] = wanted.eventColumns.map(text)

        let config = Guarded<mneme_config>()
        config.pointer.pointee.struct_size = UInt32(MemoryLayout<mneme_config>.size)
        config.pointer.pointee.option_count = UInt32(options.count)
        config.pointer.pointee.options = UnsafePointer(place(options))
        config.pointer.pointee.asset_count = UInt32(assets.count)
        config.pointer.pointee.assets = UnsafePointer(place(assets))
        config.pointer.pointee.row_column_count = UInt32(columns.count)
        config.pointer.pointee.row_columns = UnsafePointer(place(columns))
        config.pointer.pointee.event_column_count = UInt32(eventColumns.count)
        config.pointer.pointee.event_columns = UnsafePointer(place(eventColumns))
        config.pointer.pointee.embedding_model = text("")
        config.pointer.pointee.max_rows = 4096
        config.pointer.pointee.schema = Self.schema
        host.pointer.pointee.struct_size = UInt32(MemoryLayout<mneme_host>.size)

        let info = Guarded<mneme_info>()
        info.pointer.pointee.struct_size = UInt32(MemoryLayout<mneme_info>.size)
        let error = Guarded<mneme_error>()
        var model: OpaquePointer?
        let status = table.pointee.create(config.pointer, host.pointer, info.pointer, &model, error.pointer)
        guard status == MNEME_OK, let model else { throw error.refusal(status) }
        self.table = table
        self.memory = memory
        handle = model
        self.info = info.pointer.pointee
    }

    deinit { table.pointee.destroy(handle) }

    /// Scores the request; returns the status of an answer, throws that of a failure.
    @discardableResult
    package func score(_ request: Request, session: OpaquePointer? = nil) throws -> mneme_status {
        let error = Guarded<mneme_error>()
        let status = table.pointee.score(
            handle, session, request.batch.pointer, request.scores.pointer, error.pointer)
        guard status >= 0 else { throw error.refusal(status) }
        return status
    }
}

extension Guarded where Value == mneme_error {
    package func refusal(_ status: mneme_status) -> Refusal {
        let start = UnsafeRawPointer(pointer) + 8
        return Refusal(
            status: status, message: String(cString: start.assumingMemoryBound(to: CChar.self)))
    }
}

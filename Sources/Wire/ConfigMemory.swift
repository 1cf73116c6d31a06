import Glibc
import PluginABI

/// The C view of a create order, for the length of one `create`: everything is allocated here and freed with it.
package final class ConfigMemory {
    // Not Sendable on purpose: made, used and freed on one thread.
    package let config: UnsafeMutablePointer<mneme_config>
    private var blocks: [UnsafeMutableRawPointer] = []

    /// - Parameter assets: one per name of the order; they outlive this, the header promises them until `destroy`.
    package init(_ order: CreateOrder, assets: UnsafePointer<mneme_asset>?) {
        // 1 KiB and zeroed, as every crossing struct.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: Packing.slotBytes, alignment: 64)
        memset(memory, 0, Packing.slotBytes)
        config = memory.bindMemory(to: mneme_config.self, capacity: 1)
        blocks.append(memory)
        config.pointee.struct_size = UInt32(MemoryLayout<mneme_config>.size)
        config.pointee.option_count = UInt32(order.options.count)
        config.pointee.asset_count = UInt32(order.assets.count)
        config.pointee.row_column_count = UInt32(order.rowColumns.count)
        config.pointee.hop_column_count = UInt32(order.hopColumns.count)
        config.pointee.event_column_count = UInt32(order.eventColumns.count)
        config.pointee.embedding_dim = order.embeddingDimension
        config.pointee.dispatch_level = order.dispatchLevel
        config.pointee.max_rows = order.maxRows
        config.pointee.memory_bytes = order.memoryBytes
        config.pointee.seed = order.seed
        config.pointee.schema = order.schema
        config.pointee.options = options(order.options)
        config.pointee.assets = assets
        config.pointee.row_columns = names(order.rowColumns)
        config.pointee.hop_columns = names(order.hopColumns)
        config.pointee.event_columns = names(order.eventColumns)
        config.pointee.embedding_model = text(order.embeddingModel)
    }

    deinit { for block in blocks { block.deallocate() } }

    private func allocate<Element>(_ type: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        memset(block, 0, bytes)
        blocks.append(block)
        return block.bindMemory(to: Element.self, capacity: max(count, 1))
    }

    private func text(_ text: String) -> UnsafePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let copy = allocate(CChar.self, bytes.count)
        copy.update(from: bytes, count: bytes.count)
        return UnsafePointer(copy)
    }

    private func names(_ names: [String]) -> UnsafePointer<UnsafePointer<CChar>?> {
        let list = allocate(UnsafePointer<CChar>?.self, names.count)
        for (index, name) in names.enumerated() { list[index] = text(name) }
        return UnsafePointer(list)
    }

    private func options(_ values: [CreateOrder.OptionValue]) -> UnsafePointer<mneme_option> {
        let list = allocate(mneme_option.self, values.count)
        for (index, value) in values.enumerated() {
            list[index].struct_size = UInt32(MemoryLayout<mneme_option>.size)
            switch value {
            case .number(let kind, let number):
                list[index].kind = kind
                list[index].number = number
                list[index].text = text("")
            case .text(let string):
                list[index].kind = UInt32(MNEME_OPTION_TEXT)
                list[index].text = text(string)
            }
        }
        return UnsafePointer(list)
    }
}

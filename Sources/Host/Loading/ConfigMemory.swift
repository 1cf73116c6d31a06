import Glibc
import PluginABI

/// The C view of a plan, for the length of one `create`: everything is allocated here and freed with it.
///
/// Assets outlive it: the header promises them until `destroy`.
final class ConfigMemory {
    // Not Sendable on purpose: made, used and freed on the loader thread.
    let config: UnsafeMutablePointer<mneme_config>
    private var blocks: [UnsafeMutableRawPointer] = []

    init(
        _ plan: ModelPlan, assets: UnsafePointer<mneme_asset>?, assetCount: Int, environment: HostEnvironment
    ) {
        // 1 KiB and zeroed, as every crossing struct.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 1024, alignment: 64)
        memset(memory, 0, 1024)
        config = memory.bindMemory(to: mneme_config.self, capacity: 1)
        blocks.append(memory)

        config.pointee.struct_size = UInt32(MemoryLayout<mneme_config>.size)
        config.pointee.option_count = UInt32(plan.options.count)
        config.pointee.asset_count = UInt32(assetCount)
        config.pointee.row_column_count = UInt32(plan.rowColumns.count)
        config.pointee.hop_column_count = UInt32(plan.hopColumns.count)
        config.pointee.event_column_count = UInt32(plan.eventColumns.count)
        config.pointee.max_rows = UInt32(plan.maxRows)
        config.pointee.seed = environment.seed
        config.pointee.schema = plan.schema
        config.pointee.options = options(plan)
        config.pointee.assets = assets
        config.pointee.row_columns = names(plan.rowColumns)
        config.pointee.hop_columns = names(plan.hopColumns)
        config.pointee.event_columns = names(plan.eventColumns)
        let seesVectors = plan.inputs[.rowEmbeddings] != nil || plan.inputs[.queryEmbedding] != nil
        let embedding = seesVectors ? environment.embedding : nil
        config.pointee.embedding_dim = UInt32(embedding?.dimension ?? 0)
        config.pointee.embedding_model = text(embedding?.model ?? "")
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

    private func options(_ plan: ModelPlan) -> UnsafePointer<mneme_option> {
        let list = allocate(mneme_option.self, plan.options.count)
        for (index, value) in plan.options.enumerated() {
            let kind =
                switch plan.file.manifest.options[index].kind {
                case .number: MNEME_OPTION_NUMBER
                case .integer: MNEME_OPTION_INTEGER
                case .bool: MNEME_OPTION_BOOL
                case .text, .choice: MNEME_OPTION_TEXT
                }
            list[index].struct_size = UInt32(MemoryLayout<mneme_option>.size)
            list[index].kind = UInt32(kind)
            switch value {
            case .number(let number):
                list[index].number = number
                list[index].text = text("")
            case .text(let string): list[index].text = text(string)
            }
        }
        return UnsafePointer(list)
    }
}

import Glibc
import Platform
import PluginABI
import Wire

/// What `create` said, judged against the manifest.
struct MadeFacts: Sendable {
    let info: mneme_info
    /// Heads to ask for.
    let headMask: UInt32

    init(_ info: mneme_info, _ plan: ModelPlan) throws(LoadError) {
        self.info = info
        headMask = try MadeModel.judge(info, plan)
    }
}

/// What `create` made: the plugin's pointer, and what must live until `destroy` has returned.
final class MadeModel: @unchecked Sendable {
    // @unchecked Sendable: constant; `destroy` is called once, by the one owner, and runs on the loader thread.
    let pointer: OpaquePointer
    let facts: MadeFacts
    /// `create` changed the floating-point mode; it was restored.
    let changedFloatMode: Bool
    private let library: Library
    private let support: HostSupport

    private init(
        _ pointer: OpaquePointer, _ facts: MadeFacts, changedFloatMode: Bool,
        _ library: Library, _ support: HostSupport
    ) {
        self.pointer = pointer
        self.facts = facts
        self.changedFloatMode = changedFloatMode
        self.library = library
        self.support = support
    }

    /// Calls `create` on the loader thread.
    static func make(
        _ plan: ModelPlan, _ library: Library, assets: [MappedAsset], _ environment: HostEnvironment
    ) throws(LoadError) -> MadeModel {
        let support = HostSupport(assets: assets, scorer: plan.setting.id, environment)
        let result = LoaderThread.shared.run(seconds: Library.loadSeconds) {
            create(plan, library, support, environment)
        }
        guard let result else {
            throw LoadError(.create, "create took longer than \(Library.loadSeconds) s; restart without it")
        }
        return try result.get()
    }

    /// [load]
    private static func create(
        _ plan: ModelPlan, _ library: Library, _ support: HostSupport, _ environment: HostEnvironment
    ) -> Result<MadeModel, LoadError> {
        let memory = ConfigMemory(plan.order(environment), assets: support.assetTable)
        // 1 KiB each and zeroed: a newer plugin may know longer structs than this host.
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: 2048, alignment: 64)
        defer { scratch.deallocate() }
        memset(scratch, 0, 2048)
        let info = scratch.bindMemory(to: mneme_info.self, capacity: 1)
        let error = (scratch + 1024).bindMemory(to: mneme_error.self, capacity: 1)
        info.pointee.struct_size = UInt32(MemoryLayout<mneme_info>.size)
        error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
        var pointer: OpaquePointer?
        guard let make = library.table.pointee.create else {
            return .failure(LoadError(.create, "create is null"))
        }
        FloatMode.enter()
        let status = make(memory.config, support.host, info, &pointer, error)
        let changed = FloatMode.leave()
        guard status == MNEME_OK else {
            let message = status < 0 ? ErrorText.read(error) : "which create may not return"
            return .failure(LoadError(.create, "\(ScoringFailure.name(status)): \(message)"))
        }
        guard let pointer else {
            return .failure(LoadError(.create, "it returned OK and no model"))
        }
        do throws(LoadError) {
            let facts = try MadeFacts(info.pointee, plan)
            return .success(MadeModel(pointer, facts, changedFloatMode: changed, library, support))
        } catch {
            library.table.pointee.destroy?(pointer)
            return .failure(error)
        }
    }

    /// What `create` says must fit what the manifest says. Returns the heads to ask for.
    static func judge(_ info: mneme_info, _ plan: ModelPlan) throws(LoadError) -> UInt32 {
        let manifest = plan.file.manifest
        let known = manifest.heads.count == 32 ? UInt32.max : UInt32(1) << UInt32(manifest.heads.count) - 1
        guard info.heads & ~known == 0 else {
            throw LoadError(
                .create,
                "the manifest lies: create offers heads 0b\(String(info.heads, radix: 2)), the manifest has \(manifest.heads.count)"
            )
        }
        guard info.part_count == 0 || Int(info.part_count) == manifest.parts.count else {
            throw LoadError(
                .create,
                "the manifest lies: it names \(manifest.parts.count) parts, create says \(info.part_count)")
        }
        let offered = info.heads == 0 ? 1 : info.heads
        let mask = plan.wantedHeads & offered
        guard mask != 0 else {
            throw LoadError(
                .heads,
                "these assets offer heads 0b\(String(offered, radix: 2)), wanted are 0b\(String(plan.wantedHeads, radix: 2))"
            )
        }
        return mask
    }

    var table: UnsafePointer<mneme_plugin_table> { library.table }

    /// Ends the model on the loader thread, some time, after its sessions; the last call has returned.
    func destroy(after sessions: ModelSessions?) {
        LoaderThread.shared.submit { [self] in
            sessions?.closeAll()
            FloatMode.enter()
            library.table.pointee.destroy?(pointer)
            _ = FloatMode.leave()
            withExtendedLifetime(support) {}
        }
    }
}

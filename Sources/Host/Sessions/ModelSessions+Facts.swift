import PluginABI

extension ModelSessions.Facts {
    /// nil = the scorer keeps no state, or may not see the events that would make it.
    init?(_ plan: ModelPlan, _ info: mneme_info, _ settings: PluginsFile) {
        let manifest = plan.file.manifest
        // Version 0: these assets keep no state, whatever the manifest allows (mneme_info).
        guard let state = manifest.state, plan.inputs[.history] != nil, info.state_version != 0 else { return nil }
        scorer = plan.setting.id
        pluginID = manifest.id
        pluginVersion = manifest.version
        stateVersion = info.state_version
        imports = Set(state.imports.map { UInt32($0) }).union([stateVersion])
        stateID = info.state_id
        eventColumns = plan.eventColumns
        eventSchema = Columns.schema(row: [], hop: [], event: plan.eventColumns)
        hasCompact = state.hasCompact
        wantsEmbeddings = plan.inputs[.queryEmbedding] != nil
        sessionBytes = Int(clamping: info.session_bytes)
        // The scorer knows better how much past it needs, if it needs more.
        replayEvents = max(UInt64(settings.sessions.replayEvents), UInt64(info.replay_events))
        checkpointEveryEvents = UInt64(settings.sessions.checkpointEveryEvents)
        memoryBytes = settings.limits.sessionMemoryMegabytes << 20
        compactAfterNanoseconds = Int64(settings.sessions.compactAfterIdleMinutes * 60e9)
    }
}

import Platform
import PluginABI
import Wire

// Sessions and state, as the host asks for them.
extension TrialWorker {
    package func openSession(_ key: UInt64) throws(TrialFailure) {
        try ask("session_open", Int(MNEME_DO_OPEN)) { $0.pointee.session = key }
    }

    package func closeSession(_ key: UInt64) throws(TrialFailure) {
        try ask("session_close", Int(MNEME_DO_CLOSE)) { $0.pointee.session = key }
    }

    package func advance(_ key: UInt64, _ events: ProbeEvents) throws(TrialFailure) {
        let memory = ProbeMemory(events)
        let start = Int(MNEME_LANE_PAGE)
        try pack(memory, at: start)
        try exchange("advance", Int(MNEME_DO_ADVANCE)) { page in
            page.pointee.struct_at = UInt64(start)
            page.pointee.has_session = 1
            page.pointee.session = key
        }
    }

    package func exportState(_ key: UInt64?) throws(TrialFailure) -> [UInt8] {
        try ask("export_state", Int(MNEME_DO_EXPORT)) { page in
            page.pointee.form = UInt32(MNEME_STATE_EXACT)
            if let key {
                page.pointee.has_session = 1
                page.pointee.session = key
            }
        }
        guard let answer = lastPayload else { throw .unable("export_state claims more bytes than there was room for") }
        return answer
    }

    package func importState(_ key: UInt64?, version: UInt32, _ bytes: [UInt8]) throws(TrialFailure) {
        try ask("import_state", Int(MNEME_DO_IMPORT), payload: bytes) { page in
            page.pointee.form = UInt32(MNEME_STATE_EXACT)
            page.pointee.state_version = version
            if let key {
                page.pointee.has_session = 1
                page.pointee.session = key
            }
        }
    }
}

import Platform

extension TrialFault {
    private static let structs = ["mneme_scores", "mneme_info", "mneme_error", "mneme_host", "the batch's struct"]
    package static let arrays = [
        "column_present", "row_features", "row_ids", "row_embeddings", "row_has_embedding", "row_text_offsets",
        "row_text_bytes", "query_embedding", "query_text", "focal_ids", "path_offsets", "path_ids", "hop_offsets",
        "hop_features", "hop_ids", "hop_kinds", "scores.values", "scores.confidence", "scores.row_status",
        "scores.path_values", "scores.parts",
    ]

    init(place: UInt32, index: UInt32) {
        func name(_ names: [String]) -> String { Int(index) < names.count ? names[Int(index)] : "number \(index)" }
        switch Int(place) {
        case Int(MNEME_FAULT_ELSEWHERE): self = .wildPointer
        case Int(MNEME_FAULT_STRUCT): self = .behindStruct(name(Self.structs))
        case Int(MNEME_FAULT_ROWS): self = .behindRows(name(Self.arrays))
        case Int(MNEME_FAULT_INPUT): self = .wroteInput
        case Int(MNEME_FAULT_STACK): self = .stackOverflow
        case Int(MNEME_FAULT_CALL): self = .forbiddenCall(Int(index))
        default: self = .unknown
        }
    }

    /// Of those that plugins are caught with.
    static func name(of number: Int) -> String {
        let names = [
            Int(CALL_socket): "socket", Int(CALL_connect): "connect", Int(CALL_fork): "fork", Int(CALL_vfork): "vfork",
            Int(CALL_clone): "clone (a process or a thread)", Int(CALL_execve): "execve", Int(CALL_write): "write",
            Int(CALL_kill): "kill", Int(CALL_ptrace): "ptrace", Int(CALL_prctl): "prctl", Int(CALL_mmap): "mmap (executable)",
            Int(CALL_mprotect): "mprotect (executable)", Int(CALL_openat): "openat", Int(CALL_open): "open",
        ]
        if number < 0 { return "which one is not known (making a thread or a process blocks all signals)" }
        return names[number].map { "\($0) (\(number))" } ?? "number \(number)"
    }
}

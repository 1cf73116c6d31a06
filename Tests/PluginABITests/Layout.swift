/// The layout of version 1, once. The C header, as C and as C++, and the Rust twin are judged by this table.
///
/// A later minor appends lines at the end of a record and raises its size; it never changes a number
/// that stands here (docs/abi.md).
struct Layout {
    let name: String
    let size: Int
    let fields: [(name: String, offset: Int)]

    init(_ name: String, _ size: Int, _ fields: String) {
        self.name = name
        self.size = size
        self.fields = pairs(fields).map { ($0.name, $0.value) }
    }

    static let records: [Layout] = [
        .init(
            "mneme_error", 512,
            """
            struct_size 0, code 4, message 8
            """),
        .init(
            "mneme_array", 32,
            """
            data 0, bytes 8, rows 16, cols 20, stride 24, type 28
            """),
        .init(
            "mneme_option", 24,
            """
            struct_size 0, kind 4, number 8, text 16
            """),
        .init(
            "mneme_asset", 32,
            """
            struct_size 0, reserved 4, name 8, data 16, bytes 24
            """),
        .init(
            "mneme_config", 112,
            """
            struct_size 0, option_count 4, asset_count 8, row_column_count 12, hop_column_count 16,
            event_column_count 20, embedding_dim 24, dispatch_level 28, max_rows 32, reserved 36,
            memory_bytes 40, seed 48, schema 56, options 64, assets 72, row_columns 80, hop_columns 88,
            event_columns 96, embedding_model 104
            """),
        .init(
            "mneme_info", 48,
            """
            struct_size 0, heads 4, inputs 8, state_version 12, state_id 16, session_bytes 24,
            replay_events 32, part_count 36, nanoseconds_per_row 40, nanoseconds_per_event 44
            """),
        .init(
            "mneme_host", 24,
            """
            struct_size 0, reserved 4, context 8, log 16
            """),
        .init(
            "mneme_batch", 576,
            """
            struct_size 0, target 4, rows 8, heads 12, schema 16, request 24, now_ms 32, deadline_ns 40,
            cancel 48, utc_offset_s 56, reserved 60, column_present 64, row_features 96, row_ids 128,
            row_embeddings 160, row_has_embedding 192, row_text_offsets 224, row_text_bytes 256,
            query_embedding 288, query_text 320, focal_ids 352, path_offsets 384, path_ids 416,
            hop_offsets 448, hop_features 480, hop_ids 512, hop_kinds 544
            """),
        .init(
            "mneme_scores", 168,
            """
            struct_size 0, rows_done 4, values 8, confidence 40, row_status 72, path_values 104,
            parts 136
            """),
        .init(
            "mneme_events", 248,
            """
            struct_size 0, rows 4, schema 8, first_sequence 16, times_ms 24, features 56, id_offsets 88,
            ids 120, id_roles 152, embeddings 184, has_embedding 216
            """),
        .init(
            "mneme_outcomes", 216,
            """
            struct_size 0, rows 4, schema 8, request 16, row_ids 24, path_ids 56, kinds 88, values 120,
            times_ms 152, propensities 184
            """),
        .init(
            "mneme_plugin_table", 104,
            """
            magic 0, struct_size 4, abi_major 8, abi_minor 12, id 16, version 24, create 32, destroy 40,
            session_open 48, session_close 56, advance 64, score 72, export_state 80, import_state 88,
            observe 96
            """),
    ]

    static let constants: [(name: String, value: Int)] = pairs(
        """
        MNEME_ABI_MAJOR 1, MNEME_ABI_MINOR 0, MNEME_MAGIC 827149901, MNEME_COMPACT_BYTES 256,
        MNEME_UNWRITTEN_BITS 2143346349, MNEME_NOTE_TYPE 1296957441, MNEME_MANIFEST_MAX_BYTES 65536,
        MNEME_OK 0, MNEME_PARTIAL 1, MNEME_CANCELLED 2, MNEME_INVALID -1, MNEME_SCHEMA -2, MNEME_STATE -3,
        MNEME_ASSET -4, MNEME_OPTION -5, MNEME_MEMORY -6, MNEME_UNSUPPORTED -7, MNEME_INTERNAL -8,
        MNEME_F32 1, MNEME_F16 2, MNEME_U8 3, MNEME_U32 4, MNEME_U64 5, MNEME_I64 6, MNEME_OPTION_NUMBER 1,
        MNEME_OPTION_INTEGER 2, MNEME_OPTION_BOOL 3, MNEME_OPTION_TEXT 4, MNEME_INPUT_ROW_TEXTS 1,
        MNEME_INPUT_QUERY_TEXT 2, MNEME_INPUT_ROW_EMBEDDINGS 4, MNEME_INPUT_QUERY_EMBEDDING 8,
        MNEME_INPUT_PATHS 16, MNEME_INPUT_HISTORY 32, MNEME_LOG_DEBUG 0, MNEME_LOG_INFO 1,
        MNEME_LOG_WARNING 2, MNEME_LOG_ERROR 3, MNEME_LOG_FAULT 4, MNEME_OVER_CANDIDATE 1,
        MNEME_OVER_ASPECT 2, MNEME_OVER_ENTITY 3, MNEME_OVER_SESSION 4, MNEME_OVER_PAIR 5,
        MNEME_OVER_PATH 6, MNEME_HOP_ENTITY 1, MNEME_HOP_ASPECT 2, MNEME_HOP_ATTRIBUTE 3,
        MNEME_HOP_MEMORY 4, MNEME_ROW_OK 0, MNEME_ROW_ABSTAIN 1, MNEME_ROLE_FOCAL 1, MNEME_ROLE_ASPECT 2,
        MNEME_ROLE_INJECTED 3, MNEME_ROLE_REFERENCED 4, MNEME_OUTCOME_RATING 1, MNEME_OUTCOME_REFERENCED 2,
        MNEME_OUTCOME_HIT 3, MNEME_OUTCOME_PIN 4, MNEME_OUTCOME_FORGET 5, MNEME_OUTCOME_UNDONE 6,
        MNEME_STATE_EXACT 1, MNEME_STATE_COMPACT 2
        """)
}

/// Reads `name number, name number, …`.
private func pairs(_ text: String) -> [(name: String, value: Int)] {
    text.split(separator: ",").map { pair in
        let words = pair.split(whereSeparator: \.isWhitespace)
        // Force unwrap: the text is the table above; a misprint should stop the tests.
        return (String(words[0]), Int(words[1])!)
    }
}

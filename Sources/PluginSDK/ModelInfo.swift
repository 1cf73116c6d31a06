import PluginABI

/// What a model tells about itself once it is made. Zero says «none» or «unknown».
public struct ModelInfo: Sendable {
    /// Bit i: the manifest's head i is offered with these assets. Zero: the first head only.
    public var heads: UInt32 = 0
    /// Inputs beyond the row columns that these assets really use; the host skips the rest.
    public var inputs: Inputs = []
    /// Version of the exported state's layout; zero: no state.
    public var stateVersion: UInt32 = 0
    /// Which weights a state belongs to: a state is imported only where ids are equal.
    public var stateID: UInt64 = 0
    /// Memory of one session.
    public var sessionBytes: UInt64 = 0
    /// How many past events rebuild a session well enough.
    public var replayEvents: UInt32 = 0
    /// Columns of ``Scores/explain(_:_:_:)``; zero: no explanation.
    public var partCount: UInt32 = 0
    /// First estimates of cost; the host measures and replaces them.
    public var nanosecondsPerRow: UInt32 = 0
    public var nanosecondsPerEvent: UInt32 = 0

    public init() {}

    /// Inputs that a manifest may ask for and plugins.json may grant.
    public struct Inputs: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let rowTexts = Inputs(rawValue: UInt32(MNEME_INPUT_ROW_TEXTS))
        public static let queryText = Inputs(rawValue: UInt32(MNEME_INPUT_QUERY_TEXT))
        public static let rowEmbeddings = Inputs(rawValue: UInt32(MNEME_INPUT_ROW_EMBEDDINGS))
        public static let queryEmbedding = Inputs(rawValue: UInt32(MNEME_INPUT_QUERY_EMBEDDING))
        public static let paths = Inputs(rawValue: UInt32(MNEME_INPUT_PATHS))
        public static let history = Inputs(rawValue: UInt32(MNEME_INPUT_HISTORY))
    }

    /// Field by field: the host's struct may be longer than ours.
    func write(to info: UnsafeMutablePointer<mneme_info>) {
        info.pointee.heads = heads
        info.pointee.inputs = inputs.rawValue
        info.pointee.state_version = stateVersion
        info.pointee.state_id = stateID
        info.pointee.session_bytes = sessionBytes
        info.pointee.replay_events = replayEvents
        info.pointee.part_count = partCount
        info.pointee.nanoseconds_per_row = nanosecondsPerRow
        info.pointee.nanoseconds_per_event = nanosecondsPerEvent
        info.pointee.struct_size = UInt32(MemoryLayout<mneme_info>.size)
    }
}

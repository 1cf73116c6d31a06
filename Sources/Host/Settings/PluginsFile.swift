/// `plugins.json`, read and judged as a whole. A value: what runs is a `Configuration` made from it.
///
/// Field by field the table is `docs/schema/plugins-1.json`; one corpus of good and bad files is judged alike
/// by both.
package struct PluginsFile: Sendable {
    package static let version = 1

    package var paths = Paths()
    package var turn = Turn()
    package var limits = Limits()
    package var trust = Trust()
    package var sessions = Sessions()
    package var health = Health()
    package var loadGate = LoadGate()
    package var scorers: [ScorerSetting] = []
    package var combiner = CombinerSetting()
    /// Used when the combiner has nobody left: first of these that answered.
    package var fallback: [String] = [PluginsFile.floor]
    package var exploration = Exploration()
    package var embedder: Embedder?
    /// SHA-256 of the bytes that were read, hexadecimal; empty = there was no file.
    package var hash = ""
    /// As it was read, and from where.
    package var text = ""
    package var path = ""
    /// The folder that relative paths mean.
    package var folder = "."

    package init() {}

    /// Without a file: the heuristic's library, then the floor.
    package static let builtIn = """
        {
          "version": 1,
          "trust": { "unpinned": "allow" },
          "scorers": [{ "id": "heuristic", "library": "libHeuristicScorer.so", "tier": "inline" }],
          "combiner": { "kind": "first" },
          "fallback": ["heuristic", "@floor"]
        }
        """

    /// Id of the scorer that is compiled in.
    package static let floor = "@floor"

    package struct Paths: Sendable {
        /// Where bare library names are looked up, in order.
        package var plugins: [String] = []
        /// Content-addressed store for private copies; nil = `$XDG_DATA_HOME/mneme/objects`.
        package var objects: String?
        package var keepRevisions = 10
    }

    package struct Turn: Sendable {
        /// From features ready to scores collected.
        package var scoringBudgetMilliseconds = 5.0
        /// Kept back from the caller's own deadline for selection and logging.
        package var selectionReserveMilliseconds = 1.0
        /// Rows per call for scorers of scope row; the largest batch for those of scope list.
        package var rowsPerCall = 4096
    }

    package struct Limits: Sendable {
        package var residentLibraries = 64
        package var workers = 8
        /// Private memory of one worker.
        package var workerMemoryMegabytes = 256
        /// Shared memory of one worker, each way; untouched pages cost nothing.
        package var arenaMegabytes = 64
        /// Of one scorer's open sessions together, as the scorer says what one takes.
        package var sessionMemoryMegabytes = 128
        package var hungThreads = 2
    }

    /// State that scorers keep per session.
    package struct Sessions: Sendable, Equatable {
        package var checkpointEveryEvents = 64
        /// Where a state can't be used; a scorer that says more gets more.
        package var replayEvents = 256
        package var compactAfterIdleMinutes = 30.0
    }

    package struct Trust: Sendable {
        package enum Unpinned: String, Sendable, CaseIterable { case allow, warn, refuse }
        package enum Writable: String, Sendable, CaseIterable { case refuse, warn }
        package var unpinned = Unpinned.warn
        package var writableByOthers = Writable.refuse
        /// Where a scorer runs that names no tier.
        package var thirdPartyTier = Tier.process
    }

    /// When a scorer is left alone for a while.
    package struct Health: Sendable, Equatable {
        /// Late answers in a row that open the breaker.
        package var openAfterLate = 3
        package var openAfterErrors = 3
        /// How long it stays open before a probe.
        package var halfOpenAfterMilliseconds = 1000.0
        package var restartBackoffMilliseconds: [Double] = [10, 100, 1000, 10_000]
    }

    /// How a scorer is judged before it goes live.
    package struct LoadGate: Sendable, Equatable {
        package enum World: String, Sendable, CaseIterable { case quick, full }
        /// The only one: what served before goes on serving.
        package enum Failure: String, Sendable, CaseIterable { case keepIncumbent = "keep-incumbent" }
        /// Of the whole gate, per scorer. Ten times what a good scorer needs: other programs run here too.
        package var timeoutMilliseconds = 5000.0
        /// Planted worlds to rank; empty = none.
        package var worlds: [World] = [.quick]
        /// Of probes and worlds.
        package var worldSeed: UInt64 = 7
        package var onFailure = Failure.keepIncumbent
    }

    package struct Exploration: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            case none
            case plackettLuce = "plackett-luce"
        }
        package var kind = Kind.none
        package var temperature = 0.15
        /// nil = drawn anew per turn.
        package var seed: UInt64?
    }

    package struct Embedder: Sendable, Equatable {
        /// Program and arguments.
        package var command: [String]
        package var model: String
        package var dimension: Int
    }
}

/// Where a scorer runs.
package enum Tier: String, Sendable, CaseIterable {
    /// The caller's thread: trusted, cheap, polls the cancel word.
    case inline
    /// A thread of its own in this process.
    case watched
    /// A process of its own: what it does ends there.
    case process
}

/// A file named in plugins.json, with the hash it must have.
package struct PinnedFile: Sendable, Equatable {
    package var path: String
    package var sha256: String?
    package var position: TextPosition
    /// Of the path's text, and whether it stands alone rather than in { "path": … }.
    package var pathPosition = TextPosition(line: 1, column: 1)
    package var isBare = false
}

package struct ScorerSetting: Sendable {
    package var id: String
    package var position: TextPosition
    package var library: PinnedFile
    /// nil = the library is a plugin.
    package var foreign: ForeignSetting?
    /// nil = `trust.thirdPartyTier`.
    package var tier: Tier?
    /// Soft, from hand-over; nil = the turn's budget.
    package var deadlineMilliseconds: Double?
    /// From the soft deadline to SIGKILL, in the process tier.
    package var graceMilliseconds = 250.0
    package var sandbox = SandboxSetting()
    package var assets: [String: PinnedFile] = [:]
    /// As written; keys, types and ranges are the manifest's to judge.
    package var options: [JSONMember] = []
    /// Subset of the manifest's heads; nil = all that the assets support.
    package var heads: [(text: String, node: JSONNode)]?
    package var grants: Set<Grant> = []
    /// Rows with the score that they must get, checked before it goes live.
    package var golden: [GoldenRecord] = []
    /// A file with such records instead.
    package var goldenFile: PinnedFile?
    /// false = validated and pinned, not loaded.
    package var isEnabled = true
}

/// What a worker may use.
package struct SandboxSetting: Sendable, Equatable {
    /// Threads that it may make, if its manifest asks for some.
    package var threads = 0
    /// nil = `limits.workerMemoryMegabytes`.
    package var memoryMegabytes: Int?
}

/// Inputs beyond the row columns that a scorer may be given.
package enum Grant: String, Sendable, CaseIterable, Comparable {
    case rowTexts = "row-texts"
    case queryText = "query-text"
    case rowEmbeddings = "row-embeddings"
    case queryEmbedding = "query-embedding"
    case paths
    case history

    package static func < (left: Grant, right: Grant) -> Bool { left.rawValue < right.rawValue }
}

package struct CombinerSetting: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The first scorer of the list that answered.
        case first
        /// Σ weight · robust z over the scorers that answered.
        case fixed
        /// Σ 1 / (k + rank).
        case rrf
        /// Σ w · v with weights per candidate from a trained file.
        case gate
    }

    package var kind = Kind.first
    /// Scorers it may see, in order; empty = all enabled, in the file's order.
    package var scorers: [String] = []
    /// Of `fixed`.
    package var weights: [String: Double] = [:]
    /// Of `rrf`.
    package var k = 60.0
    /// Of `gate`, and there always.
    package var gate: GateSetting?
}

package struct GateSetting: Sendable, Equatable {
    /// What becomes of a turn that a scorer answers whom the weights don't know.
    package enum Strangers: String, Sendable, CaseIterable {
        /// `fallback` answers the turn.
        case fallback
        /// The gate answers without it.
        case ignore
    }

    package var weights: PinnedFile
    /// Divides the scores; nil = what the weights say.
    package var temperature: Double?
    package var whenNoWeightsFor = Strangers.fallback
}

/// plugins.json was refused; whatever ran before keeps running.
package struct PluginsFileError: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let complaints: [Complaint]

    package var description: String {
        let lines = complaints.map {
            "\(path):\($0.position.line):\($0.position.column): \($0.key.isEmpty ? "" : "\($0.key): ")"
                + "found \($0.found); allowed: \($0.allowed)"
        }
        return lines.joined(separator: "\n")
    }
}

/// What a library says about itself in its ELF note. The host believes none of it that it can check.
package struct Manifest: Sendable {
    package var id = ""
    package var version = ""
    package var licence: String?
    package var abiMajor = 0
    package var abiMinor = 0
    package var isa = "baseline"
    package var toolchain: (language: String, version: String)?
    package var scope = Scope.row
    /// `score` may run concurrently with itself on one model.
    package var isConcurrent = false
    package var isDeterministic = false
    package var learns = false
    package var threads = 0
    package var rowColumns: [Column] = []
    package var hopColumns: [Column] = []
    package var eventColumns: [Column] = []
    /// Inputs beyond the columns, and whether the scorer can do without.
    package var inputs: [Grant: Input] = [:]
    package var heads: [Head] = []
    /// Names of the columns of `scores.parts`.
    package var parts: [String] = []
    /// nil = it keeps no state.
    package var state: State?
    package var options: [Option] = []
    package var assets: [AssetSlot] = []
    /// The JSON, as it stands in the library.
    package var text = ""

    package enum Scope: String, Sendable, CaseIterable { case row, list }
    package enum Scale: String, Sendable, CaseIterable {
        case logit, probability
        case rankOnly = "rank-only"
    }
    package enum Target: String, Sendable, CaseIterable {
        case candidate, aspect, entity, session, pair, path
    }

    package struct Column: Sendable, Equatable {
        package var name: String
        package var isRequired: Bool
        /// More of it never ranks lower.
        package var isMonotone: Bool
    }

    package struct Input: Sendable, Equatable {
        package var isRequired: Bool
        /// Of texts, per row.
        package var maxBytes: Int?
    }

    package struct Head: Sendable, Equatable {
        package var name: String
        package var over: Target
        package var scale: Scale
        package var isCalibrated: Bool
    }

    package struct State: Sendable, Equatable {
        /// Of what it exports.
        package var version = 1
        /// Versions that it can import.
        package var imports: [Int] = []
        /// It has a compact form too.
        package var hasCompact = false
    }

    package struct AssetSlot: Sendable, Equatable {
        package var name: String
        package var format: String?
        package var isRequired: Bool
        package var maxBytes: Int?
    }

    package struct Option: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case number(ClosedRange<Double>)
            case integer(ClosedRange<Double>)
            case bool
            case text
            case choice([String])
        }
        package var name: String
        package var kind: Kind
        package var standard: OptionValue
        package var help: String?
    }
}

/// An option's value as it crosses the ABI.
package enum OptionValue: Sendable, Equatable {
    case number(Double)
    case text(String)
}

/// The manifest was refused.
package struct ManifestError: Error, Sendable {
    package let complaints: [Complaint]
    package var message: String { "manifest: " + complaints.map(\.description).joined(separator: "; ") }
}

import Engine

/// How a run ended: BSD's sysexits where they fit. The numbers are documented and don't change.
enum RunStatus: Int32, Sendable, CaseIterable {
    case ok = 0
    /// The answer is no: the id doesn't exist, `--fail-if-empty` found nothing, `doctor` found a problem.
    case notFound = 1
    case usage = 64
    case badData = 65
    case missingInput = 66
    case unavailable = 69
    case internalFault = 70
    case cannotCreate = 73
    /// Standard output can't be written (a full disk).
    case outputFailed = 74
    case configuration = 78

    /// The stable name of the family, as it stands in JSON errors.
    var name: String {
        switch self {
        case .ok: "ok"
        case .notFound: "not-found"
        case .usage: "usage"
        case .badData: "invalid-input"
        case .missingInput: "missing-input"
        case .unavailable: "unavailable"
        case .internalFault: "internal"
        case .cannotCreate: "cannot-create"
        case .outputFailed: "output-failed"
        case .configuration: "configuration"
        }
    }

    init(_ code: EngineError.Code) {
        switch code {
        case .invalidInput: self = .badData
        case .notFound: self = .notFound
        case .store, .unsupported: self = .unavailable
        case .configuration: self = .configuration
        case .internalFault: self = .internalFault
        }
    }
}

import PluginABI

/// A scorer that may be asked anything, because nobody depends on it: in a worker, or made up by a test.
package protocol TrialSubject: AnyObject {
    /// What there is to know of it before it is asked.
    var facts: TrialFacts { get }

    func score(_ probe: ProbeBatch, session: UInt64?) throws(TrialFailure) -> ProbeAnswer
    func openSession(_ key: UInt64) throws(TrialFailure)
    func closeSession(_ key: UInt64) throws(TrialFailure)
    func advance(_ key: UInt64, _ events: ProbeEvents) throws(TrialFailure)
    /// nil = what the model has learned.
    func exportState(_ key: UInt64?) throws(TrialFailure) -> [UInt8]
    func importState(_ key: UInt64?, version: UInt32, _ bytes: [UInt8]) throws(TrialFailure)
}

extension TrialSubject {
    package func score(_ probe: ProbeBatch) throws(TrialFailure) -> ProbeAnswer { try score(probe, session: nil) }
}

package struct TrialFacts: Sendable {
    package var manifest: Manifest
    package var headMask: UInt32
    package var partCount: Int
    package var stateVersion: UInt32
    package var offersSessions: Bool
    package var offersAdvance: Bool
    package var offersState: Bool
    package var maxRows: Int

    package init(
        manifest: Manifest, headMask: UInt32 = 1, partCount: Int = 0, stateVersion: UInt32 = 0, offersSessions: Bool = false,
        offersAdvance: Bool = false, offersState: Bool = false, maxRows: Int = 4096
    ) {
        self.manifest = manifest
        self.headMask = headMask
        self.partCount = partCount
        self.stateVersion = stateVersion
        self.offersSessions = offersSessions
        self.offersAdvance = offersAdvance
        self.offersState = offersState
        self.maxRows = maxRows
    }

    /// Scale of the first head that is asked for.
    package var scale: Manifest.Scale {
        let index = headMask.trailingZeroBitCount
        return manifest.heads.indices.contains(index) ? manifest.heads[index].scale : .rankOnly
    }

    package var keepsState: Bool { (manifest.state != nil) && offersState && stateVersion > 0 }
}

/// Why a trial gave no answer.
package enum TrialFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// It returned an error.
    case refused(operation: String, status: Int32, message: String)
    /// It didn't return in time; its process was killed.
    case late(operation: String, seconds: Double)
    /// Its process ended.
    case died(operation: String, reason: String, fault: TrialFault)
    /// What it is doesn't fit what the manifest says.
    case unfit(LoadError)
    /// The trial itself couldn't be made.
    case unable(String)

    /// The call that came to nothing; empty = none was made.
    package var operation: String {
        switch self {
        case .refused(let operation, _, _), .late(let operation, _), .died(let operation, _, _): operation
        case .unfit, .unable: ""
        }
    }

    package var description: String {
        switch self {
        case .refused(let operation, let status, let message):
            "\(operation) failed with \(ScoringFailure.name(status)): \(message)"
        case .late(let operation, let seconds): "\(operation) didn't return within \(seconds) s"
        case .died(let operation, let reason, let fault):
            "\(operation) ended the process: \(fault.isKnown ? fault.description : reason)"
        case .unfit(let error): error.description
        case .unable(let reason): "\(reason)"
        }
    }
}

/// Where a process died.
package enum TrialFault: Sendable, Equatable, CustomStringConvertible {
    case unknown
    case wildPointer
    case behindStruct(String)
    case behindRows(String)
    case wroteInput
    case stackOverflow
    case forbiddenCall(Int)

    var isKnown: Bool { self != .unknown }

    package var description: String {
        switch self {
        case .unknown: "it died"
        case .wildPointer: "SIGSEGV at an address that is none of the call's"
        case .behindStruct(let name): "it touched memory behind the end of \(name)"
        case .behindRows(let name): "it touched memory behind the end of \(name)"
        case .wroteInput: "it wrote into its inputs, which are the host's"
        case .stackOverflow: "stack overflow"
        case .forbiddenCall(let number): "it made a system call that no scorer may make, \(TrialFault.name(of: number))"
        }
    }
}

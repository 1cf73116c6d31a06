import Host
import PluginABI

/// Which check a failure belongs to: a crash behind the end of an array fails `buffers`, in whatever check it came.
enum Attribution {
    static func culprit(of failure: TrialFailure) -> String? {
        switch failure {
        case .died(_, _, .behindStruct): "structs"
        case .died(_, _, .behindRows): "buffers"
        case .died(_, _, .wroteInput): "inputs"
        case .died(_, _, .forbiddenCall): "sandbox"
        case .refused("score", Int32(MNEME_MEMORY), _): "memory"
        default: nil
        }
    }

    /// What a check that ended so has found out.
    static func finding(_ failure: TrialFailure, in check: Check) -> Finding {
        // Crashes, hangs and errors of score without a culprit are `answers`' business where it hasn't passed yet.
        let isEarly = check.name != "answers" && !check.needs.contains("answers")
        if isEarly, culprit(of: failure) == nil, failure.operation == "score" {
            return .notChecked("stopped by answers: \(failure)")
        }
        if let culprit = culprit(of: failure), culprit != check.name { return .notChecked("stopped by \(culprit): \(failure)") }
        switch failure {
        case .unable(let reason) where reason.contains("mneme-worker"):
            return .failed(reason, do: "install mneme with its worker")
        case .unfit(let error): return .failed("\(error)", do: "make library and manifest agree with mneme_plugin.h")
        default: return .failed("\(failure)", do: remedy(failure))
        }
    }

    private static func remedy(_ failure: TrialFailure) -> String {
        switch failure {
        case .late: return "return in time: poll mneme_cancelled() every 256 to 1,024 rows, and wait for nothing"
        case .died(_, _, .behindStruct): return "write fields, never a whole struct: the host's may be shorter than yours"
        case .died(_, _, .behindRows): return "stay inside [data, data + bytes) of the array: rows, cols and stride say where its elements are"
        case .died(_, _, .wroteInput): return "inputs are borrowed and read-only: copy what you change"
        case .died(_, _, .stackOverflow): return "bound the recursion, and keep large buffers off the stack"
        case .died(_, _, .forbiddenCall): return "a scorer computes: no files, sockets, processes, or threads that its manifest doesn't ask for"
        case .died: return "run the same call under a debugger or AddressSanitizer: the process ended inside the plugin"
        case .refused: return "valid inputs are answered; what a row can't say is MNEME_ROW_ABSTAIN"
        case .unfit, .unable: return "see the message"
        }
    }
}

/// Bits of the fourth argument.
struct WorkerOptions: OptionSet {
    let rawValue: UInt32

    /// A forbidden call ends the process instead of failing: for `plugin check`.
    static let strict = WorkerOptions(rawValue: 1)
    /// For kernels without Landlock or seccomp, if the operator says so, and for debugging.
    static let withoutSandbox = WorkerOptions(rawValue: 2)
    /// The manifest asked for threads and plugins.json grants them.
    static let threads = WorkerOptions(rawValue: 4)
    /// Structs end at a guard page: a plugin that writes or reads past their size dies.
    static let guarded = WorkerOptions(rawValue: 8)
    /// Rows too: every array is a copy that ends at a guard page, compared with the original afterwards.
    static let guardedRows = WorkerOptions(rawValue: 16)
    /// A crash says where it happened before it ends the process.
    static let diagnosed = WorkerOptions(rawValue: 32)
}

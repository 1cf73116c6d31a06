import Glibc
import Platform
import PluginABI
import Wire

/// The one foreign function of this process.
final class ForeignFunction {
    // Not Sendable on purpose: used on the worker's one thread.
    let order: ForeignOrder
    let call: ForeignCall
    /// Where the symbol lies, for the host to compare with what it sent.
    let file: String
    /// Copies of the columns, one per `rows` argument: a function may write into what it is given.
    let inputs: [GuardedBuffer]
    let output = GuardedBuffer()

    private init(_ order: ForeignOrder, _ call: ForeignCall, file: String) {
        self.order = order
        self.call = call
        self.file = file
        inputs = order.arguments.map { _ in GuardedBuffer() }
    }

    static func open(_ order: ForeignOrder) -> Result<ForeignFunction, LoadedPlugin.Failure> {
        guard let handle = dlopen(order.path, RTLD_NOW | RTLD_LOCAL | platform_rtld_nodelete()) else {
            let reason = dlerror().map { String(cString: $0) } ?? "dlopen gave no reason"
            return .failure(LoadedPlugin.Failure(step: MNEME_LOAD_OPEN, message: reason))
        }
        guard let symbol = dlsym(handle, order.symbol) else {
            return .failure(
                LoadedPlugin.Failure(step: MNEME_LOAD_ENTRY, message: "\(order.symbol) can't be found"))
        }
        var place = platform_symbol_info()
        let file = platform_dladdr(symbol, &place) != 0 ? place.file.map { String(cString: $0) } ?? "" : ""
        guard let call = ForeignCall(symbol, order) else {
            return .failure(
                LoadedPlugin.Failure(step: MNEME_LOAD_TABLE, message: "libffi can't describe this signature"))
        }
        return .success(ForeignFunction(order, call, file: file))
    }
}

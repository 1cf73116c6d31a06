import Platform
import Wire

// For `mneme bench foreign`: what libffi adds to a call. Here, because only a worker calls through libffi.
extension ForeignFunction {
    /// Calls per reading of the clock, so that reading it doesn't count.
    private static let group = 1000
    /// Their figures fit the smallest region.
    private static let mostGroups = 10_000

    /// Nanoseconds per call, groups alternating so that both see the same machine.
    ///
    /// - Parameter order: how many groups, u32.
    /// - Returns: pairs of libffi and direct, f64; nil = not an f64 function of two f64 arguments.
    func time(order bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var input = ByteReader(bytes)
        guard let groups = try? input.integer(UInt32.self), groups <= Self.mostGroups, order.result == .f64,
            order.arguments.count == 2, order.arguments.allSatisfy(Self.isF64)
        else { return nil }
        // unsafeBitCast: the description that the golden records confirmed, written as a type.
        let direct = unsafeBitCast(call.function, to: (@convention(c) (Double, Double) -> Double).self)
        var out = ByteWriter()
        var sum = 0.0
        for _ in 0..<groups {
            out.write(
                Self.nanoseconds { index in
                    self.call.set(1, .f64, Double(index & 63))
                    self.call.call()
                    sum += self.call.value(.f64)
                })
            out.write(Self.nanoseconds { index in sum += direct(0.95, Double(index & 63)) })
        }
        // Used, so that the calls are made.
        return sum.isFinite ? out.bytes : nil
    }

    private static func isF64(_ argument: ForeignOrder.Argument) -> Bool {
        switch argument {
        case .constant(.f64, _), .column(.f64, _): true
        default: false
        }
    }

    @inline(__always)
    private static func nanoseconds(_ body: (Int) -> Void) -> Double {
        let start = platform_monotonic_ns()
        for index in 0..<group { body(index) }
        return Double(platform_monotonic_ns() - start) / Double(group)
    }
}

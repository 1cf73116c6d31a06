/// What a trunk carries from event to event; its bytes are those of its layers, one after the other.
final class TrunkState {
    enum Parts {
        case mamba(MambaState)
        case mamba3([Mamba3State])
        /// [layers, 2, M, H]
        case s4d(FloatBuffer)
    }

    let parts: Parts

    init(_ parts: Parts) { self.parts = parts }

    private var buffers: [FloatBuffer] {
        switch parts {
        case .mamba(let state): [state.values]
        case .mamba3(let states): states.map(\.values)
        case .s4d(let values): [values]
        }
    }

    var count: Int { buffers.reduce(0) { $0 + $1.count } }
    var byteCount: Int { count * 4 }

    func reset() { for buffer in buffers { buffer.clear() } }

    func copy(from other: TrunkState) {
        for (own, other) in zip(buffers, other.buffers) { own.start.update(from: other.start, count: own.count) }
    }

    var values: [Float] {
        get { buffers.flatMap(\.array) }
        set {
            var next = 0
            for buffer in buffers {
                for place in 0..<buffer.count { buffer.start[place] = newValue[next + place] }
                next += buffer.count
            }
        }
    }

    /// Refused and untouched where they can't be this trunk's.
    func restore(from bytes: UnsafeRawBufferPointer) throws(StateError) {
        guard bytes.count == byteCount else { throw .wrongSize(expected: byteCount, found: bytes.count) }
        switch parts {
        case .mamba(let state): try state.restore(from: bytes)
        case .s4d(let values): try StateBytes.restore(bytes, to: values) { _ in StateBytes.accumulated }
        case .mamba3(let states):
            let before = values
            var start = 0
            do throws(StateError) {
                for state in states {
                    let size = state.values.count * 4
                    try state.restore(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]))
                    start += size
                }
            } catch {
                values = before
                throw error
            }
        }
    }
}

@available(*, unavailable)
extension TrunkState: Sendable {}

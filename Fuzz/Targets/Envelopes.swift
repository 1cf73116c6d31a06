import Wire

/// A state as it comes from the store. The checksum is made right first: behind it everything else is refused.
func fuzzStateEnvelope(_ input: UnsafeRawBufferPointer) {
    _ = try? StateEnvelope(decoding: input)
    let sealed = StateEnvelope.sealed(Array(input))
    guard case .success(let envelope) = StateEnvelope.read(sealed) else { return }
    // A text that wasn't UTF-8 is read as replacement characters, once.
    let again = try? StateEnvelope.read(envelope.encoded).get()
    precondition(again == envelope, "an envelope that was read can't be written")
}

func fuzzForeignOrder(_ input: UnsafeRawBufferPointer) {
    guard let order = try? ForeignOrder(decoding: input) else { return }
    let again = order.encoded.withUnsafeBytes { try? ForeignOrder(decoding: $0) }
    precondition(again?.encoded == order.encoded, "an order that was read can't be written")
}

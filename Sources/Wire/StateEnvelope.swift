/// A session's state with what says whether it may be used: written and checked by the host, never by the plugin.
///
/// Numbers are little-endian. The checksum covers everything before it.
package struct StateEnvelope: Sendable, Equatable {
    package enum Form: UInt32, Sendable { case exact = 1, compact = 2 }

    package enum Problem: Error, Sendable, Equatable {
        /// Not an envelope, another format, damaged or cut.
        case damaged(String)
    }

    /// Of the manifest.
    package var pluginID: String
    package var pluginVersion: String
    package var stateVersion: UInt32
    /// What the payload means: equal under equal weights (abi-decisions 2).
    package var stateID: UInt64
    /// Hash over the event columns, in order.
    package var eventSchema: UInt64
    package var session: UInt64
    /// The last event that is in it.
    package var sequence: UInt64
    package var form: Form
    package var payload: [UInt8]

    package init(
        pluginID: String, pluginVersion: String, stateVersion: UInt32, stateID: UInt64, eventSchema: UInt64, session: UInt64,
        sequence: UInt64, form: Form, payload: [UInt8]
    ) {
        self.pluginID = pluginID
        self.pluginVersion = pluginVersion
        self.stateVersion = stateVersion
        self.stateID = stateID
        self.eventSchema = eventSchema
        self.session = session
        self.sequence = sequence
        self.form = form
        self.payload = payload
    }

    private static let magic: UInt32 = 0x5453_4E4D  // "MNST"
    private static let format: UInt32 = 1
    /// A longer payload isn't kept.
    package static let longestPayload = 64 << 20

    package var encoded: [UInt8] {
        var out = ByteWriter()
        out.write(Self.magic)
        out.write(Self.format)
        out.write(pluginID)
        out.write(pluginVersion)
        out.write(stateVersion)
        out.write(stateID)
        out.write(eventSchema)
        out.write(session)
        out.write(sequence)
        out.write(form.rawValue)
        payload.withUnsafeBytes { out.write($0) }
        return Self.sealed(out.bytes)
    }

    /// With the checksum behind it.
    package static func sealed(_ body: [UInt8]) -> [UInt8] {
        var out = ByteWriter()
        out.write(body.withUnsafeBytes { checksum($0) })
        return body + out.bytes
    }

    package static func read(_ bytes: [UInt8]) -> Result<StateEnvelope, Problem> {
        bytes.withUnsafeBytes { bytes in Result { () throws(Problem) in try StateEnvelope(decoding: bytes) } }
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(Problem) {
        guard bytes.count > 8 else { throw .damaged("\(bytes.count) bytes") }
        let body = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
        let sum = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: body.count, as: UInt64.self))
        guard sum == Self.checksum(body) else { throw .damaged("the checksum doesn't match") }
        var input = ByteReader(body)
        do {
            guard try input.integer(UInt32.self) == Self.magic else { throw Problem.damaged("it isn't a state envelope") }
            let format: UInt32 = try input.integer()
            guard format == Self.format else { throw Problem.damaged("format \(format); known: \(Self.format)") }
            let (id, version) = (try input.text(), try input.text())
            let (stateVersion, stateID): (UInt32, UInt64) = (try input.integer(), try input.integer())
            let (schema, session, sequence): (UInt64, UInt64, UInt64) = (
                try input.integer(), try input.integer(), try input.integer()
            )
            guard let form = Form(rawValue: try input.integer()) else { throw Problem.damaged("an unknown form of state") }
            let payload = try input.raw()
            guard input.isAtEnd else { throw Problem.damaged("bytes behind the payload") }
            self.init(
                pluginID: id, pluginVersion: version, stateVersion: stateVersion, stateID: stateID, eventSchema: schema,
                session: session, sequence: sequence, form: form, payload: payload)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .damaged("it ends early")
        }
    }

    /// FNV-1a 64: against accidents, not against attackers, who can't write into the store.
    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

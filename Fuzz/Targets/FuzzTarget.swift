/// One parser of foreign bytes, ready to be fed anything. It may refuse; it must neither crash nor hang.
///
/// To add one: write its function in a file of its own, name it in `all`, and put a few small inputs into
/// `Fuzz/Corpus/<name>/`. The runner, `make fuzz` and the replay in HostTests follow this list.
package struct FuzzTarget: Sendable {
    /// Also the name of its folder in `Fuzz/Corpus`.
    package let name: String
    package let parses: String
    /// Longest input worth trying, bytes.
    package let maximumBytes: Int
    package let run: @Sendable (_ input: UnsafeRawBufferPointer) -> Void

    package static let all = [
        FuzzTarget(name: "plugins-json", parses: "plugins.json", maximumBytes: 8192, run: fuzzPluginsFile),
        FuzzTarget(
            name: "manifest", parses: "the manifest's JSON and its options", maximumBytes: 8192,
            run: fuzzManifest),
        FuzzTarget(
            name: "elf", parses: "a library: headers, tables, note, manifest", maximumBytes: 16384,
            run: fuzzLibrary),
        FuzzTarget(
            name: "lane-host", parses: "a worker's region, as the host does", maximumBytes: 4096,
            run: fuzzWorkerRegion),
        FuzzTarget(
            name: "lane-worker", parses: "the host's region, as a worker does", maximumBytes: 4096,
            run: fuzzHostRegion),
        FuzzTarget(
            name: "weights", parses: "safetensors: header and tensors", maximumBytes: 4096, run: fuzzWeights),
        FuzzTarget(
            name: "states", parses: "exported states of the models", maximumBytes: 2048, run: fuzzStates),
        FuzzTarget(
            name: "state-envelope", parses: "a kept state", maximumBytes: 4096, run: fuzzStateEnvelope),
        FuzzTarget(
            name: "foreign-order", parses: "the description of a foreign function", maximumBytes: 4096,
            run: fuzzForeignOrder),
        FuzzTarget(
            name: "gate-weights", parses: "a gate's weights file", maximumBytes: 8192, run: fuzzGateWeights),
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

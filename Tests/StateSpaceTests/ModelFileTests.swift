import Foundation
import StateSpace
import Testing

/// A model as a file: width, depth and kind come from it, and what doesn't fit is refused with both shapes.
@Suite struct ModelFileTests {
    @Test func aModelSurvivesItsFile() throws {
        for readout in S4DConfiguration.Readout.allCases {
            for hasInputMatrix in [false, true] {
                let example = Example(
                    {
                        $0.readout = readout
                        $0.hasInputMatrix = hasInputMatrix
                        $0.norm = .post
                        $0.discretisation = .bilinear
                    }, lengths: [4])
                let path = FileManager.default.temporaryDirectory
                    .appending(path: "mneme-\(UUID().uuidString).safetensors").path
                defer { try? FileManager.default.removeItem(atPath: path) }
                try example.network.write(to: path, metadata: ["note": "a test", "model": "not mine to say"])
                let file = try SafetensorsFile(path: path)
                let read = try S4DNetwork(file)
                #expect(read.configuration == example.configuration)
                #expect(read.values == example.network.values)
                #expect(file.metadata["note"] == "a test" && file.metadata["model"] == "s4d")
            }
        }
    }

    /// What PyTorch's safetensors asks of a file, in a few lines of Python; skipped where there is none.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
    func pythonReadsWhatWeWrite() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "mneme-\(UUID().uuidString).st")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Example(lengths: [1]).network.write(to: path, metadata: ["note": "\"ö\"\n"])
        let script = """
            import json, struct, sys
            data = open(sys.argv[1], 'rb').read()
            n, = struct.unpack('<Q', data[:8])
            header = json.loads(data[8:8 + n].decode())
            assert n % 8 == 0 and header.pop('__metadata__')['note'] == '"ö"\\n'
            end = 0
            for name, tensor in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
                count = 1
                for size in tensor['shape']: count *= size
                assert tensor['dtype'] == 'F32' and tensor['data_offsets'] == [end, end + 4 * count], name
                end += 4 * count
            assert 8 + n + end == len(data)
            print(len(header))
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-X", "utf8", "-c", script, path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text == "22\n", "encoder, decoder and two layers of nine: \(text)")
    }

    @Test func aWrongShapeIsRefusedWithBoth() throws {
        let error = try refusal { writer, configuration in
            writer.add("norms.0.weight", [1, 2, 3] as [Float], shape: [3])
            return configuration.filter { $0.name != "norms.0.weight" }
        }
        #expect(error.place == "tensor \"norms.0.weight\"")
        #expect(error.found == "[3]" && error.allowed == "[20]")
    }

    @Test func aMissingTensorIsRefused() throws {
        let error = try refusal { _, slots in slots.filter { $0.name != "s4_layers.1.kernel.log_dt" } }
        #expect(error.problem == "a missing tensor" && error.place.contains("s4_layers.1.kernel.log_dt"))
    }

    @Test func aTensorTooManyIsRefused() throws {
        let error = try refusal { writer, slots in
            writer.add("norms.2.weight", [1] as [Float], shape: [1])
            return slots
        }
        #expect(error.place.contains("norms.2.weight"))
    }

    @Test func aWordThatNobodyKnowsIsRefusedWithTheKnownOnes() throws {
        let error = try refusal { writer, slots in
            writer.metadata["discretisation"] = "euler"
            return slots
        }
        #expect(error.found == "euler" && error.allowed == "zoh, bilinear")
    }

    private func refusal(
        _ change: (inout SafetensorsWriter, [ParameterLayout.Entry]) -> [ParameterLayout.Entry]
    ) throws -> SafetensorsError {
        let example = Example(lengths: [1])
        var writer = SafetensorsWriter(metadata: example.configuration.metadata)
        for entry in change(&writer, example.network.parameters.layout.entries) {
            writer.add(entry.name, Array(example.network.values[entry.range]), shape: entry.shape)
        }
        return try writer.bytes().withUnsafeBytes { bytes in
            try #require(throws: SafetensorsError.self) {
                _ = try S4DNetwork(SafetensorsFile(borrowing: bytes))
            }
        }
    }
}

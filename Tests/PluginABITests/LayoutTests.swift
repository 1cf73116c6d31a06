import Foundation
import PluginABI
import Testing

/// The layout is the promise that a plugin built today relies on: every size, offset and number of it.
@Suite struct LayoutTests {
    @Test(arguments: Compiler.c + Compiler.cxx)
    func headerHasTheLayoutOfTheTable(_ compiler: Compiler) throws {
        guard compiler.path != nil else { return try skip(compiler) }
        #expect(
            try compiler.complaint(
                about: cSource, arguments: ["-c", "-I", contractFolder + "/include"], suffix: "c") == nil)
    }

    @Test(.enabled(if: Compiler.rust.path != nil, "no rustc in PATH or ~/.cargo/bin"))
    func rustTwinHasTheLayoutOfTheTable() throws {
        #expect(try Compiler.rust.complaint(about: rustSource, suffix: "rs") == nil)
    }

    @Test func swiftSeesTheSizesOfTheTable() {
        let seen: [String: Int] = [
            "mneme_error": MemoryLayout<mneme_error>.size, "mneme_array": MemoryLayout<mneme_array>.size,
            "mneme_option": MemoryLayout<mneme_option>.size, "mneme_asset": MemoryLayout<mneme_asset>.size,
            "mneme_config": MemoryLayout<mneme_config>.size, "mneme_info": MemoryLayout<mneme_info>.size,
            "mneme_host": MemoryLayout<mneme_host>.size, "mneme_batch": MemoryLayout<mneme_batch>.size,
            "mneme_scores": MemoryLayout<mneme_scores>.size, "mneme_events": MemoryLayout<mneme_events>.size,
            "mneme_outcomes": MemoryLayout<mneme_outcomes>.size,
            "mneme_plugin_table": MemoryLayout<mneme_plugin_table>.size,
        ]
        #expect(seen == Dictionary(uniqueKeysWithValues: Layout.records.map { ($0.name, $0.size) }))
    }

    /// A crossing struct is read by `struct_size`: hence first in every record that isn't an array.
    @Test func structSizeStandsFirst() {
        for record in Layout.records where record.name != "mneme_array" {
            let expected = record.name == "mneme_plugin_table" ? 4 : 0  // behind the magic
            #expect(record.fields.first { $0.name == "struct_size" }?.offset == expected, "\(record.name)")
        }
    }

    /// A compiler that isn't installed says nothing about the header; the run names it.
    private func skip(_ compiler: Compiler) throws {
        print("skipped: no \(compiler.name) in PATH")
    }

    /// The offsets, and that fields tile their struct: so no field is missing from the table, and no
    /// hidden padding is left where compilers might differ.
    private var cSource: String {
        var lines = [
            "#include \"mneme_plugin.h\"",
            "#define HOLDS(condition) MNEME_STATIC_ASSERT(condition, #condition)",
            "MNEME_PLUGIN_MANIFEST(\"{ \\\"manifest\\\": 1 }\");",
            "int long_enough(const mneme_batch *batch);",
            "int long_enough(const mneme_batch *batch) {",
            "    return MNEME_HAS(batch, mneme_batch, hop_kinds) && !mneme_cancelled(batch);",
            "}",
        ]
        for record in Layout.records {
            lines.append("HOLDS(sizeof(\(record.name)) == \(record.size));")
            for (index, field) in record.fields.enumerated() {
                let end = index + 1 < record.fields.count ? record.fields[index + 1].offset : record.size
                lines.append("HOLDS(offsetof(\(record.name), \(field.name)) == \(field.offset));")
                lines.append(
                    "HOLDS(sizeof(((\(record.name) *)NULL)->\(field.name)) == \(end - field.offset));")
            }
        }
        lines += Layout.constants.map { "HOLDS((long long)\($0.name) == \($0.value));" }
        return lines.joined(separator: "\n") + "\n"
    }

    private var rustSource: String {
        var lines = [
            "#[path = \"\(contractFolder)/mneme.rs\"]",
            "pub mod mneme;",
            "use mneme::*;",
            "mneme_plugin_manifest!(r#\"{ \"manifest\": 1 }\"#);",
            "pub fn long_enough(it: *const mneme_batch) -> bool { mneme_has!(it, mneme_batch, hop_kinds) }",
        ]
        for record in Layout.records {
            lines.append("const _: () = assert!(core::mem::size_of::<\(record.name)>() == \(record.size));")
            for field in record.fields {
                let name = field.name == "type" ? "r#type" : field.name
                lines.append(
                    "const _: () = assert!(core::mem::offset_of!(\(record.name), \(name)) == \(field.offset));"
                )
            }
        }
        lines += Layout.constants.map { "const _: () = assert!(\($0.name) as i64 == \($0.value));" }
        return lines.joined(separator: "\n") + "\n"
    }
}

import Foundation
import Testing

/// The promise of docs/abi.md, carried out: the page's scorer and a host, each built against this header and
/// against one that has grown by a slot and a field, work together in all four pairings.
@Suite struct GrowthTests {
    @Test(arguments: Compiler.c)
    func scorerOfTheDocumentationCompilesWithoutAWarning(_ compiler: Compiler) throws {
        guard compiler.path != nil else { return }
        #expect(
            try compiler.complaint(
                about: documentedScorer(), arguments: ["-c", "-I", contractFolder + "/include"], suffix: "c")
                == nil)
    }

    @Test(arguments: Compiler.c)
    func scorersAndHostsOfTwoMinorsWorkTogether(_ compiler: Compiler) throws {
        guard compiler.path != nil else { return }
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/new", withIntermediateDirectories: true)
        try grownHeader().write(
            toFile: folder.path + "/new/mneme_plugin.h", atomically: true, encoding: .utf8)
        let headers = ["old": contractFolder + "/include", "new": folder.path + "/new"]
        for (age, header) in headers {
            try compiler.build(
                documentedScorer(), ["-shared", "-fPIC", "-fvisibility=hidden", "-I", header],
                to: "\(folder.path)/\(age).so")
            try compiler.build(hostSource, ["-I", header, "-ldl"], to: "\(folder.path)/\(age)-host")
        }
        for host in headers.keys {
            for plugin in headers.keys {
                let said = try run("\(folder.path)/\(host)-host", ["\(folder.path)/\(plugin).so"])
                #expect(said == "3 rows, last 0.5", "host \(host), plugin \(plugin)")
            }
        }
    }

    /// The first C block of docs/abi.md.
    private func documentedScorer() throws -> String {
        let page = try String(contentsOfFile: contractFolder + "/../../docs/abi.md", encoding: .utf8)
        let start = try #require(page.range(of: "```c\n")).upperBound
        let end = try #require(page.range(of: "\n```", range: start..<page.endIndex)).lowerBound
        return String(page[start..<end]) + "\n"
    }

    /// The header after the recipes «a function is added» and «a field is added».
    private func grownHeader() throws -> String {
        var header = try String(contentsOfFile: contractFolder + "/include/mneme_plugin.h", encoding: .utf8)
        for (old, new) in [
            ("MNEME_ABI_MINOR 0u", "MNEME_ABI_MINOR 1u"),
            (
                "} mneme_plugin_table;",
                "mneme_status (*advance_many)(mneme_model *, uint32_t);\n} mneme_plugin_table;"
            ),
            ("sizeof(mneme_plugin_table) == 104", "sizeof(mneme_plugin_table) == 112"),
            ("} mneme_batch;", "mneme_array row_branches;\n} mneme_batch;"),
            ("sizeof(mneme_batch) == 576", "sizeof(mneme_batch) == 608"),
        ] {
            #expect(header.components(separatedBy: old).count == 2, "\(old) stands once")
            header = header.replacingOccurrences(of: old, with: new)
        }
        return header
    }

    /// A host of some forty lines: loads, creates, scores three rows, looks for the new slot if it knows it.
    private let hostSource = """
        #include "mneme_plugin.h"
        #include <dlfcn.h>
        #include <stdio.h>
        #include <string.h>

        static mneme_array floats(float *data, uint32_t rows, uint32_t cols) {
            mneme_array array = {data, (uint64_t)rows * cols * 4, rows, cols, cols * 4, MNEME_F32};
            return array;
        }

        int main(int count, char **arguments) {
            void *library = dlopen(arguments[count - 1], RTLD_NOW | RTLD_LOCAL);
            if (!library) return puts(dlerror()), 1;
            mneme_plugin_function entry;
            void *symbol = dlsym(library, MNEME_ENTRY_SYMBOL);
            memcpy(&entry, &symbol, sizeof entry);
            const mneme_plugin_table *table = entry();
            if (table->magic != MNEME_MAGIC || table->abi_major != MNEME_ABI_MAJOR) return puts("refused"), 1;
        #if MNEME_ABI_MINOR >= 1
            if (MNEME_HAS(table, mneme_plugin_table, advance_many) != (table->abi_minor >= 1)) return puts("has"), 1;
        #endif
            mneme_config config = {.struct_size = sizeof config};
            mneme_host host = {.struct_size = sizeof host};
            mneme_info info = {.struct_size = sizeof info};
            mneme_error error = {.struct_size = sizeof error};
            mneme_model *model = NULL;
            if (table->create(&config, &host, &info, &model, &error)) return puts(error.message), 1;
            float rows[3] = {0.1f, 0.2f, 0.5f}, values[3] = {0, 0, 0};
            mneme_batch batch = {.struct_size = sizeof batch, .rows = 3, .heads = 1};
            batch.row_features = floats(rows, 3, 1);
            mneme_scores scores = {.struct_size = sizeof scores};
            scores.values = floats(values, 1, 3);
            if (table->score(model, NULL, &batch, &scores, &error)) return puts(error.message), 1;
            table->destroy(model);
            printf("%u rows, last %.1f", scores.rows_done, (double)values[2]);
            return 0;
        }
        """
}

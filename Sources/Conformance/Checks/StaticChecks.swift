import Host

/// What can be known without running any of the library's code.
enum StaticChecks {
    static let all: [Check] = [
        Check("elf", .static, .loads, catches: "truncated files, other machines, programs, text") { trial in
            switch trial.examination.image {
            case .success: .passed("\(trial.examination.bytes.count) bytes, every part inside the file")
            case .failure(let error): .failed(error.message, do: "build a shared library for this machine, and copy it whole")
            }
        },
        Check("trust", .static, .loads, catches: "files and folders that others may write") { trial in
            guard let problem = trial.examination.trustProblem else { return .passed("only its owner can change it") }
            return .failed(problem, do: "chmod o-w it and the folders above it, or move it")
        },
        Check("manifest", .static, .loads, catches: "no note, broken JSON, unknown keys, another major", needs: ["elf"]) { trial in
            switch trial.examination.manifest {
            case .success(let manifest): .passed("\(manifest.id) \(manifest.version), ABI \(manifest.abiMajor).\(manifest.abiMinor)")
            case .failure(let error): .failed(error.message, do: "correct MNEME_PLUGIN_MANIFEST; docs/abi.md lists its keys")
            case nil: .failed("no manifest (ELF note Mneme)", do: "put MNEME_PLUGIN_MANIFEST into one C or C++ file of the library")
            }
        },
        Check("entry", .static, .loads, catches: "a library without mneme_plugin", needs: ["elf"]) { trial in
            let exports = exports(trial)
            if exports.contains("mneme_plugin") { return .passed("exports mneme_plugin") }
            let others = exports.prefix(5).joined(separator: ", ")
            return .failed("doesn't export mneme_plugin; it exports \(others.isEmpty ? "nothing" : others)", do: "mark the function MNEME_EXPORT")
        },
        Check("unique", .static, .loads, catches: "STB_GNU_UNIQUE: two versions share one variable", needs: ["elf"]) { trial in
            guard let symbol = image(trial)?.uniqueSymbols.first else { return .passed("no STB_GNU_UNIQUE symbol") }
            return .failed("defines \(symbol) as STB_GNU_UNIQUE: a second version would share it", do: "compile with -fno-gnu-unique")
        },
        Check("exports", .static, .survives, catches: "symbols that another library could take over", needs: ["entry"]) { trial in
            let others = exports(trial).filter { $0 != "mneme_plugin" }
            if others.isEmpty { return .passed("one symbol leaves the library") }
            let names = others.prefix(5).joined(separator: ", ")
            return .failed(
                "exports \(others.count) symbols beside mneme_plugin: \(names)",
                do: "compile with -fvisibility=hidden, and link with a version script that exports mneme_plugin alone")
        },
        Check("dependencies", .static, .loads, catches: "libraries that are missing, or that it brings with it", needs: ["elf"]) { trial in
            let remedy = "link it statically, or install it where the system finds it"
            if let problem = trial.examination.dependencyProblem { return .failed(problem, do: remedy) }
            let carried = trial.examination.carriedLibraries
            guard carried.isEmpty else {
                return .failed(
                    "needs \(carried.joined(separator: ", ")), which only its run path finds: a second version would run the "
                        + "first one's code of the same SONAME", do: remedy)
            }
            let needed = image(trial)?.needed ?? []
            return .passed(needed.isEmpty ? "needs nothing" : "needs \(needed.joined(separator: ", "))")
        },
        Check("hardening", .static, .survives, catches: "text relocations, an executable stack, writable code", needs: ["elf"]) { trial in
            guard let image = image(trial) else { return .notChecked("no image") }
            if image.hasTextRelocations { return .failed("text relocations (DT_TEXTREL)", do: "compile everything with -fPIC") }
            if image.hasExecutableStack { return .failed("asks for an executable stack", do: "link with -z noexecstack") }
            if image.hasWritableCode { return .failed("has a segment that is writable and executable", do: "link without -N") }
            return .passed("code is read-only, data isn't code")
        },
        Check("thread-local", .static, .survives, catches: "initial-exec TLS, which dlopen has little room for", needs: ["elf"]) { trial in
            guard image(trial)?.hasStaticTLS != true else {
                return .failed(
                    "thread-local storage of the initial-exec model (DF_STATIC_TLS)",
                    do: "compile without -ftls-model=initial-exec; better: no thread-local storage")
            }
            return .passed("no initial-exec thread-local storage")
        },
        Check(
            "requirements", .static, .loads, catches: "columns, inputs, heads, options that this host doesn't have",
            needs: ["manifest", "entry", "unique", "dependencies"]
        ) { trial in
            switch trial.preparation {
            case .success(let prepared): .passed("gets \(prepared.maker.columns.count) of the row columns it names")
            case .failure(let error): .failed("\(error)", do: "ask for what `mneme columns` lists, and give options and assets as the manifest names them")
            }
        },
    ]

    private static func image(_ trial: Trial) -> ELFImage? { try? trial.examination.image.get() }
    private static func exports(_ trial: Trial) -> [String] { image(trial)?.exports ?? [] }
}

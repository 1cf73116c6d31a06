import Server
import Testing

@testable import mneme

/// Which program this is, and where its files are.
@Suite struct ModeTests {
    @Test(arguments: [
        ("/usr/bin/signet-predictor", [] as [String]), ("signet-predictor", ["search", "q"]),
        ("/usr/bin/mneme", ["--native-dim", "768", "--checkpoint", "/m.bin"]),
        ("mneme", ["--checkpoint=/m.bin"]),
    ]) func isTheSidecar(_ name: String, _ arguments: [String]) {
        let run = Run(arguments: arguments, name: name)
        #expect(run.status == 0)
        #expect(run.seen.sidecarArguments == arguments)
        #expect(run.seen.calls.isEmpty)
        #expect(run.error == "", "every line on standard error becomes a warning of the daemon")
    }

    @Test(arguments: [
        ("mneme", ["search", "--native-dim"]), ("/signet-predictor/mneme", ["list"]), ("", []),
    ])
    func isNotTheSidecar(_ name: String, _ arguments: [String]) {
        #expect(!Program.isSidecarCall(name: name, arguments: arguments))
    }

    @Test func theStoreIsTheOptionElseTheVariableElseXDG() {
        func path(_ arguments: [String], _ variables: [String: String]) -> String? {
            Run(arguments: ["list"] + arguments, variables: variables).seen.store?.databasePath
        }
        let both = ["MNEME_DB": "/e.db", "XDG_DATA_HOME": "/x"]
        #expect(path(["--db", "/o.db"], both) == "/o.db")
        #expect(path([], both) == "/e.db")
        #expect(path([], ["XDG_DATA_HOME": "/x", "MNEME_DB": ""]) == "/x/mneme/mneme.db")
        #expect(path([], ["XDG_DATA_HOME": "relative"]) == "/home/u/.local/share/mneme/mneme.db")
        #expect(path([], [:]) == "/home/u/.local/share/mneme/mneme.db")
    }

    @Test func theConfigurationIsTheOptionElseTheVariableElseTheRuntimesChoice() {
        func store(_ arguments: [String], _ variables: [String: String]) -> StoreOptions? {
            Run(arguments: ["list"] + arguments, variables: variables).seen.store
        }
        #expect(store(["--config", "/o.json"], ["MNEME_CONFIG": "/e.json"])?.configurationPath == "/o.json")
        #expect(store([], ["MNEME_CONFIG": "/e.json"])?.configurationPath == "/e.json")
        #expect(store([], [:])?.configurationPath == nil)
        #expect(store([], [:])?.defaultConfigurationPath == "/home/u/.config/mneme/plugins.json")
    }
}

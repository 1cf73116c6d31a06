import Foundation
import Host
import PluginHarness
import Testing

@testable import mneme

/// What `mneme plugin new` writes, from nothing to scores.
@Suite struct TemplateTests {
    @Test(Tool.needs(.c)) func c() throws { try scores(.c, named: "my-scorer") }
    @Test(Tool.needs(.cpp)) func cpp() throws { try scores(.cpp, named: "2_b-3") }
    @Test(Tool.needs(.rust)) func rust() throws { try scores(.rust, named: "2_b-3") }
    @Test(Tool.needs(.swift)) func swift() throws { try scores(.swift, named: "2_b-3") }

    private func scores(_ language: PluginLanguage, named name: String) throws {
        let folder = try TemporaryFolder()
        let template = PluginTemplate(name: name, language: language, sdkFolder: repository)
        try NewFolder(folder.path).write(template.files)
        try make(in: folder.path)
        let library = "\(folder.path)/\(template.library)"
        let host = try serve(
            library, ", \"options\": { \"importanceWeight\": 2 }",
            offering: ["text.context@1", "memory.importance@1"])
        try #require(host.refusal == nil, "\(String(describing: host.refusal))")
        let turn = host.score([
            ["text.context@1": 3, "memory.importance@1": 0.5], ["text.context@1": 1],
        ])
        #expect(turn.answeredBy == ["x \(PluginTemplate.version)"] && turn.degraded.isEmpty)
        #expect(turn.scores == [4, 1])
        #expect(turn.parts[0] == [.init(name: "text", value: 3), .init(name: "importance", value: 1)])
        #expect(try serve(library, offering: ["text.context@1"]).score([["text.context@1": 3]]).scores == [3])
        #expect(try PluginFile(path: library).manifest.contains("\"id\": \"\(name)\""))
        // The plugins.json beside it serves it as well.
        let trial = try ScorerHost.start(
            plugins: "\(folder.path)/plugins.json", HostEnvironment(offeredColumns: ["text.context@1"]))
        #expect(trial.refusal == nil)
    }

    @Test func theContractIsHandedOutAsItStands() throws {
        let header = try String(
            contentsOfFile: "\(repository)/Sources/PluginABI/include/mneme_plugin.h", encoding: .utf8)
        let twin = try String(contentsOfFile: "\(repository)/Sources/PluginABI/mneme.rs", encoding: .utf8)
        #expect(PluginTemplate.header.text == header && PluginTemplate.rustTwin.text == twin)
    }

    @Test(arguments: [
        ("my-scorer", "MyScorer"), ("scorer", "ScorerScorer"), ("session_scorer", "SessionScorerScorer"),
        ("recency", "RecencyScorer"), ("2nd", "Plugin2ndScorer"), ("a--b", "ABScorer"),
    ])
    func aSwiftTypeNeverHidesOneOfTheSDK(name: String, type: String) {
        #expect(PluginTemplate(name: name, language: .swift, sdkFolder: "/").typeName == type)
    }
}

import Foundation
import Testing

@testable import Host

/// What users see of a plugin that misbehaves. In every case the answer still comes.
@Suite(.serialized) struct BadPluginTests {
    @Test func aGoodPluginScoresAndNothingIsDegraded() throws {
        let answer = try Fixture().host().score(Fixture().request)
        #expect(answer.scores == [1, 2, 3])
        #expect(answer.scorers == ["fixture 1.0.0"])
        #expect(answer.degraded.isEmpty)
    }

    @Test func theFloorAnswersWhenTheLibraryIsDeleted() throws {
        let fixture = try Fixture()
        try FileManager.default.removeItem(atPath: fixture.library)
        let answer = try fixture.host().score(fixture.request)
        #expect(answer.scorers == ["@floor 1"])
        #expect(answer.scores.count == 3 && answer.scores[2] > answer.scores[0])
        #expect(answer.degraded.joined().contains("find: no "))
    }

    @Test(arguments: [
        ("-DNO_SYMBOL", "has no function mneme_plugin"),
        ("-DNO_NOTE", "carries no Mneme note"),
        ("-DBROKEN_NOTE", "manifest: is not JSON: line 1"),
        ("-DMAGIC=1", "the table begins with 0x1"),
        ("-DMAJOR=2", "is built for ABI 2.0; this host speaks 1.0"),
        ("-DTABLE_SIZE=8", "the table has 8 bytes; ABI 1.0 has 104"),
        ("-DTABLE_ID=\"liar\"", "the table's id is \"liar\", the manifest says \"fixture\""),
        ("-DCOLUMN=\"moon.phase@1\"", "requires moon.phase@1, which this host doesn't offer"),
        ("-DCREATE_FAILS", "create returned -4: the weights are for 17 columns, 1 came"),
        ("-DSCORE_FAILS", "score returned -8: the model is tired"),
        ("-DWRITES_NAN", "wrote NaN or infinity into 1 of 3 rows"),
        ("-DLEAVES_ROWS", "left 1 of 3 rows unwritten"),
        ("-DLIES_ABOUT_ROWS", "says it scored 10 of 3 rows"),
    ])
    func theReasonIsNamed(flag: String, reason: String) throws {
        let fixture = try Fixture([flag])
        let answer = try fixture.host().score(fixture.request)
        #expect(answer.degraded.joined(separator: "\n").contains(reason), "\(answer.degraded)")
        #expect(answer.scores.count == 3 && answer.scores.allSatisfy(\.isFinite))
    }

    @Test func aNewerMinorIsAccepted() throws {
        let fixture = try Fixture(["-DMINOR=9"])
        #expect(try fixture.host().score(fixture.request).scores == [1, 2, 3])
    }

    @Test func aTruncatedLibraryIsRefusedBeforeItIsLoaded() throws {
        for percent in stride(from: 10, through: 95, by: 5) {
            let fixture = try Fixture()
            let whole = try Data(contentsOf: URL(fileURLWithPath: fixture.library))
            try whole.prefix(whole.count * percent / 100).write(to: URL(fileURLWithPath: fixture.library))
            let answer = try fixture.host().score(fixture.request)
            #expect(answer.scorers == ["@floor 1"], "at \(percent) %")
        }
    }

    @Test func aFileThatIsNoLibraryIsRefused() throws {
        let fixture = try Fixture()
        try Data("hello".utf8).write(to: URL(fileURLWithPath: fixture.library))
        #expect(try fixture.degraded().contains("is not an ELF file"))
    }

    @Test func aWrongPinNamesBothHashes() throws {
        let fixture = try Fixture()
        let pin = String(repeating: "ab", count: 32)
        let text = #"{"version": 1, "scorers": [{"id": "fixture", "library": {"path": "\#(fixture.library)", "sha256": "\#(pin)"}}]}"#
        let loader = ConfigurationLoader(offeredColumns: fixture.offered, baseFolder: fixture.folder, defaultObjectsFolder: fixture.folder + "/objects")
        let reason = try loader.load(text: text, name: "plugins.json").absent.first?.reason ?? ""
        #expect(reason.contains("has sha256 ") && reason.contains("pins \(pin)"))
    }

    @Test func aLibraryThatOthersMayWriteIsRefused() throws {
        let fixture = try Fixture()
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: fixture.library)
        #expect(try fixture.degraded().contains("may be written by others"))
    }

    @Test func aForeignOptionIsRefusedWithTheAllowedOnes() throws {
        let reason = try Fixture().degraded(extra: #", "options": {"wieght": 1}"#)
        #expect(reason.contains("has no option \"wieght\"") && reason.contains("allowed: weight"))
        #expect(try Fixture().degraded(extra: #", "options": {"weight": 3}"#).contains("0.0 to 2.0"))
    }

    @Test func aSlowWatchedPluginIsLeftBehindAndItsLateWriteReachesNobody() throws {
        let fixture = try Fixture(["-DSLOW"])
        let host = try fixture.host(tier: "watched", extra: #", "deadlineMilliseconds": 1"#)
        let answer = host.score(fixture.request)
        #expect(answer.scorers == ["@floor 1"])
        #expect(answer.degraded.joined().contains("no answer within 1000 µs"))
        let kept = answer.scores
        usleep(40_000)
        #expect(answer.scores == kept)
    }

    @Test func aHangingPluginIsQuarantined() throws {
        let fixture = try Fixture(["-DHANGS"])
        let host = try fixture.host(tier: "watched", extra: #", "deadlineMilliseconds": 1"#)
        #expect(host.score(fixture.request).scorers == ["@floor 1"])
        usleep(300_000)
        _ = host.score(fixture.request)
        let answer = host.score(fixture.request)
        #expect(answer.degraded.joined().contains("quarantined"))
        #expect(host.configuration.models[0].health.withLock { $0.isHung })
    }

    @Test func aChangedFloatingPointModeIsPutBackAndCounted() throws {
        let fixture = try Fixture(["-DCHANGES_FLOAT_MODE"])
        let host = try fixture.host()
        #expect(host.score(fixture.request).scores == [1, 2, 3])
        let denormal: Float = 1e-40
        #expect(denormal * 0.5 > 0)
        #if arch(x86_64)
            #expect(host.configuration.models[0].health.withLock { $0.changedFloatMode } == 1)
        #endif
    }
}

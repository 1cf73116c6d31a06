import Glibc
import Host
import Platform
import Testing
import Wire

/// A worker's region that says what no worker would.
@Suite struct WorkerAnswersTests {
    private let region: SharedRegion
    private var answers: WorkerAnswers

    init() throws {
        region = try SharedRegion(
            name: "test", byteCount: Int(MNEME_LANE_PAGE) + 4096, isReadOnlyForOthers: false)
        answers = WorkerAnswers(region)
    }

    @Test func anAnswerLongerThanItsRegionIsNone() {
        region.workerPage.pointee.payload_bytes = .max
        #expect(answers.payload == nil)
        region.workerPage.pointee.payload_bytes = 4097
        #expect(answers.payload == nil)
        #expect(throws: LoadError.self) { try answers.loadedLibrary() }
    }

    @Test func anErrorWithoutEndIsCutAtItsField() {
        withUnsafeMutableBytes(of: &region.workerPage.pointee.error) {
            _ = $0.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
        }
        #expect(answers.errorMessage == String(repeating: "x", count: 512))
    }

    @Test mutating func aLogThatCountsBeyondItsRingGivesTheRing() {
        region.workerPage.pointee.log_count = .max
        var lines = 0
        answers.takeLog { _, _ in lines += 1 }
        #expect(lines == Int(MNEME_LOG_LINES))
    }

    @Test mutating func aLogLineLongerThanItsFieldIsCut() throws {
        let line = try #require(lane_log(region.workerPage, 0))
        line.pointee.bytes = .max
        region.workerPage.pointee.log_count = 1
        var length = 0
        answers.takeLog { _, text in length = text.utf8.count }
        #expect(length == 504)
    }
}

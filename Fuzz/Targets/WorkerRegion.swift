import Glibc
import Host
import Platform
import Wire

/// A worker that writes what it likes into its control page and its arena.
///
/// Input: 4 bytes for the shape that the host asked for, 40 for the head of the control page, 64 for the error, and
/// the rest, which is the arena and once more the log.
func fuzzWorkerRegion(_ input: UnsafeRawBufferPointer) {
    guard input.count > 4, let region = Regions.worker else { return }
    let head = input.dropFirst(4).prefix(40)
    let error = input.dropFirst(44).prefix(64)
    let rest = input.dropFirst(108)
    let page = UnsafeMutableRawPointer(region.workerPage)
    memset(region.base, 0, region.byteCount)
    Regions.copy(head, to: page)
    Regions.copy(error, to: page + 40)
    Regions.copy(rest.prefix(1024), to: page + 552)
    Regions.copy(rest, to: region.base + Int(MNEME_LANE_PAGE))

    var answers = WorkerAnswers(region)
    _ = answers.errorMessage
    var characters = 0
    answers.takeLog { _, text in characters += text.count }
    answers.takeLog { _, _ in preconditionFailure("lines are given once") }
    _ = try? answers.loadedLibrary()
    _ = try? answers.madeInfo()
    judge(answers, rows: Int(input[0]), heads: Int(input[1] & 7), parts: Int(input[2] & 7), region.byteCount)
}

private func judge(_ answers: WorkerAnswers, rows: Int, heads: Int, parts: Int, _ limit: Int) {
    guard heads > 0, rows > 0,
        let layout = OutputLayout(
            start: Int(MNEME_LANE_PAGE), rows: rows, heads: heads, parts: parts, paths: 0, limit: limit)
    else { return }
    let (sheet, good) = answers.judgedSheet(layout, rows: rows, heads: heads, parts: parts)
    guard good > 0 else { return }
    // What passed must be fit to rank by.
    var count = 0
    for row in 0..<rows where sheet.status(row) == .ok {
        count += 1
        for head in 0..<heads {
            precondition(sheet.value(row, head: head).isFinite, "a bad value passed the judgement")
        }
        _ = sheet.confidence(row)
        for part in sheet.parts(row) { precondition(part.isFinite, "a bad part passed the judgement") }
    }
    precondition(count == good, "rows counted as good aren't")
}

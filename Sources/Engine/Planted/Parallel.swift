import Dispatch
import Synchronization

/// Independent pieces of work on a few threads, answers in order.
enum Parallel {
    static func map<Answer: Sendable>(
        _ range: Range<Int>, threads: Int, _ body: @Sendable (Int) throws -> Answer
    ) throws -> [Answer] {
        let state = Mutex<(answers: [Int: Answer], error: (any Error)?)>(([:], nil))
        DispatchQueue.concurrentPerform(iterations: max(1, threads)) { thread in
            for place in range where place % max(1, threads) == thread {
                do {
                    let answer = try body(place)
                    state.withLock { $0.answers[place] = answer }
                } catch {
                    state.withLock { $0.error = error }
                    return
                }
            }
        }
        let (answers, error) = state.withLock { $0 }
        if let error { throw error }
        return range.compactMap { answers[$0] }
    }
}

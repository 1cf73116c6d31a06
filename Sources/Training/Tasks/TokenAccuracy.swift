import StateSpace

extension Trainer where Task == TokenTask {
    /// Share of right answers with the parameters as they are, on all threads.
    package func accuracy(on examples: [TokenExample]) -> Double {
        let parts = forEachShard(of: examples) { shard, worker in task.correct(shard, worker: worker) }
        let asked = parts.reduce(0) { $0 + $1.asked }
        return asked > 0 ? Double(parts.reduce(0) { $0 + $1.right }) / Double(asked) : 0
    }
}

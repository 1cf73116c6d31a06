/// Values to average, one per query, and what of them is independent: queries, or whole sessions.
///
/// A cluster is kept or drawn as a whole; the mean is over values, not over clusters.
package struct Sample: Sendable {
    /// Sum and number of the values of each cluster.
    let sums: [Double]
    let counts: [Double]

    /// Each value on its own.
    package init(_ values: [Double]) {
        sums = values
        counts = values.map { _ in 1 }
    }

    /// - Parameter clusters: For each value the session (conversation, seed) it belongs to.
    package init<ID: Hashable>(_ values: [Double], clusters: [ID]) {
        precondition(values.count == clusters.count, "one cluster per value")
        var position: [ID: Int] = [:]
        var sums: [Double] = []
        var counts: [Double] = []
        for (value, cluster) in zip(values, clusters) {
            let index = position[cluster] ?? sums.count
            if index == sums.count {
                position[cluster] = index
                sums.append(0)
                counts.append(0)
            }
            sums[index] += value
            counts[index] += 1
        }
        self.sums = sums
        self.counts = counts
    }

    /// Differences `after − before`, query by query.
    package static func paired(_ after: [Double], _ before: [Double]) -> Sample {
        precondition(after.count == before.count, "the same queries on both sides")
        return Sample(zip(after, before).map { $0 - $1 })
    }

    package static func paired<ID: Hashable>(
        _ after: [Double], _ before: [Double], clusters: [ID]
    ) -> Sample {
        precondition(after.count == before.count, "the same queries on both sides")
        return Sample(zip(after, before).map { $0 - $1 }, clusters: clusters)
    }

    package var clusterCount: Int { sums.count }

    /// 0 of nothing.
    package var mean: Double {
        let count = counts.reduce(0, +)
        return count > 0 ? sums.reduce(0, +) / count : 0
    }
}

/// A catalogue's ids as rows 1…V, in ascending order of the ids.
struct ItemIndex: Sendable {
    let ids: [Int64]
    private let rows: [Int64: Int32]

    init(_ ids: [Int64]) {
        self.ids = ids
        rows = Dictionary(uniqueKeysWithValues: zip(ids, Int32(1)...))
    }

    var count: Int { ids.count }

    /// Items outside of the catalogue become row 0.
    func sequence(_ user: SequenceSet.User) -> IndexedSequence {
        IndexedSequence(user: user.id, rows: user.items.map { rows[$0] ?? 0 }, seconds: user.seconds)
    }
}

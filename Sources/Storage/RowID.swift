/// A memory's rowid is `scope << 40 | sequence`: one range of rowids per scope, so that a full-text
/// query restricted to the range cannot reach another user's memories, and reads only its own.
///
/// Vectors use the same form with the vector set's number in place of the scope's.
enum RowID {
    static let sequenceBits: Int64 = 40
    static let sequenceMask: Int64 = (1 << sequenceBits) - 1
    /// The largest number that still leaves the rowid positive: 8,388,607 scopes.
    static let maximumOwner: Int64 = (1 << 23) - 1

    static func make(owner: Int64, sequence: Int64) -> Int64 { owner << sequenceBits | sequence }
    static func sequence(of rowid: Int64) -> Int64 { rowid & sequenceMask }
    static func owner(of rowid: Int64) -> Int64 { rowid >> sequenceBits }
    static func range(owner: Int64) -> ClosedRange<Int64> {
        make(owner: owner, sequence: 0)...make(owner: owner, sequence: sequenceMask)
    }
}

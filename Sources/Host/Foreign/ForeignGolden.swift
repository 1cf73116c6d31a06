import Platform

/// The only proof that a signature is right: rows whose scores are known, scored by the function itself.
///
/// A wrong one doesn't fail: it computes something from registers that nobody filled.
enum ForeignGolden {
    /// How long all records together may take.
    private static let seconds = 5.0

    /// - Throws: naming the first record that came out otherwise, and both values.
    static func check(_ rows: [GoldenRow], _ setting: ForeignSetting, in model: Model) throws(LoadError) {
        let deadline = platform_monotonic_ns() + Int64(seconds * 1e9)
        try compare(rows, setting, model, deadline, how: setting.signature.isBatch ? " in one batch" : "")
        // What a function remembers of earlier calls shows in the second.
        try compare(rows, setting, model, deadline, how: " the second time")
        guard setting.signature.isBatch, rows.count > 1 else { return }
        for row in rows { try compare([row], setting, model, deadline, how: " alone") }
    }

    /// What the records can't tell; nil = nothing to say.
    static func weakness(_ rows: [GoldenRow]) -> String? {
        guard Set(rows.map { Float($0.score) }).count < 2 else { return nil }
        return
            "its golden records expect one score: a function that ignores its arguments would pass. Add another"
    }

    private static func compare(
        _ rows: [GoldenRow], _ setting: ForeignSetting, _ model: Model, _ deadline: Int64, how: String
    ) throws(LoadError) {
        let block = ColumnBlock(
            rowCount: rows.count, columnCount: setting.columns.count, values: rows.flatMap(\.values),
            present: [UInt8](repeating: 1, count: setting.columns.count))
        let request = ScoringRequest(rowIDs: (1...UInt64(rows.count)).map { $0 }, nowMilliseconds: 0)
        let outcome = model.score(CallInputs(request, columns: block, for: model), deadline: deadline)
        for (index, row) in rows.enumerated() {
            guard let sheet = outcome.sheet, !outcome.isPartial else {
                let reason = outcome.failure?.description ?? "it stopped before the last row"
                throw LoadError(
                    .golden,
                    "\(rows.count == 1 ? row.name : "the golden records")\(how): \(reason); \(question)")
            }
            let place = describe(row, setting.columns) + how
            guard sheet.status(index) == .ok else {
                throw LoadError(
                    .golden,
                    "\(place): expected \(row.score), found \(words(sheet.status(index))); \(question)")
            }
            let value = sheet.value(index)
            guard row.holds(value) else {
                throw LoadError(
                    .golden,
                    "\(place): expected \(row.score), found \(value) (tolerance \(row.tolerance)); \(question)"
                )
            }
        }
    }

    private static let question = "is the signature right?"

    private static func describe(_ row: GoldenRow, _ columns: [String]) -> String {
        "\(row.name) (\(zip(columns, row.values).map { "\($0) = \($1)" }.joined(separator: ", ")))"
    }

    private static func words(_ status: RowStatus) -> String {
        status == .unwritten ? "nothing: the function didn't write it" : "no finite number"
    }
}

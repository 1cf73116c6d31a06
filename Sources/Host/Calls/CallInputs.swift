/// One scorer's view of a request, retained by the call's slot until the call has returned, however late.
package final class CallInputs: Sendable {
    let rowCount: Int
    let columns: ColumnBlock
    let rowIDs: [UInt64]
    let nowMilliseconds: Int64
    let utcOffsetSeconds: Int32
    let requestID: UInt64
    let wantsParts: Bool
    let session: SessionTurn?
    /// Only without a session.
    let events: GivenEvents?
    /// nil for most scorers: they ask for columns alone.
    let extras: Extras?

    /// What was asked for, granted and there.
    struct Extras: Sendable {
        var rowTexts: TextBlock?
        var queryText: [UInt8]?
        var rowEmbeddings: VectorBlock?
        var queryEmbedding: [Float]?
        var paths: PathBlock?
    }

    package init(_ request: ScoringRequest, columns: ColumnBlock, for model: Model) {
        rowCount = request.rowCount
        self.columns = columns
        rowIDs = request.rowIDs
        nowMilliseconds = request.nowMilliseconds
        utcOffsetSeconds = request.utcOffsetSeconds
        requestID = request.requestID
        wantsParts = request.wantsParts
        session = model.sessions == nil ? nil : request.session
        events = model.sessions == nil || request.session != nil ? nil : request.events
        extras = model.inputs.isEmpty ? nil : Self.extras(request, model)
    }

    private static func extras(_ request: ScoringRequest, _ model: Model) -> Extras {
        var extras = Extras()
        if let input = model.inputs[.rowTexts], let texts = request.rowTexts {
            extras.rowTexts = input.maxBytes.map { texts.cut(to: $0) } ?? texts
        }
        if let input = model.inputs[.queryText], let text = request.queryText {
            let bytes = Array(text.utf8)
            let whole = TextBlock(offsets: [0, UInt32(bytes.count)], bytes: bytes)
            extras.queryText = input.maxBytes.map { whole.cut(to: $0).bytes } ?? bytes
        }
        if model.inputs[.rowEmbeddings] != nil { extras.rowEmbeddings = request.rowEmbeddings }
        if model.inputs[.queryEmbedding] != nil { extras.queryEmbedding = request.queryEmbedding }
        if model.takesPaths { extras.paths = request.paths?.taking(columns: model.hopColumns) }
        return extras
    }

    /// What a provider got wrong; nil = the block fits.
    package static func problem(_ block: ColumnBlock, rows: Int, columns: Int) -> String? {
        guard block.rowCount == rows, block.columnCount == columns, block.values.count == rows * columns,
            block.present.count == columns
        else {
            return "the host's columns don't fit: \(block.rowCount) × \(block.columnCount), "
                + "\(block.values.count) values; needed: \(rows) × \(columns)"
        }
        return nil
    }
}

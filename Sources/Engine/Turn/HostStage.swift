import Host

/// The scoring stage that is made of libraries.
struct HostStage: ScoringStage {
    let host: ScorerHost
    /// Logarithms of what feedback left of scorers' weights, by id; asked once per turn that a gate ranks.
    var trust: @Sendable (Configuration) -> [String: Double] = { _ in [:] }

    var wantedColumns: Set<String> { host.configuration.wantedColumns }

    func score(_ rows: StageRows) -> StageScores {
        // One configuration for the whole turn, also while another is put in its place.
        let configuration = host.configuration
        var request = ScoringRequest(rowIDs: rows.ids, nowMilliseconds: rows.nowMilliseconds)
        request.utcOffsetSeconds = Int32(clamping: rows.utcOffsetSeconds)
        request.requestID = rows.request
        request.wantsParts = rows.wantsParts
        request.scorers = rows.scorers
        request.session = rows.session.map { SessionTurn(session: $0.key, sequence: $0.sequence) }
        request.events = rows.events
        if configuration.gate != nil { request.trust = trust(configuration) }
        if let milliseconds = rows.deadlineMilliseconds {
            request.deadlineNanoseconds = configuration.deadline(inMilliseconds: milliseconds)
        }
        addInputs(rows, configuration.wantedInputs, dimension: configuration.settings.embedder?.dimension, &request)
        let answer = configuration.score(request) { names in
            guard let filled = try? rows.columns(names) else {
                // The host says what is missing, and goes on without the scorer.
                return ColumnBlock(rowCount: 0, columnCount: 0, values: [], present: [])
            }
            return ColumnBlock(
                rowCount: rows.count, columnCount: names.count, values: filled.values, present: filled.present
            )
        }
        let (names, parts) = Self.flat(answer.parts)
        var scores = StageScores(
            scores: answer.scores, partNames: names, parts: parts, scorers: answer.answeredBy,
            degraded: answer.degraded, paths: Self.pathValues(answer.outcomes))
        scores.confidence = answer.confidence
        scores.weighed = answer.combined
        scores.values = Self.values(answer, rows: rows.count)
        return scores
    }

    /// What the weighed scorers said before any gate, row by row.
    private static func values(_ answer: TurnScores, rows: Int) -> [Float] {
        let columns = answer.combined.compactMap { id in answer.outcomes.first { $0.scorer == id }?.sheet?.usableValues() }
        guard !columns.isEmpty else { return [] }
        return (0..<rows).flatMap { row in columns.map { $0[row] } }
    }

    /// - Parameter dimension: of the vectors that `create` was told of; others stay here.
    private func addInputs(_ rows: StageRows, _ wanted: Set<Grant>, dimension: Int?, _ request: inout ScoringRequest) {
        if wanted.isEmpty { return }
        if wanted.contains(.queryText) { request.queryText = rows.query }
        if wanted.contains(.rowTexts) { request.rowTexts = TextBlock(rows.texts()) }
        if wanted.contains(.paths) { request.paths = rows.paths() }
        guard let dimension, rows.queryEmbedding?.count == dimension else { return }
        if wanted.contains(.queryEmbedding) { request.queryEmbedding = rows.queryEmbedding }
        if wanted.contains(.rowEmbeddings) {
            request.rowEmbeddings = VectorBlock(rows.embeddings(), dimension: dimension)
        }
    }

    private static func pathValues(_ outcomes: [ScoringOutcome]) -> [(scorer: String, values: [Float?])] {
        outcomes.compactMap { outcome in
            guard let sheet = outcome.sheet, sheet.pathCount > 0 else { return nil }
            return (outcome.scorer, (0..<sheet.pathCount).map(sheet.path))
        }
    }

    /// Rows may be explained by different scorers (the floor fills in for some): the names are their union.
    private static func flat(_ rows: [[TurnScores.NamedPart]]) -> (names: [String], values: [Float]) {
        guard let first = rows.first(where: { !$0.isEmpty }) else { return ([], []) }
        var names = first.map(\.name)
        var places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { place, _ in place })
        for row in rows {
            for part in row where places[part.name] == nil {
                places[part.name] = names.count
                names.append(part.name)
            }
        }
        var values = [Float](repeating: 0, count: rows.count * names.count)
        for (index, row) in rows.enumerated() {
            for (place, part) in row.enumerated() {
                let column =
                    place < names.count && names[place] == part.name ? place : places[part.name] ?? place
                values[index * names.count + column] += part.value
            }
        }
        return (names, values)
    }
}

extension VectorBlock {
    fileprivate init(_ vectors: [[Float]?], dimension: Int) {
        var values = [Float](repeating: 0, count: vectors.count * dimension)
        var present = [UInt8](repeating: 0, count: vectors.count)
        for (row, vector) in vectors.enumerated() {
            guard let vector, vector.count == dimension else { continue }
            present[row] = 1
            values.replaceSubrange(row * dimension..<(row + 1) * dimension, with: vector)
        }
        self.init(dimension: dimension, values: values, present: present)
    }
}

import Evaluation
import Features
import Glibc

/// One row before it is known what it scores.
package struct PlannedRow {
    package var memory: Int
    /// How well its words answer the question, 0–1; 0 = there is no question or none of its words occur.
    package var textMatch = 0.0
    /// What else of the question fits it.
    package var isNamedAuthor = false
    package var dateMatch = 0.0
    package var isGraph = false
    /// Stands in for what the memory itself says.
    package var attributes: Attributes?

    /// Made alike, so that nothing but the planted signal differs.
    package struct Attributes {
        package var importance = 0.4
        package var ageDays = 20.0
        package var accesses = 3
        package var newerVersions = 0
        /// What the store says of it, where that differs.
        package var seenNewerVersions: Int?
        package var seenAgeDays: Double?
        package init() {}
    }

    package init(memory: Int, textMatch: Double = 0, isGraph: Bool = false, attributes: Attributes? = nil) {
        self.memory = memory
        self.textMatch = textMatch
        self.isGraph = isGraph
        self.attributes = attributes
    }
}

/// What is asked in words.
package struct Question: Sendable {
    /// Distinct terms.
    package var terms: Int
    /// BM25 of a text that answers it fully: rare words weigh more, long questions add up.
    package var nats: Double
    package var namesAuthor = false
    package var hasDate = false

    package init(terms: Int, nats: Double) {
        self.terms = terms
        self.nats = nats
    }

    /// How well a row answers, 1 = fully: the sum that F1 takes, with its constants (retrieval.md §2).
    func fit(_ row: PlannedRow) -> Double {
        var sum = nats * row.textMatch
        if namesAuthor, row.isNamedAuthor { sum += 5 }
        if hasDate { sum += 5 * row.dateMatch }
        return min(1.3, sum / (nats + (namesAuthor ? 5 : 0) + (hasDate ? 5 : 0)))
    }
}

extension World {
    /// What an oracle knows of a row at the present turn.
    package func truth(_ row: PlannedRow, _ question: Question? = nil) -> UtilityFacts {
        let memory = memories[row.memory]
        let at = now.atMilliseconds
        var facts = UtilityFacts()
        facts.isFocal = now.focal.contains(memory.entity)
        facts.habit = habit(memory.entity, at: at)
        facts.isBursting = bursts.contains { $0.entity == memory.entity && $0.turns > 2 && $0.until >= at }
        facts.follows = !now.beginsSession && now.lastEntities.contains { entities[$0].successor == memory.entity }
        facts.gapDays = history.entities[entityID(memory.entity)].map {
            max(0, Double(at - $0.lastSeenMilliseconds)) / Double(SessionClock.dayMilliseconds)
        }
        facts.isAsked = question != nil
        facts.textMatch = question.map { $0.fit(row) } ?? 0
        facts.isGraph = row.isGraph
        if let attributes = row.attributes {
            facts.importance = attributes.importance
            facts.ageDays = attributes.ageDays
            facts.accesses = attributes.accesses
            facts.newerVersions = attributes.newerVersions
        } else {
            facts.importance = memory.importance
            facts.ageDays = max(0, Double(at - memory.createdAtMilliseconds)) / Double(SessionClock.dayMilliseconds)
            facts.accesses = memory.accessCount
            facts.newerVersions = newerVersions(row.memory)
            facts.isConstraint = memory.isConstraint
        }
        return facts
    }

    func newerVersions(_ memory: Int) -> Int {
        var count = 0
        var next = memories[memory].successor
        while let number = next, memories[number].createdAtMilliseconds <= now.atMilliseconds {
            count += 1
            next = memories[number].successor
        }
        return count
    }

    /// The rows as a list: columns from what is seen, logits from what is true.
    package mutating func list(
        _ rows: [PlannedRow], question: Question? = nil, situation: PlantedList.Situation
    ) -> PlantedList {
        var turn = TurnFacts()
        turn.nowMilliseconds = now.atMilliseconds
        turn.utcOffsetSeconds = utcOffsetSeconds
        turn.queryTerms = question?.terms ?? 0
        turn.namesAuthor = question?.namesAuthor ?? false
        turn.hasDate = question?.hasDate ?? false
        turn.daysSinceLastSession = now.daysSinceLastSession
        turn.bestPossible = Float(1.2 * (question?.nats ?? 0))
        var list = PlantedList(
            event: events.count - 1, candidates: [], turn: turn, ids: [], clean: [], noisy: [], situation: situation,
            sessions: now.sessions)
        list.candidates.reserveCapacity(rows.count)
        let focal = Set(now.focal.map(entityID))
        var view = ContextView(
            history, focal: focal, nowMilliseconds: now.atMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
        let spread = settings.noise.deviation
        for row in rows {
            let truth = truth(row, question)
            let logit = truth.utility(settings.utility, regime)
            list.clean.append(Float(logit))
            let error = Self.utilityDeviation * spread * settings.noise.draw(&random)
            let isFlipped = settings.noise.labelFlips > 0 && random.chance(settings.noise.labelFlips)
            list.noisy.append(Float(isFlipped ? -(logit + error) : logit + error))
            list.ids.append(rowID(row.memory))
            list.candidates.append(
                candidate(row, truth, &view, spread: row.attributes == nil ? spread : 0, question: question))
        }
        list.turn.context = view.turn
        list.turn.measurePool(list.candidates)
        return list
    }

    /// Of utilities over ordinary lists, logits: what the noise of labels is measured against.
    static let utilityDeviation = 1.8

    private mutating func candidate(
        _ row: PlannedRow, _ truth: UtilityFacts, _ view: inout ContextView, spread: Double, question: Question?
    ) -> CandidateFacts {
        let memory = memories[row.memory]
        let draw = settings.noise
        func noise(_ random: inout SplitMix64) -> Double { spread > 0 ? spread * draw.draw(&random) : 0 }
        var facts = CandidateFacts()
        let age = row.attributes?.seenAgeDays ?? truth.ageDays * exp(0.5 * noise(&random))
        facts.createdAtMilliseconds = now.atMilliseconds - Int64(age * Double(SessionClock.dayMilliseconds))
        facts.lastAccessMilliseconds = row.attributes == nil ? memory.lastAccessMilliseconds : nil
        facts.accessCount = max(0, Int((Double(truth.accesses) * exp(0.5 * noise(&random))).rounded()))
        facts.importance = Float(min(1, max(0, truth.importance + 0.16 * noise(&random))))
        facts.isConstraint = truth.isConstraint
        facts.isEmbedded = memory.isEmbedded
        facts.newerVersions = row.attributes?.seenNewerVersions ?? truth.newerVersions
        facts.structuralDensity = entities[memory.entity].memories.count + entities[memory.entity].neighbours.count
        facts.isGraphTraversal = row.isGraph
        facts.context = view.facts(of: CollectionOfOne(entityID(memory.entity)))
        if draw.maskedColumns > 0 {
            if random.chance(draw.maskedColumns) { facts.importance = nil }
            if random.chance(draw.maskedColumns) { facts.context = nil }
            if random.chance(draw.maskedColumns) { return facts }
        }
        guard let question else { return facts }
        facts.isNamedAuthor = question.namesAuthor && row.isNamedAuthor
        facts.otherAuthorNamed = question.namesAuthor && !row.isNamedAuthor
        facts.dateMatch = question.hasDate ? Float(row.dateMatch) : 0
        guard row.textMatch > 0 else { return facts }
        let match = max(0, row.textMatch * (1 + noise(&random)))
        let nats = question.nats * match
        // Credit from neighbouring turns is a good part of it (retrieval.md §2).
        facts.text.bm25 = Float(nats * random.uniform(0.5...1))
        facts.text.context = Float(nats)
        facts.text.coverage = Float(min(1, match * random.uniform(0.7...1.1)))
        facts.text.termsMatched = min(question.terms, Int((match * Double(question.terms)).rounded(.up)))
        facts.text.surface = Float(nats * random.uniform(0.4...0.9))
        facts.text.maxIDF = Float(question.nats / Double(question.terms) * random.uniform(0.8...1.8))
        return facts
    }
}

import Evaluation
import Features

// Lists as a turn brings them.
extension World {
    /// Candidates that retrieval might bring: what may be wanted, what nearly fits, and anything.
    package mutating func ordinaryList() -> PlantedList {
        let question = random.chance(settings.queryShare) ? ask() : nil
        let rows = plan(question)
        // A young world may have too little that nobody wants.
        let without = random.chance(settings.emptyShare) ? unwanted(question) : nil
        return list(
            (without ?? rows).shuffled(using: &random), question: question, situation: without == nil ? .ordinary : .empty)
    }

    private mutating func ask() -> Question {
        let terms = 2 + random.index(7)
        // From common words to rare ones, 1.5 to 5 nats a term.
        var question = Question(terms: terms, nats: Double(terms) * random.uniform(1.5...5))
        question.namesAuthor = random.chance(0.4)
        question.hasDate = random.chance(0.15)
        return question
    }

    /// Memories that exist by now.
    func existing(_ entity: Int) -> [Int] {
        entities[entity].memories.filter { memories[$0].createdAtMilliseconds <= now.atMilliseconds }
    }

    private mutating func plan(_ question: Question?) -> [PlannedRow] {
        var chosen: [PlannedRow] = []
        var taken: Set<Int> = []
        let topic = question != nil ? self.topic() : nil
        func isFree(_ memory: Int) -> Bool { !taken.contains(memory) }
        func add(_ memory: Int, graph: Bool = false, match: Double = 0) {
            guard taken.insert(memory).inserted, chosen.count < settings.candidates else { return }
            var row = PlannedRow(memory: memory, textMatch: match, isGraph: graph)
            if question != nil { details(&row, &random) }
            chosen.append(row)
        }
        // One of two speakers, and the day that is meant: half of what is about the topic fits, a few others do.
        func details(_ row: inout PlannedRow, _ random: inout SplitMix64) {
            let isAbout = memories[row.memory].entity == topic
            row.isNamedAuthor = random.chance(isAbout ? 0.8 : 0.5)
            row.dateMatch = random.chance(isAbout ? 0.6 : 0.05) ? random.uniform(0.5...1) : 0
        }
        func match(_ memory: Int, _ random: inout SplitMix64) -> Double {
            guard let topic else { return 0 }
            if memories[memory].entity == topic { return min(1.1, max(0.1, 0.6 + 0.25 * random.normal())) }
            return random.chance(0.2) ? random.uniform(0.1...0.45) : 0
        }
        // What may be wanted: in focus, asked about, next, habitual, seen lately.
        var wanted = now.focal + (topic.map { [$0] } ?? []) + bursts.map(\.entity)
        wanted += now.lastEntities.compactMap { entities[$0].successor }
        for _ in 0..<4 { wanted.append(choose()[0]) }
        for entity in wanted {
            let own = existing(entity).filter(isFree)
            guard !own.isEmpty else { continue }
            let memory = own[random.index(own.count)]
            add(memory, match: match(memory, &random))
        }
        // What nearly fits.
        let hard = Int(settings.hardNegatives * Double(settings.candidates - chosen.count))
        for _ in 0..<hard {
            guard let row = nearMiss(topic) else { continue }
            add(row.memory, graph: row.isGraph, match: max(row.textMatch, match(row.memory, &random)))
        }
        // Anything.
        for _ in 0..<settings.candidates * 6 where chosen.count < settings.candidates {
            let memory = random.index(memories.count)
            if memories[memory].createdAtMilliseconds <= now.atMilliseconds { add(memory, match: match(memory, &random)) }
        }
        return chosen
    }

    private mutating func topic() -> Int {
        let wanted = now.wanted.first ?? random.index(entities.count)
        return random.chance(0.7) ? wanted : choose()[0]
    }

    /// The four kinds of seed 000: a neighbour in the graph, the right entity at the wrong time, words alike about
    /// something else, a version that was replaced.
    private mutating func nearMiss(_ topic: Int?) -> PlannedRow? {
        let about = now.focal.first ?? topic ?? now.lastEntities.first ?? random.index(entities.count)
        switch random.index(4) {
        case 0:
            let near = entities[about].neighbours
            guard !near.isEmpty else { return nil }
            return pick(existing(near[random.index(near.count)])).map { PlannedRow(memory: $0, isGraph: random.chance(0.5)) }
        case 1: return existing(about).first.map { PlannedRow(memory: $0) }
        case 2:
            let memory = random.index(memories.count)
            guard topic != nil, memories[memory].createdAtMilliseconds <= now.atMilliseconds else { return nil }
            return PlannedRow(memory: memory, textMatch: random.uniform(0.35...0.75))
        default:
            let old = existing(about).filter { newerVersions($0) > 0 }
            return pick(old.isEmpty ? replaced() : old).map { PlannedRow(memory: $0) }
        }
    }

    private mutating func pick(_ memories: [Int]) -> Int? {
        memories.isEmpty ? nil : memories[random.index(memories.count)]
    }

    private mutating func replaced() -> [Int] {
        // A few draws: most worlds have many chains.
        (0..<8).map { _ in random.index(memories.count) }.filter { newerVersions($0) > 0 }
    }

    /// Rows of which the oracle wants none, with near misses among them; nil = this turn has too few.
    private mutating func unwanted(_ question: Question?) -> [PlannedRow]? {
        var rows: [PlannedRow] = []
        var taken: Set<Int> = []
        for _ in 0..<settings.candidates * 8 where rows.count < settings.candidates {
            let memory = random.index(memories.count)
            guard memories[memory].createdAtMilliseconds <= now.atMilliseconds, !taken.contains(memory) else { continue }
            let match = question != nil && random.chance(0.4) ? random.uniform(0.1...0.5) : 0
            let row = PlannedRow(memory: memory, textMatch: match, isGraph: random.chance(0.05))
            guard truth(row, question).utility(settings.utility, regime) < -0.7 else { continue }
            taken.insert(memory)
            rows.append(row)
        }
        return rows.count == settings.candidates ? rows : nil
    }
}

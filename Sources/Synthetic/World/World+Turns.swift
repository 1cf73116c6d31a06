import Evaluation
import Features
import Glibc

// Living through turns.
extension World {
    /// Time of the next turn of its own accord; nil = the history is over.
    package var upcoming: Int64? { nextTurn < clock.turns.count ? clock.turns[nextTurn].atMilliseconds : nil }

    /// Turns of its own accord, over the whole history.
    package var turnCount: Int { clock.turns.count }

    /// Turns of its own accord, as long as they come before that time.
    package mutating func run(until milliseconds: Int64) {
        while let at = upcoming, at < milliseconds {
            begin()
            finish()
        }
    }

    /// The next turn of its own accord; there must be one.
    ///
    /// - Parameter isVisible: the user says what it is about; nil = as the settings draw it.
    package mutating func begin(isVisible: Bool? = nil) {
        let turn = clock.turns[nextTurn]
        nextTurn += 1
        pass(to: turn.atMilliseconds, beginsSession: turn.beginsSession)
        now.wanted = random.chance(settings.noise.strayEvents) ? [anyone()] : choose()
        now.focal = isVisible ?? random.chance(settings.visibleFocalShare) ? now.wanted : []
        appendEvent()
    }

    /// A turn that somebody asks for, at a time not before the last one.
    package mutating func begin(at milliseconds: Int64, focal: [Int], wanted: [Int]) {
        while (upcoming ?? .max) <= milliseconds { nextTurn += 1 }
        pass(to: milliseconds, beginsSession: milliseconds - now.atMilliseconds > 31 * 60_000)
        now.wanted = wanted
        now.focal = focal
        appendEvent()
    }

    private mutating func pass(to milliseconds: Int64, beginsSession: Bool) {
        if beginsSession, let last = events.last {
            now.daysSinceLastSession = Double(milliseconds - last.facts.atMilliseconds) / Double(SessionClock.dayMilliseconds)
        }
        now.atMilliseconds = milliseconds
        now.beginsSession = beginsSession
        if beginsSession { now.sessions += 1 }
        if beginsSession { now.sessionBegan = milliseconds }
        bursts.removeAll { $0.until < milliseconds }
        if beginsSession, random.chance(settings.bursts.perDay / max(1, settings.sessionsPerDay.mean)) {
            let hours = settings.bursts.hours
            bursts.append(Burst(entity: anyone(), until: milliseconds + Int64(hours * 3_600_000)))
        }
        if let mean = settings.regimeTurns, random.chance(1 / mean) { regime = Regime.allCases[random.index(3)] }
    }

    /// Ends the turn: counters see what it was about.
    package mutating func finish() {
        let at = now.atMilliseconds
        for burst in bursts.indices where now.wanted.contains(bursts[burst].entity) { bursts[burst].turns += 1 }
        now.lastReferenced = now.wanted.compactMap { entity in
            let own = entities[entity].memories.filter { memories[$0].createdAtMilliseconds <= at }
            return own.isEmpty ? nil : own[random.index(own.count)]
        }
        for memory in now.lastReferenced {
            memories[memory].accessCount += 1
            memories[memory].lastAccessMilliseconds = at
        }
        history.record(
            ContextEvent(atMilliseconds: at, utcOffsetSeconds: utcOffsetSeconds, entities: now.wanted.map(entityID)))
        now.lastEntities = now.wanted
        let rating = (regime?.meanRating ?? 0) + Regime.ratingDeviation * random.normal()
        now.lastRating = min(1, max(-1, rating))
    }

    private mutating func anyone() -> Int { reserved + random.index(entities.count - reserved) }

    private mutating func appendEvent() {
        let at = now.atMilliseconds
        var facts = EventFacts(atMilliseconds: at)
        facts.utcOffsetSeconds = utcOffsetSeconds
        facts.secondsSinceLast = events.last.map { Double(at - $0.facts.atMilliseconds) / 1000 }
        facts.conversationSeconds = Double(at - now.sessionBegan) / 1000
        facts.focalCount = now.focal.count
        facts.injectedCount = now.lastReferenced.count
        facts.referencedCount = now.lastReferenced.count
        facts.rating = now.lastRating
        events.append(
            PlantedEvent(
                facts: facts, focal: now.focal.map(eventID), referenced: now.lastReferenced.map(rowID)))
    }
}

// What a turn is about.
extension World {
    /// Weights of the entities' draw, summed up.
    struct Odds {
        var key = -1
        var sums: [Double] = []
    }

    mutating func choose() -> [Int] {
        var chosen = chooseFirst()
        // A second one beside it, mostly a neighbour.
        if random.chance(0.2), let first = chosen.first {
            let near = entities[first].neighbours
            let other = near.isEmpty || random.chance(0.3) ? draw() : near[random.index(near.count)]
            if other != first { chosen.append(other) }
        }
        return chosen
    }

    private mutating func chooseFirst() -> [Int] {
        if let burst = bursts.last, random.chance(settings.bursts.share) { return [burst.entity] }
        for entity in now.lastEntities where !now.beginsSession {
            if let next = entities[entity].successor, random.chance(settings.followRate) { return [next] }
        }
        if random.chance(settings.novelty) {
            let entity = seldom.isEmpty ? 0 : seldom[random.index(seldom.count)]
            if entity >= reserved { return [entity] }
        }
        if !now.beginsSession, let last = now.lastEntities.first, random.chance(settings.stickiness) { return [last] }
        return [draw()]
    }

    private mutating func draw() -> Int {
        let at = now.atMilliseconds
        let moment = moment(at)
        let day = days(at: at)
        let key = Int(day) * 24 + moment.hour
        if key != odds.key { weigh(moment, hour(at), day, key) }
        let target = random.unit() * (odds.sums.last ?? 0)
        // The first sum above the target.
        var (low, high) = (0, odds.sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if odds.sums[middle] > target { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func weigh(_ moment: CalendarMoment, _ hour: Double, _ day: Double, _ key: Int) {
        odds.key = key
        odds.sums.removeAll(keepingCapacity: true)
        var sum = 0.0
        for entity in entities {
            if day >= entity.alive.from && day < entity.alive.until {
                let state = entity.state(moment, hour: hour)
                let factor = state > 0 ? settings.habitFactors.on : state < 0 ? settings.habitFactors.off : 1
                let season = exp(entity.season.amplitude * sin(2 * .pi * day / entity.season.periodDays + entity.season.phase))
                sum += entity.popularity * factor * season
            }
            odds.sums.append(sum)
        }
    }
}

import Glibc
import Features
import Host

/// Walks a stream forward and says, before each event, what is known of every live item: the same columns as the
/// product's, from counters in memory instead of the store.
struct AccessWalk {
    /// Beyond this a pause ends a conversation, as for `context.in_session`.
    private static let conversationGapMilliseconds = Int64(TurnContext.sessionGapDays * 86_400_000)
    /// Ids of one event: a commit over a thousand files says little about any of them.
    private static let idLimit = 32

    let name: String
    private(set) var items: [Int: Item] = [:]
    /// How many events came, and what the next one will say of the last.
    private(set) var count: UInt64 = 0
    private var history = ContextHistory()
    /// Items by last access, the newest last.
    private var together: [Int: [Int: Int]] = [:]
    private var actors: [Int: Actor] = [:]
    private var last: (atMilliseconds: Int64, items: [Int])?
    private var conversationBegan: Int64 = 0

    struct Item {
        /// Of the item that began it all: a renamed item goes on under its first number.
        var identity: Int
        var createdAtMilliseconds: Int64
        var lastAccessMilliseconds: Int64
        var accessCount = 0
        /// Σ ½^(days/60), Σ ½^(days/3), as of the last access.
        var decayed = SIMD2<Double>.zero
        var isLive = true
    }

    private struct Actor {
        /// Hours count from here, per identity.
        var lastAccess: [Int: Int64] = [:]
        /// Most recent last, each once.
        var recent: [Int] = []
    }

    init(name: String) { self.name = name }

    /// Items that can be asked for, in order of their numbers.
    var live: [Int] { items.keys.filter { items[$0]?.isLive == true }.sorted() }

    func rowID(_ item: Int) -> UInt64 { RowID.make("\(name)/\(items[item]?.identity ?? item)", key: 0) }
}

// Looking back.
extension AccessWalk {
    /// The event with which the next turn begins: the time, whose turn it is, and what the last one touched.
    func event(_ next: AccessStream.Event) -> StoredAccess {
        var facts = EventFacts(atMilliseconds: next.atMilliseconds)
        facts.utcOffsetSeconds = next.utcOffsetSeconds
        facts.secondsSinceLast = last.map { Double(next.atMilliseconds - $0.atMilliseconds) / 1000 }
        let isSame = last.map { next.atMilliseconds - $0.atMilliseconds <= Self.conversationGapMilliseconds } ?? false
        facts.conversationSeconds = isSame ? Double(next.atMilliseconds - conversationBegan) / 1000 : 0
        facts.focalCount = 1
        let touched = (last?.items ?? []).prefix(Self.idLimit)
        facts.referencedCount = touched.count
        var event = StoredAccess(atMilliseconds: next.atMilliseconds, features: EventCatalog.values(facts))
        event.ids = [RowID.make("\(name) actor \(next.actor)", key: 0)]
        event.roles = [EventBlock.Role.focal.rawValue]
        for item in touched {
            event.ids.append(rowID(item))
            event.roles.append(EventBlock.Role.referenced.rawValue)
        }
        return event
    }

    /// What columns are computed from, one entry per item asked for.
    func facts(_ wanted: [Int], at next: AccessStream.Event) -> (candidates: [CandidateFacts], turn: TurnFacts) {
        let now = next.atMilliseconds
        var view = ContextView(history, focal: [], nowMilliseconds: now, utcOffsetSeconds: next.utcOffsetSeconds)
        let recent = actors[next.actor]?.recent ?? []
        let ranks = recencyRanks()
        let candidates = wanted.map { number in
            var facts = CandidateFacts()
            guard let item = items[number] else { return facts }
            facts.createdAtMilliseconds = item.createdAtMilliseconds
            facts.lastAccessMilliseconds = item.lastAccessMilliseconds
            facts.accessCount = item.accessCount
            facts.recencyRank = ranks[number]
            facts.use = use(item, actor: next.actor, recent: recent, now: now)
            facts.context = view.facts(of: CollectionOfOne(Int64(item.identity)))
            return facts
        }
        var turn = TurnFacts()
        turn.nowMilliseconds = now
        turn.utcOffsetSeconds = next.utcOffsetSeconds
        turn.context = view.turn
        return (candidates, turn)
    }

    private func recencyRanks() -> [Int: Int] {
        let order = live.map { (number: $0, at: items[$0]?.lastAccessMilliseconds ?? 0) }.sorted {
            ($0.at, $0.number) > ($1.at, $1.number)
        }
        return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.number, $0) })
    }

    /// As UseHistory reads it from the store (retrieval.md §6).
    private func use(_ item: Item, actor: Int, recent: [Int], now: Int64) -> UseFacts {
        var use = UseFacts()
        let days = max(0, Double(now - item.lastAccessMilliseconds)) / 86_400_000
        use.decayed60Days = Float(item.decayed[0] * exp2(-days / 60))
        use.decayed3Days = Float(item.decayed[1] * exp2(-days / 3))
        use.actorAgeHours = actors[actor]?.lastAccess[item.identity].map { Float(Double(max(0, now - $0)) / 3_600_000) }
        var weight: Float = 1
        for other in recent.reversed().prefix(UseHistory.actorMemories) {
            if other == item.identity {
                use.actorCoRecent += weight
            } else if let times = together[item.identity]?[other] {
                let count = together[other]?[other] ?? times
                use.actorCoRecent += weight * Float(times) / Float(1 + count)
            }
            weight *= UseHistory.actorDecay
        }
        return use
    }

    /// Items that the actor's recent ones were touched with, and those themselves: hard negatives.
    func neighbours(of actor: Int) -> Set<Int> {
        let recent = actors[actor]?.recent.suffix(UseHistory.actorMemories) ?? []
        let identities = Set(recent.flatMap { together[$0].map { Array($0.keys) } ?? [] } + recent)
        return Set(items.filter { $0.value.isLive && identities.contains($0.value.identity) }.keys)
    }
}

// Moving on.
extension AccessWalk {
    mutating func record(_ event: AccessStream.Event) {
        count += 1
        let isSame = last.map { event.atMilliseconds - $0.atMilliseconds <= Self.conversationGapMilliseconds } ?? false
        if !isSame { conversationBegan = event.atMilliseconds }
        var touched: [Int] = []
        for change in event.changes {
            switch change {
            case .touched(let number): touched.append(touch(number, event))
            case .deleted(let number):
                touched.append(touch(number, event))
                items[number]?.isLive = false
            case .renamed(let number, let old):
                if var item = items[old] {
                    items[old]?.isLive = false
                    item.isLive = true
                    items[number] = item
                }
                touched.append(touch(number, event))
            }
        }
        history.record(
            ContextEvent(
                atMilliseconds: event.atMilliseconds, utcOffsetSeconds: event.utcOffsetSeconds, entities: touched.map(Int64.init)))
        remember(touched, event)
        let numbers = event.changes.map { change in
            switch change {
            case .touched(let number), .deleted(let number), .renamed(let number, _): number
            }
        }
        last = (event.atMilliseconds, numbers)
    }

    /// Returns the item's identity.
    private mutating func touch(_ number: Int, _ event: AccessStream.Event) -> Int {
        var item = items[number]
            ?? Item(identity: number, createdAtMilliseconds: event.atMilliseconds, lastAccessMilliseconds: event.atMilliseconds)
        let days = max(0, Double(event.atMilliseconds - item.lastAccessMilliseconds)) / 86_400_000
        item.decayed = SIMD2(item.decayed[0] * exp2(-days / 60) + 1, item.decayed[1] * exp2(-days / 3) + 1)
        item.lastAccessMilliseconds = max(item.lastAccessMilliseconds, event.atMilliseconds)
        item.accessCount += 1
        item.isLive = true
        items[number] = item
        return item.identity
    }

    private mutating func remember(_ touched: [Int], _ event: AccessStream.Event) {
        var actor = actors[event.actor] ?? Actor()
        for identity in touched { actor.lastAccess[identity] = event.atMilliseconds }
        if !event.isBulk {
            let known = Set(touched)
            actor.recent.removeAll { known.contains($0) }
            actor.recent += touched
            actor.recent.removeFirst(max(0, actor.recent.count - 64))
            for one in known { for other in known { together[one, default: [:]][other, default: 0] += 1 } }
        }
        actors[event.actor] = actor
    }
}

/// An event as it was frozen.
struct StoredAccess: Sendable {
    var atMilliseconds: Int64
    /// In the order of `EventCatalog`.
    var features: [Float]
    var ids: [UInt64] = []
    var roles: [UInt8] = []

    init(atMilliseconds: Int64, features: [Float]) {
        self.atMilliseconds = atMilliseconds
        self.features = features
    }

    var pairs: [(id: UInt64, role: UInt8)] { zip(ids, roles).map { (id: $0, role: $1) } }
}

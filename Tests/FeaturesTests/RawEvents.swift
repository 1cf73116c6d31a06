import Features
import Foundation

/// The definitions of `context.v1` read off the raw events, with the calendar of Foundation: slow, and nothing shared
/// with the counters.
struct RawEvents {
    let events: [ContextEvent]

    /// nil = it was never seen.
    func facts(of entity: Int64, at now: Int64, utcOffsetSeconds: Int) -> ContextFacts? {
        let own = events.filter { $0.entities.contains(entity) }
        guard let last = own.last else { return nil }
        var facts = ContextFacts()
        let days = { (event: ContextEvent) in Double(now - event.atMilliseconds) / 86_400_000 }
        facts.seenCount = UInt64(own.count)
        facts.countInLastEight = events.suffix(8).filter { $0.entities.contains(entity) }.count
        facts.gapDays = days(last)
        for (place, constant) in [0.25, 2.0, 14.0].enumerated() {
            facts.decayedCounts[place] = own.reduce(0) { $0 + exp(-days($1) / constant) }
        }
        let age = days(events[0])
        let share = age == 0 ? 1 : 0.25 * (1 - exp(-age / 0.25)) / (14 * (1 - exp(-age / 14)))
        facts.burstLift = Float(log((facts.decayedCounts[0] + 0.5) / (facts.decayedCounts[2] * share + 0.5)))

        let here = calendar(now, utcOffsetSeconds)
        let weekday = { (events: [ContextEvent]) in
            Double(events.filter { place($0).weekday == here.weekday }.count)
        }
        facts.weekdayLift = lift(
            weekday(own), Double(own.count), (weekday(events) + 1) / Double(events.count + 7))
        let hour = { (events: [ContextEvent]) in
            events.reduce(0.0) { sum, event in
                let distance = (place(event).hour - here.hour + 24) % 24
                return sum + (distance == 0 ? 0.5 : distance == 1 || distance == 23 ? 0.25 : 0)
            }
        }
        facts.hourLift = lift(hour(own), Double(own.count), (hour(events) + 1) / Double(events.count + 24))

        let named = events.filter { !$0.entities.isEmpty }
        for first in named.last?.entities ?? [] {
            let followers = zip(named, named.dropFirst()).filter { $0.0.entities.contains(first) }.map(\.1)
            let count = followers.filter { $0.entities.contains(entity) }.count
            let value = lift(Double(count), Double(followers.count), Double(own.count) / Double(named.count))
            let best = facts.succession
            facts.succession = .init(
                lift: max(best?.lift ?? value, value), count: max(best?.count ?? 0, UInt64(count)))
        }
        return facts
    }

    private func lift(_ hits: Double, _ trials: Double, _ expected: Double) -> Float {
        Float(log((hits + 4 * expected) / (trials + 4) / expected))
    }

    private func place(_ event: ContextEvent) -> (weekday: Int, hour: Int) {
        calendar(event.atMilliseconds, event.utcOffsetSeconds)
    }

    private func calendar(_ milliseconds: Int64, _ offset: Int) -> (weekday: Int, hour: Int) {
        var calendar = Calendar(identifier: .gregorian)
        // Whole minutes of less than a day: every such zone exists.
        calendar.timeZone = TimeZone(secondsFromGMT: offset) ?? .gmt
        let parts = calendar.dateComponents(
            [.weekday, .hour], from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
        return (parts.weekday ?? 0, parts.hour ?? 0)
    }
}

/// Histories with bursts, long gaps, a zone that changes, and events about nothing.
enum RandomHistory {
    static let entities: [Int64] = Array(1...9)

    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
        }
    }

    static func make(seed: UInt64, count: Int) -> [ContextEvent] {
        var random = Generator(state: seed &* 7919 &+ 1)
        var now: Int64 = 1_700_000_000_000
        var zone = 3600
        return (0..<count).map { _ in
            now += [0, 60_000, 1_800_000, 40_000_000, 400_000_000].randomElement(using: &random) ?? 0
            if Int.random(in: 0..<30, using: &random) == 0 {
                zone = Int.random(in: -46...56, using: &random) * 900
            }
            let size = [0, 1, 1, 2, 3].randomElement(using: &random) ?? 0
            return ContextEvent(
                atMilliseconds: now, utcOffsetSeconds: zone,
                entities: (0..<size).map { _ in Int64.random(in: 1...8, using: &random) })
        }
    }
}

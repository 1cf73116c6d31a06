import Foundation

/// What simple rankers remember of a stream, as of the next event (BASELINES.md B2).
struct StreamWalk {
    struct Choice {
        var lastSeconds: Double
        var count = 0
        /// Σ 0.95^days as of the last choice.
        var decayed = 0.0
    }

    /// All events of an item, and the same with 0.95 per day, as of `origin`: only their order matters.
    private(set) var popularity: [Double]
    private(set) var decayedPopularity: [Double]
    private var origin: Double?
    /// Per user what they chose.
    private(set) var choices: [Int64: [Int: Choice]] = [:]
    /// Per user, by item, the last choice of the other by either of the two.
    private(set) var contacts: [Int64: [Int: Double]] = [:]
    private(set) var lastItem: [Int64: Int] = [:]
    /// How often an item followed another in anybody's choices.
    private(set) var followers: [Int: [Int: Double]] = [:]
    private(set) var eventCount: [Int64: Int] = [:]

    private static let daySeconds = 86_400.0
    private static let perDay = 0.95

    init(items: Int) {
        popularity = [Double](repeating: 0, count: items)
        decayedPopularity = popularity
    }

    static func decay(seconds: Double) -> Double { pow(perDay, seconds / daySeconds) }

    mutating func record(_ event: InteractionStream.Event, in stream: InteractionStream) {
        popularity[event.item] += 1
        grow(event)
        var choice = choices[event.user]?[event.item] ?? Choice(lastSeconds: event.seconds)
        choice.decayed = choice.decayed * Self.decay(seconds: event.seconds - choice.lastSeconds) + 1
        choice.lastSeconds = event.seconds
        choice.count += 1
        choices[event.user, default: [:]][event.item] = choice
        if let last = lastItem[event.user] { followers[last, default: [:]][event.item, default: 0] += 1 }
        lastItem[event.user] = event.item
        eventCount[event.user, default: 0] += 1
        if stream.isMutual {
            contacts[event.user, default: [:]][event.item] = event.seconds
            if let sender = stream.item(of: event.user) {
                contacts[stream.items[event.item], default: [:]][sender] = event.seconds
            }
        }
    }

    /// Newer events count more instead of older ones less; before that overflows, all are scaled down.
    private mutating func grow(_ event: InteractionStream.Event) {
        let start = origin ?? event.seconds
        origin = start
        let weight = 1 / Self.decay(seconds: event.seconds - start)
        decayedPopularity[event.item] += weight
        if weight > 1e100 {
            for item in decayedPopularity.indices { decayedPopularity[item] /= weight }
            origin = event.seconds
        }
    }
}

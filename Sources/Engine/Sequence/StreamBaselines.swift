import Foundation

/// Rankers of a stream's next item that need no model.
enum StreamBaseline: String, CaseIterable {
    case popularity
    case decayedPopularity = "decayed popularity (0.95/day)"
    case recency = "user recency + backoff"
    case frequency = "user frequency + backoff"
    case decayedFrequency = "user Σ0.95^age + backoff"
    case importance = "importance·0.95^age + backoff"
    case markov = "Markov-1 + backoff"
    /// Streams among people only.
    case contact = "last contact either way + backoff"

    /// The place of an item: 1 + what is strictly better + half of what ties with it, rounded down, as BASELINES.md does.
    ///
    /// A user's own items come first, by a value each; equal values, and all other items, by decayed popularity.
    func place(of target: Int, for event: InteractionStream.Event, in walk: StreamWalk) -> Int {
        let base = self == .popularity ? walk.popularity : walk.decayedPopularity
        let values = values(event, walk)
        let own = base[target]
        var (better, equal) = (0, 0)
        if let value = values[target] {
            for (item, other) in values where item != target {
                if (other, base[item]) > (value, own) { better += 1 } else if other == value, base[item] == own { equal += 1 }
            }
        } else {
            better = values.count
            for item in base.indices where base[item] >= own && item != target && values[item] == nil {
                if base[item] > own { better += 1 } else { equal += 1 }
            }
        }
        return 1 + better + equal / 2
    }

    private func values(_ event: InteractionStream.Event, _ walk: StreamWalk) -> [Int: Double] {
        func own(_ value: (StreamWalk.Choice) -> Double) -> [Int: Double] {
            (walk.choices[event.user] ?? [:]).mapValues(value)
        }
        func decay(_ choice: StreamWalk.Choice) -> Double { StreamWalk.decay(seconds: event.seconds - choice.lastSeconds) }
        switch self {
        case .popularity, .decayedPopularity: return [:]
        case .recency: return own(\.lastSeconds)
        case .frequency: return own { Double($0.count) }
        case .decayedFrequency: return own { $0.decayed * decay($0) }
        case .importance: return own { log1p(Double($0.count)) * decay($0) }
        case .markov: return walk.lastItem[event.user].flatMap { walk.followers[$0] } ?? [:]
        case .contact: return walk.contacts[event.user] ?? [:]
        }
    }

    static func fitting(_ stream: InteractionStream) -> [StreamBaseline] {
        allCases.filter { $0 != .contact || stream.isMutual }
    }
}

import Evaluation
import Features
import Testing

@testable import Synthetic

/// Eight weeks, so that a debug build lives through them quickly.
private var short: WorldSettings {
    var settings = WorldSettings()
    settings.days = 56...56
    settings.entities = 50...60
    return settings
}

@Suite struct WorldTests {
    @Test func theSameSeedGivesTheSameListsAndAnotherSeedOthers() {
        func logits(_ seed: UInt64) -> [Float] {
            var world = World(short, seed: seed)
            for _ in 0..<200 {
                world.begin()
                world.finish()
            }
            world.begin()
            return world.ordinaryList().noisy
        }
        #expect(logits(4) == logits(4))
        #expect(logits(4) != logits(5))
    }

    @Test func sessionsHaveFiveToFiftyTurnsAndNoDayHasMoreThanTen() {
        var random = SplitMix64(seed: 9)
        let clock = SessionClock(WorldSettings(), start: 1_704_067_200_000, days: 60, utcOffsetSeconds: 0, &random)
        var lengths: [Int] = []
        var perDay: [Int64: Int] = [:]
        for turn in clock.turns {
            if turn.beginsSession {
                lengths.append(0)
                perDay[turn.atMilliseconds / SessionClock.dayMilliseconds, default: 0] += 1
            }
            lengths[lengths.count - 1] += 1
        }
        #expect(lengths.allSatisfy { (5...50).contains($0) })
        // A late session may begin after midnight.
        #expect(perDay.values.allSatisfy { $0 <= 12 })
        #expect(zip(clock.turns, clock.turns.dropFirst()).allSatisfy { $0.atMilliseconds < $1.atMilliseconds })
    }

    @Test func weeklyEntitiesComeMostlyOnTheirDays() {
        var world = World(short, seed: 12)
        world.run(until: .max)
        var (on, all) = (0, 0)
        for (place, entity) in world.entities.enumerated() where entity.habit == .weekly {
            guard let counters = world.history.entities[world.entityID(place)] else { continue }
            for weekday in 0..<7 {
                let count = Int(counters.calendar.weekdays[weekday])
                all += count
                if entity.days >> UInt8(weekday) & 1 != 0 { on += count }
            }
        }
        #expect(all > 100 && Double(on) > 0.6 * Double(all), "\(on) of \(all)")
    }

    @Test func whatFollowsWhatCanBeReadFromTheCounters() {
        var world = World(short, seed: 13)
        world.run(until: .max)
        var lifts: [Double] = []
        for (place, entity) in world.entities.enumerated() {
            guard let next = entity.successor, let seen = world.history.entities[world.entityID(place)]?.seenCount, seen >= 10
            else { continue }
            let pair = EntityTransition(first: world.entityID(place), next: world.entityID(next))
            lifts.append(Double(world.history.transitions[pair] ?? 0) / Double(seen))
        }
        let mean = lifts.reduce(0, +) / Double(max(lifts.count, 1))
        #expect(lifts.count >= 3 && mean > 0.2, "\(mean) over \(lifts.count)")
    }

    @Test func listsHoldDifferentMemoriesThatExistByThen() {
        var world = World(short, seed: 14)
        for turn in 0..<600 {
            world.begin()
            if turn > 50, turn % 25 == 0 {
                let list = world.ordinaryList()
                #expect(Set(list.ids).count == list.ids.count)
                #expect(list.candidates.allSatisfy { $0.createdAtMilliseconds <= world.now.atMilliseconds })
                #expect(list.clean.count == 20 && list.noisy.count == 20 && list.candidates.count == 20)
            }
            world.finish()
        }
    }

    @Test func theOracleWantsNothingOfAnEmptyList() {
        var settings = short
        settings.emptyShare = 1
        var world = World(settings, seed: 15)
        var found = 0
        for turn in 0..<400 {
            world.begin()
            if turn > 100, turn % 20 == 0 {
                let list = world.ordinaryList()
                if list.situation == .empty {
                    found += 1
                    #expect(list.trulyRelevant.isEmpty)
                }
            }
            world.finish()
        }
        #expect(found >= 10)
    }

    @Test(arguments: [20.0, 0]) func labelsAreAsNoisyAsTheSettingsSay(decibels: Double) {
        var settings = short
        settings.noise.decibels = decibels
        var world = World(settings, seed: 16)
        var (squares, count) = (0.0, 0.0)
        for turn in 0..<800 {
            world.begin()
            if turn > 100, turn % 7 == 0 {
                let list = world.ordinaryList()
                for (seen, truth) in zip(list.noisy, list.clean) {
                    squares += Double((seen - truth) * (seen - truth))
                    count += 1
                }
            }
            world.finish()
        }
        let expected = World.utilityDeviation * settings.noise.deviation
        #expect(abs((squares / count).squareRoot() / expected - 1) < 0.1)
    }

    @Test func ratingsAloneShowTheRegime() {
        var world = World(short, seed: 17)
        var ratings: [Regime: [Double]] = [:]
        for _ in 0..<1500 {
            world.begin()
            let regime = world.regime
            world.finish()
            if let regime, let rating = world.now.lastRating { ratings[regime, default: []].append(rating) }
        }
        let means = Regime.allCases.map { regime -> Double in
            let own = ratings[regime] ?? []
            return own.reduce(0, +) / Double(max(own.count, 1))
        }
        #expect(means[0] > means[1] + 0.3 && means[1] > means[2] + 0.3)
    }
}

@Suite struct CanaryTests {
    private static func readings(_ canary: Canary, isTwin: Bool) -> [[Double]] {
        (0..<10).map { seed in
            let scene = canary.scene(short, seed: UInt64(40 + seed), isTwin: isTwin)
            return canary.reading(scene, scene.parts.map { $0.lists.map(\.clean) })
        }
    }

    @Test(arguments: Canary.allCases) func theOracleFindsItAndFailsWithoutTheSignal(_ canary: Canary) {
        let found = Self.readings(canary, isTwin: false)
        let value = canary.value(found)
        #expect(canary.passes(found, oracle: value), "\(value), \(canary.objection(found, oracle: value) ?? "")")
        let twin = Self.readings(canary, isTwin: true)
        #expect(!canary.passes(twin, oracle: value), "twin \(canary.value(twin))")
    }

    @Test func whoAnswersAtRandomFindsNone() {
        var random = SplitMix64(seed: 2)
        for canary in Canary.allCases {
            let readings = (0..<10).map { seed in
                let scene = canary.scene(short, seed: UInt64(70 + seed), isTwin: false)
                return canary.reading(scene, scene.parts.map { $0.lists.map { $0.clean.map { _ in Float(random.normal()) } } })
            }
            #expect(!canary.passes(readings, oracle: 5), "\(canary.rawValue)")
        }
    }

    @Test func aFitFindsTheRateThatMadeTheCurve() {
        let curve = SceneMaker.gapGridDays.map { 1 + 2.5 * Double.exponential(-0.15 * $0) }
        let fit = DecayFit([curve])
        #expect(abs(fit.rate - 0.15) < 0.002 && abs(fit.amplitude - 2.5) < 0.05 && fit.explained > 0.9999 && fit.bend < 1e-9)
    }

    @Test func aCurveThatRisesAgainBends() {
        var curve = SceneMaker.gapGridDays.map { 2 * Double.exponential(-0.15 * $0) }
        curve[11] += 0.5
        #expect(DecayFit([curve]).bend > 0.15)
    }
}

extension Double {
    /// e^x without another import.
    fileprivate static func exponential(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1..<200 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }
}

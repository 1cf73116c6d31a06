import Evaluation
import Features
import Testing

@testable import Synthetic

@Suite struct PathWorldTests {
    private static let worlds = (0..<12).map { PathWorld(seed: 70 + $0) }
    private static let lists = worlds.flatMap { world in (0..<20).map { world.list($0) } }

    @Test func theSameSeedGivesTheSameListInAnyOrder() {
        let (one, other) = (PathWorld(seed: 5), PathWorld(seed: 5))
        _ = other.list(0)
        let (first, second) = (one.list(7), other.list(7))
        #expect(first.candidates == second.candidates && first.noisy == second.noisy)
        #expect(PathWorld(seed: 6).list(7).candidates != first.candidates)
    }

    @Test func worldsHaveFiftyToTwoHundredEntities() {
        #expect(Self.worlds.allSatisfy { (50...200).contains($0.entityCount) })
        #expect(Set(Self.worlds.map(\.entityCount)).count > 3)
    }

    @Test func listsHaveTwelveToTwentyCandidatesWithUpToFourPathsOfUpToSixHops() {
        for list in Self.lists {
            #expect((12...20).contains(list.candidates.count))
            for paths in list.candidates {
                #expect(paths.count <= 4)
                #expect(paths.allSatisfy { (1...6).contains($0.hops.count) })
            }
        }
    }

    @Test func allPathsOfACandidateEndAtTheSameEntity() {
        for paths in Self.lists.flatMap(\.candidates) where paths.count > 1 {
            let distances = Set(paths.compactMap { $0.hops.last?.distance })
            #expect(distances.count == 1)
        }
    }

    @Test func aWalkIsNeverShorterThanTheDistanceItCovers() {
        let world = Self.worlds[0]
        let distances = world.graph.distances(from: 3)
        var random = SplitMix64(seed: 1)
        for _ in 0..<50 {
            for (place, hop) in world.walk(from: 3, 6, distances, &random).enumerated() { #expect(hop.distance <= place + 1) }
        }
    }

    @Test func someListsHaveNothingRelevantAndSomeWithholdTheirRelations() {
        let empty = Self.lists.count { $0.relevant == nil }
        let withheld = Self.lists.filter(\.isWithheld)
        #expect((10...60).contains(empty), "of \(Self.lists.count)")
        #expect((20...80).contains(withheld.count))
        #expect(withheld.allSatisfy { $0.candidates.joined().allSatisfy { $0.hops.allSatisfy { $0.relation == 0 } } })
    }

    @Test func successIsOfTheWorldAndOfTheKindOfPath() {
        let world = Self.worlds[0]
        var random = SplitMix64(seed: 2)
        let hops = world.walk(from: 0, 3, world.graph.distances(from: 0), &random)
        #expect(world.path(hops, &random).success == world.path(hops, &random).success)
        #expect(Self.worlds[1].path(hops, &random).success != world.path(hops, &random).success)
        #expect(world.path(hops, &random).feedback != world.path(hops, &random).feedback, "history is a count")
    }

    @Test func hardNegativesAreNeverTheRightAnswer() {
        var settings = PathWorldSettings()
        settings.hardNegatives = 1
        settings.empty = 0
        settings.withheld = 0
        for number in 0..<40 {
            let list = PathWorld(seed: UInt64(number), settings: settings).list(0)
            let sorted = list.utilities.sorted(by: >)
            #expect(sorted[0] - sorted[1] >= 0.35 || list.utilities.filter { $0 > sorted[0] - 0.35 }.count <= 2)
        }
    }
}

@Suite struct PlantedColumnsTests {
    @Test func placesAreThoseOfTheCatalogue() {
        let names: [PlantedHopColumns.Place: String] = [
            .age: "log_age_days", .importance: "importance", .uses: "log_access_count", .isEmbedded: "is_embedded",
            .isSuperseded: "is_superseded", .isConstraint: "is_constraint", .density: "log_structural_density",
            .hopCount: "hop_count", .leastConfidence: "min_edge_confidence", .aspectWeight: "avg_aspect_weight",
            .crossings: "community_crossings", .feedback: "path_feedback", .logStrength: "log_strength_product",
            .focalDistance: "focal_distance", .strength: "edge_strength", .confidence: "edge_confidence", .relation: "relation",
        ]
        for place in PlantedHopColumns.Place.allCases {
            #expect(PathCatalog.names[place.rawValue] == "path.\(names[place] ?? "")@1")
        }
    }

    @Test func prefixColumnsDescribeTheWayUpToTheHop() throws {
        let world = PathWorld(seed: 3)
        let path = try #require(world.list(0).candidates.joined().first { $0.hops.count >= 3 })
        var values: [Float] = []
        PlantedHopColumns.append(path, to: &values)
        let width = PathCatalog.columns.count
        #expect(values.count == path.hops.count * width)
        let second = Array(values[width..<2 * width])
        #expect(second[PlantedHopColumns.Place.hopCount.rawValue] == 0.2)
        #expect(second[PlantedHopColumns.Place.leastConfidence.rawValue] == min(path.hops[0].confidence, path.hops[1].confidence))
        #expect(values.allSatisfy { $0.isFinite })
    }
}

@Suite struct PathNoiseTests {
    @Test(arguments: [Noise.Kind.gaussian, .uniform, .laplace]) func noiseHasMeanZeroAndVarianceOne(_ noise: Noise.Kind) {
        var random = SplitMix64(seed: 11)
        let draws = (0..<40_000).map { _ in noise.draw(&random) }
        let mean = draws.reduce(0, +) / 40_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40_000
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.06)
    }

    @Test func heavyTailsAreHeavierThanGaussians() {
        var random = SplitMix64(seed: 11)
        let far = { (noise: Noise.Kind) in (0..<40_000).count { _ in abs(noise.draw(&random)) > 4 } }
        // Beyond 4: t₃ of variance 1 about .6 %, Gaussian .006 %.
        #expect(far(.heavyTailed) > 100 && far(.gaussian) < 20)
    }

    @Test func noiseIsAsFarBelowUtilityAsDecibelsSay() {
        var settings = PathWorldSettings()
        settings.signalToNoise = 10
        settings.noises = [.gaussian, .uniform, .laplace]
        var (signal, noise) = (0.0, 0.0)
        for number in 0..<300 {
            let list = PathWorld(seed: UInt64(number), settings: settings).list(0)
            let mean = list.utilities.reduce(0, +) / Double(list.utilities.count)
            signal += list.utilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            noise += zip(list.utilities, list.noisy).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        #expect(abs(signal / noise - 10) < 0.8)
    }

    @Test func withoutNoiseLabelsAreClean() {
        var settings = PathWorldSettings()
        settings.signalToNoise = nil
        let list = PathWorld(seed: 4, settings: settings).list(0)
        #expect(list.noisy == list.utilities && list.noisyRelevant == list.relevant)
    }
}

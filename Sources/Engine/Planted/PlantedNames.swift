import Synthetic

/// What a caller of the studies has to name, without a door of its own into the room of worlds.
package typealias PlantedCanary = Canary
package typealias PlantedNoise = Noise

/// Why a scorer or a configuration was refused: at which step, what was found, what to do.
package struct HostError: Error, Sendable, CustomStringConvertible {
    package enum Step: String, Sendable {
        case configuration, find, trust, copy, elf, manifest, load, columns, options, assets, create
    }
    package var step: Step
    package var message: String

    package init(_ step: Step, _ message: String) {
        self.step = step
        self.message = message
    }

    package var description: String { "\(step.rawValue): \(message)" }
}

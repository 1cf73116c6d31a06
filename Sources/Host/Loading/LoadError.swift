/// The steps from a line of plugins.json to a serving model, in order.
package enum LoadStep: String, Sendable, CaseIterable {
    case locate, trust, pin, elf, manifest, options, heads, grants, columns, assets, limits, copy, load, entry
    case table, create, golden, gate
}

/// A scorer that isn't served, the step that refused it, and why: what was wrong, with what, what is allowed.
package struct LoadError: Error, Sendable, Equatable, CustomStringConvertible {
    package let step: LoadStep
    package let reason: String

    package init(_ step: LoadStep, _ reason: String) {
        self.step = step
        self.reason = reason
    }

    package var description: String { "\(step.rawValue): \(reason)" }
}

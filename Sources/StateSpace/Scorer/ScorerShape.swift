/// Sizes of a sequence scorer (DESIGN §6): a trunk over events, and heads that read candidates against its state.
///
/// Letters: G event columns · F row columns · C numbers of an id's code · D width of the trunk.
package struct ScorerShape: Sendable, Equatable {
    /// G
    package var eventColumns: Int
    /// F
    package var rowColumns: Int
    /// C: an id becomes so many signs (`IDCode`); 0 = ids are not read.
    package var codeWidth: Int
    /// Of a trunk of Mamba-1 blocks; its width is the trunk's, whatever the block.
    package var mixer: MixerShape
    package var block = Block.mamba
    /// Layers of the trunk; 0 = there is none, rows are judged by their columns alone.
    package var layers: Int
    /// Units that see a row and the trunk together.
    package var readers: Int
    /// Units that see a row alone: a state-space model fails plain thresholds. 0 = there are none.
    package var pointwise: Int
    /// Outputs per row.
    package var heads: Int
    /// The list itself as a sequence; nil = rows don't see each other.
    package var list: ListShape?
    /// The heuristic's score joins the first head with a learned weight.
    package var isResidual: Bool

    /// What the trunk's layers are; as wide as `mixer`, whatever it is.
    package enum Block: Sendable, Equatable {
        /// Of the sizes in `mixer`.
        case mamba
        case mamba3(Mamba3Shape)
        /// A state that isn't selective: what comes in doesn't decide what is kept.
        case s4d(S4DTrunkShape)
    }

    package struct ListShape: Sendable, Equatable {
        package var mixer: MixerShape
        package var layers: Int

        package init(mixer: MixerShape, layers: Int) {
            self.mixer = mixer
            self.layers = layers
        }
    }

    package init(
        eventColumns: Int, rowColumns: Int, codeWidth: Int = 32, mixer: MixerShape, layers: Int = 2,
        readers: Int = 32, pointwise: Int = 32, heads: Int = 1, list: ListShape? = nil, isResidual: Bool = false
    ) {
        self.eventColumns = eventColumns
        self.rowColumns = rowColumns
        self.codeWidth = codeWidth
        self.mixer = mixer
        self.layers = layers
        self.readers = readers
        self.pointwise = pointwise
        self.heads = heads
        self.list = list
        self.isResidual = isResidual
    }

    /// An event as the trunk reads it: columns, then a code per role (focal, aspect, injected, referenced).
    package var eventInputs: Int { eventColumns + IDCode.roles * codeWidth }
    /// A row as the heads read it: columns, then its code times what the trunk expects.
    package var rowInputs: Int { rowColumns + codeWidth }
    package var width: Int { mixer.width }
    package var hasTrunk: Bool { layers > 0 }
    /// Numbers that the trunk carries from event to event.
    package var stateCount: Int {
        switch block {
        case .mamba: layers * mixer.stateCount
        case .mamba3(let shape): layers * shape.stateCount
        case .s4d(let shape): layers * shape.stateCount
        }
    }

    package var isValid: Bool {
        let small = [eventColumns, rowColumns, layers, readers, pointwise].allSatisfy { (0...1 << 12).contains($0) }
        let hasInput = rowInputs > 0 && (!hasTrunk || eventInputs > 0)
        return small && hasInput && (0...IDCode.widest).contains(codeWidth) && (1...32).contains(heads) && mixer.isValid
            && isBlockValid
            && (list.map { $0.mixer.isValid && (1...64).contains($0.layers) } ?? true)
    }

    private var isBlockValid: Bool {
        switch block {
        case .mamba: true
        case .mamba3(let shape): shape.isValid && shape.width == width
        case .s4d(let shape): shape.isValid && shape.width == width
        }
    }
}

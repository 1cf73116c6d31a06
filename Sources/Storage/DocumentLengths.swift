/// (placeholder, see below)
final class DocumentLengths: Sendable {}

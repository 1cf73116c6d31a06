/// A question of a dataset with the memories that answer it.
package struct EvaluationQuery: Sendable, Equatable {
    /// The scope hint under which the reader gave the memories: every memory of it is a candidate.
    package var conversation: String
    package var id: String
    package var question: String
    /// The dataset's name of the category: multi_hop, temporal, adversarial, …
    package var category: String
    /// Ids of the memories that answer it; empty where the dataset's ids couldn't be resolved.
    package var evidence: [String]
    /// Unix ms.
    package var askedAtMilliseconds: Int64
    /// Counts in the main figures: not adversarial, and at least one piece of evidence exists.
    package var isPrimary: Bool { category != "adversarial" && !evidence.isEmpty }

    package init(
        conversation: String, id: String, question: String, category: String, evidence: [String],
        askedAtMilliseconds: Int64
    ) {
        self.conversation = conversation
        self.id = id
        self.question = question
        self.category = category
        self.evidence = evidence
        self.askedAtMilliseconds = askedAtMilliseconds
    }
}
